// Collects the rows of one table, by columns, while a body of line protocol is decoded.
// Invariants: everything checked before append() is called; append() cannot fail. Columns that a row lacks cost nothing
//             until take_batch(). Field types and the split into tags and fields outlive take_batch(): they hold for
//             the whole body; rows and series do not.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/protocols/key_memo.h"
#include "ingest/protocols/line_value.h"
#include "model/row_batch.h"

namespace streamflow::ingest {

struct TagText {
  std::string_view name, value;  // unescaped; the value is not empty
};

// One field's values of the rows so far. A row that lacks the field is a gap.
struct LineColumn {
  FieldVector vector;            // bits may be longer than the rows; validity only once there was a gap
  std::uint32_t dense_rows = 0;  // every row before this one has a value
  bool used = false;             // has a value in the current batch
  std::uint64_t first_line = 0;  // that named it in this body
  std::uint64_t stamp = 0;       // of the last line that named it: finds fields given twice
};

class LineTable {
 public:
  LineTable(std::string name, std::uint64_t seed);
  LineTable(const LineTable&) = delete;
  LineTable& operator=(const LineTable&) = delete;

  const std::string& name() const { return name_; }
  std::size_t row_count() const { return times_.size(); }
  std::size_t column_count() const { return columns_.size(); }
  std::size_t columns_used() const { return columns_used_; }  // in the current batch
  std::size_t tag_count() const { return tag_names_.size(); }
  const std::string& tag_name(std::size_t index) const { return tag_names_[index]; }
  LineColumn& column(std::uint32_t index) { return columns_[index]; }
  std::uint32_t find_column(std::string_view field) const { return column_memo_.find(field); }
  bool has_tag(std::string_view tag) const { return tag_memo_.find(tag) != KeyMemo::kNone; }
  // Whether these are the table's first tags, in its order: then they are distinct and no fields.
  bool starts_with_tags(std::span<const TagText> tags) const;
  // Changes with take_batch(); series of an older generation must be added again.
  std::uint32_t generation() const { return generation_; }

  std::uint32_t add_column(std::string_view field, FieldType type, std::uint64_t line);
  // The series of these tags; the same for the same set in any order. `plain` promises that the values outlive the
  // batch and that the tags' text has no escapes and was not given before in this generation.
  std::uint32_t add_series(std::span<const TagText> tags, bool plain);

  // Heap bytes that NULLs and absent tags would take if a row joined that uses `new_columns` columns for the first time
  // in this batch, gives `values` values and, if `series_tags` >= 0, adds a series of so many tags.
  std::uint64_t padding_bytes(std::size_t new_columns, std::size_t values, int series_tags) const;
  std::uint64_t text_bytes() const { return text_bytes_; }  // of the lines in this batch

  struct Row {
    std::uint32_t series = 0;
    std::int64_t time = 0;
    std::uint64_t line = 0;
    std::size_t text_bytes = 0;
  };
  bool full() const { return times_.size() == row_capacity_; }  // the next row makes buffers grow
  // Starts a row; append_value() gives its values, each column at most once. A full table's buffers then hold at least
  // `rows_expected` rows.
  void append_row(const Row& row, std::size_t rows_expected);
  void append_value(LineColumn& column, const FieldValue& value) {
    const auto row = static_cast<std::uint32_t>(times_.size() - 1);
    ++value_count_;
    if (column.dense_rows == row && row < column.vector.bits.size()) [[likely]] {
      column.vector.bits[row] = value.bits;
      column.dense_rows = row + 1;
      return;
    }
    append_elsewhere(column, value, row);
  }

  // The rows so far as a batch, and the line of each; the table starts a new batch. Not for an empty table.
  std::pair<RowBatch, std::vector<std::uint64_t>> take_batch(DuplicatePolicy duplicates);

 private:
  void append_elsewhere(LineColumn& column, const FieldValue& value, std::uint32_t row);
  void append_string(FieldVector& vector, const FieldValue& value, std::uint32_t row);
  std::uint32_t tag_slot(std::string_view tag);
  void fill_series(RowBatch& batch) const;
  FieldVector take_vector(LineColumn& column);

  std::string name_;
  std::uint32_t generation_ = 0;
  std::deque<LineColumn> columns_;  // never move: column_memo_ points to their names
  KeyMemo column_memo_;
  std::deque<std::string> tag_names_;
  KeyMemo tag_memo_;

  struct SeriesTag {
    std::uint32_t slot;  // in tag_names_
    std::string_view value;
  };
  std::span<const SeriesTag> tags_of(std::uint32_t series) const;
  std::string_view series_key(std::span<const SeriesTag> tags);

  std::vector<SeriesTag> series_tags_;    // of all series, by slot within one
  std::vector<std::size_t> series_ends_;  // per series, into series_tags_
  bool all_distinct_ = true;              // every series came with plain text in order, so that no two are the same
  KeyMemo series_memo_;                   // of (slot, bytes, value) per tag; behind series_ends_ while all_distinct_
  std::pmr::monotonic_buffer_resource series_bytes_;  // keys, and values that are not in the body
  std::string series_key_;
  std::vector<bool> tag_used_;  // per tag name: in the current batch
  std::size_t tags_used_ = 0, columns_used_ = 0;

  std::vector<std::int64_t> times_;
  std::vector<std::uint32_t> series_of_row_;
  std::vector<std::uint64_t> line_of_row_;
  std::size_t row_capacity_ = 0;
  std::uint64_t value_count_ = 0, text_bytes_ = 0;
};

}  // namespace streamflow::ingest
