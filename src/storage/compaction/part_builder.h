// Collects merged rows, columns apart, until they are enough for a part of a table (SegmentWriter::add_part).
// Invariants: rows come in segment order; a series without rows leaves no trace.
// Threads:    one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/row_batch.h"
#include "storage/compaction/table_cursor.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {

class PartBuilder {
 public:
  explicit PartBuilder(const TableSchema& schema);

  // The rows that follow belong to the series with these values, one per tag of the schema.
  void begin_series(std::span<const std::string_view> tags);
  // The next `count` rows of `cursor`, all of one decoded block.
  void append_run(const TableCursor& cursor, std::size_t count);
  // One row made of several of the same time, oldest first: the newest counts, or each field's newest value.
  void append_merged(std::span<const TableCursor* const> cursors, DuplicatePolicy duplicates);

  std::size_t row_count() const { return times_.size(); }
  std::size_t bytes() const;  // of the columns
  bool continues_series() const { return continues_; }
  SegmentTableInput input();  // valid until the next change
  // Forgets the rows. Further ones of the series at hand continue it.
  void clear();

 private:
  struct Column {
    FieldType type = FieldType::kFloat64;
    std::vector<std::uint64_t> bits, validity;  // validity as in SegmentTableInput
    StringColumn strings;
    std::vector<std::string_view> views;
  };
  void note_series();
  void append_values(Column& column, const DecodedColumn* from, std::size_t begin, std::size_t count);

  const TableSchema& schema_;
  std::vector<std::string_view> tags_;  // of the series at hand
  bool has_rows_ = false;               // whether the series at hand is among series_, or has gone with a part before
  bool continues_ = false;
  std::vector<std::string_view> series_;
  std::vector<std::uint32_t> series_begins_;
  std::vector<std::int64_t> times_;
  std::vector<Column> columns_;
};

}  // namespace streamflow::storage
