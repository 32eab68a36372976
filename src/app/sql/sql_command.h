// `streamflow sql`: one statement (-c), a file of them (--file), standard input, or the interactive shell.
// Errors: exit codes as in exit_code.h.
#pragma once

#include <optional>
#include <string>

#include "app/client/api_client.h"
#include "app/command/exit_code.h"
#include "app/sql/sql_runner.h"

namespace streamflow::app {

struct SqlCommandOptions {
  Endpoint endpoint;
  std::optional<std::string> statement;  // -c
  std::optional<std::string> file;       // --file; "-" is standard input
  std::optional<OutputFormat> format;    // absent: table
  std::optional<std::string> history_file;
};

ExitCode run_sql(const SqlCommandOptions& options);

}  // namespace streamflow::app
