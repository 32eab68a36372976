// Walks one table of one segment, series by series, row by row, a block decoded at a time.
// Invariants: rows of a series come in the segment's order; rows outside the visible range, or inside a hidden one, are
//             not there.
// Threads:    one.
// Errors:     those of SegmentTable's reads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/segment/open_segment.h"

namespace streamflow::storage {

class TableCursor {
 public:
  // `fields`: of the segment's table, or none where it lacks what is wanted.
  TableCursor(const SegmentTable& rows, std::vector<std::optional<std::uint32_t>> fields);

  // Goes to the first row of the segment's series `local`. `hidden`: ascending, apart from each other.
  Status open_series(std::uint32_t local, const TimeRange& visible, std::vector<TimeRange> hidden);
  bool done() const { return row_ >= row_end_; }
  std::int64_t time() const { return static_cast<std::int64_t>(times_.bits[row_ - block_begin_]); }
  // How many rows from here, of this block, lie before `limit`, at most `count_max`: at least 1 when time() does.
  std::size_t rows_before(std::int64_t limit, std::size_t count_max) const;
  Status advance(std::size_t count);  // at most what rows_before answered

  std::size_t offset() const { return row_ - block_begin_; }  // of the row at hand within the decoded columns
  std::span<const std::uint64_t> times() const { return times_.bits; }
  const DecodedColumn* field(std::size_t f) const { return fields_[f] ? &decoded_[f] : nullptr; }
  std::uint64_t bytes_read() const { return bytes_read_; }  // encoded ones, so far

 private:
  Status settle();
  Status skip_through(const TimeRange& hidden);
  Status load_times(std::size_t block);
  Status load_fields();

  const SegmentTable& rows_;
  const std::vector<std::optional<std::uint32_t>> fields_;
  std::vector<TimeRange> hidden_;  // and what is not visible
  std::size_t row_ = 0, row_end_ = 0;
  static constexpr std::size_t kNone = ~std::size_t{0};
  std::size_t block_ = kNone, fields_block_ = kNone;  // whose times and fields are decoded
  std::size_t block_begin_ = 0, block_end_ = 0;       // its rows
  DecodedColumn times_;
  std::vector<DecodedColumn> decoded_;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace streamflow::storage
