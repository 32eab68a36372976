// Turns the chunks of an import statement into RowBatches; counts the rows that cannot be stored, with their reasons.
// Format:     the statement's columns: time (see TimePlan), problem (VARCHAR: NULL, or why the row is refused, with an
//             example after U+001F), the tags as VARCHAR, the fields as DOUBLE, BIGINT, UBIGINT, BOOLEAN or VARCHAR.
// Invariants: every row is appended to a batch or counted as rejected. A NULL or empty tag is a missing tag.
// Threads:    one.
// Errors:     kInternal when a chunk is not of the statement's form.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/row_batch.h"
#include "query/results/result_column.h"

namespace streamflow::query {

class RejectedRows {
 public:
  void add(std::string_view reason, std::string_view example, std::uint64_t count = 1);
  std::uint64_t count() const { return count_; }
  void set_count(std::uint64_t count) { count_ = count; }
  std::vector<std::string> notes() const;  // "rejected 3 rows: no time"

 private:
  struct Group {
    std::uint64_t count = 0;
    std::string example;
  };
  std::map<std::string, Group, std::less<>> groups_;  // as many as there are reasons: a few, and one per column
  std::uint64_t count_ = 0;
};

struct RowLayout {
  std::string table;
  DuplicatePolicy duplicates = DuplicatePolicy::kKeep;
  std::int64_t ns_per_tick = 1;  // of a BIGINT time
  std::vector<std::string> tags;
  std::vector<FieldColumn> fields;
};

class FileRows {
 public:
  FileRows(RowLayout layout, std::vector<ColumnShape> shapes);
  FileRows(const FileRows&) = delete;
  FileRows& operator=(const FileRows&) = delete;

  // Empties `batch` and gives it tags and fields.
  void start(RowBatch& batch);
  Status bind(duckdb::DataChunk& chunk);
  bool exhausted() const { return next_row_ >= view_.row_count(); }
  std::size_t bytes() const { return string_bytes_; }  // of strings in this batch
  // Appends rows of the bound chunk until it is exhausted or `row_count_max` rows were looked at.
  void append(std::size_t row_count_max, RowBatch& batch);

  RejectedRows& rejected() { return rejected_; }
  const RejectedRows& rejected() const { return rejected_; }

 private:
  bool accept(std::size_t row, std::int64_t& time_ns);
  bool strings_fit(std::size_t row);
  std::optional<std::int64_t> time_of(std::size_t row) const;
  std::uint32_t series_of(std::size_t row, RowBatch& batch);
  void append_field(const ColumnView& view, FieldVector& field);
  const ColumnView& tag_view(std::size_t i) const { return view_.columns()[2 + i]; }
  const ColumnView& field_view(std::size_t i) const { return view_.columns()[2 + layout_.tags.size() + i]; }

  RowLayout layout_;
  std::vector<ColumnShape> shapes_;
  ChunkView view_;
  std::size_t next_row_ = 0;
  std::vector<std::uint32_t> accepted_;                    // rows of the chunk, in this append()
  std::unordered_map<std::string, std::uint32_t> series_;  // of this batch, by the tag values with their lengths
  std::string series_key_, last_series_key_;
  std::uint32_t last_series_ = 0;
  std::size_t string_bytes_ = 0;
  RejectedRows rejected_;
};

}  // namespace streamflow::query
