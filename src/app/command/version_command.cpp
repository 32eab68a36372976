#include "app/command/version_command.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "query/query_service.h"

namespace streamflow::app {

ExitCode run_version(bool json) {
  const auto duckdb = query::duckdb_version();
  if (!duckdb) {
    std::cerr << "error: " << duckdb.error().message << "\n";
    return ExitCode::kFailed;
  }
  // libduckdb reports "v1.5.6"
  const std::string version = duckdb->starts_with('v') ? duckdb->substr(1) : *duckdb;
  if (json) {
    std::cout << nlohmann::json{{"streamflow", kVersion}, {"duckdb", version}, {"compiler", __VERSION__}}.dump()
              << "\n";
  } else {
    std::cout << fmt::format("streamflow {}\nduckdb     {}\ncompiler   {}\n", kVersion, version, __VERSION__);
  }
  return ExitCode::kOk;
}

}  // namespace streamflow::app
