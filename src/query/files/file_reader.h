// Reads a CSV or Parquet file into RowBatches, for `streamflow import`: DuckDB detects and converts, this names the
// columns.
// Invariants: runs in the caller's own process on a file the user named, never on behalf of a network client. A row of
//             the file becomes a row, or is counted in `rejected` with its reason. In a CSV file an empty value is
//             NULL, quoted or not; a row whose fields are all NULL is a row. Times without a zone are UTC.
// Threads:    one.
// Errors:     kNotFound, kInvalidArgument (no time column, several candidates: the message lists the columns), kIo.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"

namespace streamflow::query {

struct FileReadOptions {
  std::string table;  // of the rows
  // Absent: a column called time, timestamp, ts, date, datetime, ... or the only temporal one.
  std::optional<std::string> time_column;
  std::optional<std::string> time_unit;  // "s", "ms", "us", "ns" for numbers; absent: guessed by magnitude
  std::vector<std::string> tags;         // columns that are tags
  std::vector<std::pair<std::string, FieldType>> types;  // overrides
  DuplicatePolicy duplicates = DuplicatePolicy::kKeep;
  std::size_t batch_rows = 65536;
};

class FileReader {
 public:
  static Result<std::unique_ptr<FileReader>> open(const std::filesystem::path& path, FileReadOptions options);
  virtual ~FileReader() = default;
  virtual Result<bool> next(RowBatch& batch) = 0;        // false at the end
  virtual std::uint64_t row_count_estimate() const = 0;  // 0 when unknown
  virtual double progress() const = 0;                   // 0..1
  virtual std::uint64_t rejected_rows() const = 0;
  // What was decided: time column, unit, tags, types; at the end also the rejected rows.
  virtual const std::vector<std::string>& notes() const = 0;
};

}  // namespace streamflow::query
