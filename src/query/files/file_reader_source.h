// What a file holds before anything is decided: its columns with their types, and how to read it in SQL.
// Invariants: a CSV file's dialect is guessed from its first 20,480 rows, its column types from those rows and then
//             checked against every row of the file: a column is an integer only if each value is written as one.
// Threads:    one.
// Errors:     kNotFound, kIo, kInvalidArgument (empty file, not Parquet, no dialect found).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "query/files/file_reader_session.h"

namespace streamflow::query {

enum class SourceKind : std::uint8_t {
  kText,
  kBool,
  kInteger,   // fits int64
  kUnsigned,  // uint64
  kFloat,     // floats, decimals, integers of 128 bits
  kTemporal,  // dates and timestamps; in a CSV file their text
  kTimeOfDay,
};

struct SourceColumn {
  std::string name;
  std::string type;  // DuckDB's name for it
  SourceKind kind = SourceKind::kText;
};

class FileSource {
 public:
  static Result<FileSource> open(FileSession& session, const std::filesystem::path& path);

  bool is_csv() const { return is_csv_; }
  const std::vector<SourceColumn>& columns() const { return columns_; }
  std::uint64_t row_count_estimate() const { return row_count_estimate_; }  // exact for Parquet; 0 when unknown
  // The date or timestamp format that DuckDB found in a CSV file, in strptime's letters; empty when none.
  const std::string& date_format() const { return date_format_; }
  const std::string& timestamp_format() const { return timestamp_format_; }

  // A table expression. In a CSV file every column is VARCHAR and broken lines are skipped. Parquet has its own types.
  std::string relation() const { return relation_with("", {}); }
  // The same for reading all rows once: CSV columns have the types in `types`, broken lines are recorded in the
  // session's table reject_errors.
  std::string reading_relation(const std::map<std::string, std::string>& types) const {
    return relation_with(", store_rejects = true, rejects_limit = 0", types);
  }

 private:
  FileSource(bool is_csv, std::string path) : is_csv_(is_csv), path_(std::move(path)) {}
  std::string relation_with(std::string_view options, const std::map<std::string, std::string>& types) const;
  Status describe_parquet(FileSession& session);
  Status describe_csv(FileSession& session);
  Status check_csv_types(FileSession& session);
  Status estimate_csv_rows(const std::filesystem::path& path);

  bool is_csv_;
  std::string path_;     // as an SQL literal
  std::string dialect_;  // options of read_csv
  std::string date_format_, timestamp_format_;
  std::vector<SourceColumn> columns_;
  std::uint64_t row_count_estimate_ = 0;
};

// True for values that are written as integers: TRY_CAST alone would round '1.5' to 2.
std::string is_integer_sql(const std::string& text_sql);

}  // namespace streamflow::query
