// `streamflow import FILE...`: CSV, Parquet and line protocol into a server's tables.
// Errors: kPartial when every file was read but some rows were rejected; the first other failure ends the import.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/command/exit_code.h"
#include "app/import/importer.h"
#include "model/schema.h"

namespace streamflow::app {

struct ImportCommandOptions {
  Endpoint endpoint;
  std::vector<std::filesystem::path> files;
  std::optional<std::string> table;  // absent: by each file's name
  ImportFormat format = ImportFormat::kAuto;
  std::optional<std::string> time_column, time_unit;
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, FieldType>> types;  // overrides
  std::optional<std::string> duplicates;                 // absent: keep, and merge for line protocol
  std::size_t batch_rows = 65536;
  bool json = false;
};

ExitCode run_import_command(const ImportCommandOptions& options);

// One file. What the guided tour uses too.
Result<ImportSummary> import_file(const std::filesystem::path& file, const ImportCommandOptions& options,
                                  std::function<void(double fraction, std::uint64_t rows)> progress);

// "speed=float64,count=int64" of --type.
Result<std::vector<std::pair<std::string, FieldType>>> parse_types(const std::vector<std::string>& texts);

}  // namespace streamflow::app
