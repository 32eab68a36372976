#include "app/import/import_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/import/progress_bar.h"
#include "app/sql/sql_runner.h"
#include "app/sql/terminal.h"
#include "query/files/file_reader.h"

namespace streamflow::app {

namespace {

constexpr std::size_t kReasonsShown = 5;

Result<std::unique_ptr<ImportSource>> open_source(const std::filesystem::path& file,
                                                  const ImportCommandOptions& options) {
  ImportFormat format = options.format;
  if (format == ImportFormat::kAuto) {
    SF_TRY(named, format_of(file));
    format = named;
  }
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(file, unknown)) {
    return Error{ErrorCode::kNotFound, fmt::format("cannot read {}: there is no such file", file.string())};
  }
  if (format == ImportFormat::kLineProtocol) {
    if (options.table.has_value() || options.time_column.has_value() || options.time_unit.has_value() ||
        !options.tags.empty() || !options.types.empty()) {
      return Error{
          ErrorCode::kInvalidArgument,
          fmt::format("{} is line protocol: it names its own tables, tags and types, and its times are "
                      "nanoseconds; --table, --time-column, --time-unit, --tags and --type are for CSV and Parquet",
                      file.string())};
    }
    return source_of_lines(file);
  }
  query::FileReadOptions read;
  read.table = options.table.value_or(table_name_of(file));
  read.time_column = options.time_column;
  read.time_unit = options.time_unit;
  read.tags = options.tags;
  read.types = options.types;
  read.duplicates = duplicate_policy_from(options.duplicates.value_or("keep")).value_or(DuplicatePolicy::kKeep);
  read.batch_rows = options.batch_rows;
  SF_TRY(reader, query::FileReader::open(file, read));
  return source_of_rows(std::move(reader));
}

bool is_line_protocol(const std::filesystem::path& file, const ImportCommandOptions& options) {
  if (options.format != ImportFormat::kAuto) return options.format == ImportFormat::kLineProtocol;
  const auto format = format_of(file);
  return format && *format == ImportFormat::kLineProtocol;
}

void print_summary(const std::filesystem::path& file, const ImportSummary& summary, const Terminal& terminal) {
  const double rate = summary.seconds > 0 ? static_cast<double>(summary.rows_stored) / summary.seconds : 0;
  std::cout << fmt::format("{}: {} rows stored in {} ({} rows/s)", terminal.bold(file.filename().string()),
                           with_thousands(summary.rows_stored), readable_seconds(summary.seconds),
                           with_thousands(static_cast<unsigned long long>(rate)));
  if (summary.rows_rejected() > 0) std::cout << fmt::format(", {} rejected", with_thousands(summary.rows_rejected()));
  if (summary.retries > 0) std::cout << fmt::format(", {} retries", summary.retries);
  std::cout << "\n";
  for (const std::string& note : summary.notes) std::cout << terminal.dim("  " + printable(note)) << "\n";
  std::cout << std::flush;
  std::size_t shown = 0;
  for (const auto& [reason, count] : summary.rejected) {
    if (++shown > kReasonsShown) {
      std::cerr << fmt::format("  … and {} further reasons\n", summary.rejected.size() - kReasonsShown);
      break;
    }
    std::cerr << fmt::format("  rejected {} row{}: {}\n", with_thousands(count), count == 1 ? "" : "s",
                             printable(reason));
  }
}

void print_json(const std::filesystem::path& file, const ImportSummary& summary) {
  nlohmann::json rejected = nlohmann::json::array();
  for (const auto& [reason, count] : summary.rejected) rejected.push_back({{"reason", reason}, {"rows", count}});
  std::cout << nlohmann::json{{"file", file.string()},
                              {"rows_sent", summary.rows_sent},
                              {"rows_stored", summary.rows_stored},
                              {"rows_rejected", summary.rows_rejected()},
                              {"rejected", rejected},
                              {"notes", summary.notes},
                              {"retries", summary.retries},
                              {"seconds", summary.seconds},
                              {"complete", summary.complete}}
                   .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
            << std::endl;
}

}  // namespace

Result<ImportSummary> import_file(const std::filesystem::path& file, const ImportCommandOptions& options,
                                  std::function<void(double fraction, std::uint64_t rows)> progress) {
  SF_TRY(source, open_source(file, options));
  ImportOptions import;
  import.endpoint = options.endpoint;
  import.duplicates = options.duplicates.value_or(is_line_protocol(file, options) ? "merge" : "keep");
  import.progress = std::move(progress);
  return run_import(*source, import);
}

ExitCode run_import_command(const ImportCommandOptions& options) {
  const Terminal out = terminal_of(STDOUT_FILENO);
  const Terminal err = terminal_of(STDERR_FILENO);
  ExitCode code = ExitCode::kOk;
  for (const std::filesystem::path& file : options.files) {
    ProgressBar bar(std::cerr, err, file.filename().string());
    const auto summary =
        import_file(file, options, [&](double fraction, std::uint64_t rows) { bar.update(fraction, rows); });
    bar.finish();
    if (!summary) {
      std::cerr << err.red("error:") << " " << summary.error().message << "\n";
      return ExitCode::kFailed;
    }
    options.json ? print_json(file, *summary) : print_summary(file, *summary, out);
    if (!summary->complete) {
      std::cerr << describe(summary->problem, "", err);
      return summary->problem.exit_code;
    }
    if (summary->rows_rejected() > 0) code = ExitCode::kPartial;
  }
  return code;
}

}  // namespace streamflow::app
