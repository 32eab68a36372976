// Gathers rows of one column, and of the columns nested in it, into the buffers of an Arrow record batch.
// Format:     Arrow columnar format 1.4, "Physical memory layout".
// Invariants: a NULL slot holds zeros, never what DuckDB's memory held; strings are valid UTF-8; the validity buffer is
//             empty while no row is NULL.
// Threads:    one at a time.
// Errors:     kTooLarge when a batch's string bytes or list elements pass 2^31 - 1, when an interval does not fit
//             nanoseconds, or when a HUGEINT has more than 38 digits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/results/arrow_message.h"
#include "query/results/result_column.h"

namespace streamflow::query {

class ArrowBuilder {
 public:
  explicit ArrowBuilder(const ColumnShape& shape);  // which outlives the builder

  Status append(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  void append_nulls(std::size_t count);

  std::size_t memory_bytes() const;
  // Adds this column's nodes and buffers, which stay valid until the next append() or clear().
  void add_to(ArrowBatch& batch) const;
  void clear();  // keeps the memory

 private:
  void append_validity(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  void push_validity(bool valid);
  void append_fixed(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  void append_bools(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_decimals(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_intervals(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_strings(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_lists(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_arrays(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status append_structs(const ColumnView& view, std::size_t row_begin, std::size_t row_count);
  Status push_offset(std::size_t end);
  bool has_offsets() const;
  Error too_large(std::string_view what) const;

  const ColumnShape* shape_;
  std::size_t value_bytes_;  // in Arrow; 0 for strings, booleans and nested kinds
  std::size_t length_ = 0;
  std::size_t null_count_ = 0;
  std::string validity_;  // bits; empty while null_count_ is 0
  std::string values_;
  std::vector<std::int32_t> offsets_;
  std::vector<ArrowBuilder> children_;
};

}  // namespace streamflow::query
