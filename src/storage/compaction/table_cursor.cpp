#include "storage/compaction/table_cursor.h"

#include <algorithm>

namespace streamflow::storage {

TableCursor::TableCursor(const SegmentTable& rows, std::vector<std::optional<std::uint32_t>> fields)
    : rows_(rows), fields_(std::move(fields)), decoded_(fields_.size()) {}

Status TableCursor::open_series(std::uint32_t local, const TimeRange& visible, std::vector<TimeRange> hidden) {
  row_ = rows_.series_row_begin()[local];
  row_end_ = rows_.series_row_begin()[local + 1];
  hidden_ = std::move(hidden);
  const TimeRange all;
  if (visible.begin > all.begin) { hidden_.insert(hidden_.begin(), {all.begin, visible.begin}); }
  if (visible.end < all.end) { hidden_.push_back({visible.end, all.end}); }
  return settle();
}

std::size_t TableCursor::rows_before(std::int64_t limit, std::size_t count_max) const {
  for (const TimeRange& range : hidden_) {
    if (to_ns(range.begin) > time()) { limit = std::min(limit, to_ns(range.begin)); }
  }
  const std::size_t begin = offset();
  const std::size_t end = std::min(std::min(row_end_, block_end_) - block_begin_, begin + count_max);
  const auto first = times_.bits.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = times_.bits.begin() + static_cast<std::ptrdiff_t>(end);
  const auto earlier = [&](std::uint64_t bits) { return static_cast<std::int64_t>(bits) < limit; };
  return static_cast<std::size_t>(std::partition_point(first, last, earlier) - first);
}

Status TableCursor::advance(std::size_t count) {
  row_ += count;
  return settle();
}

// Decodes what the row at hand needs, once it is one that is there.
Status TableCursor::settle() {
  while (!done()) {
    if (block_ == kNone || row_ < block_begin_ || row_ >= block_end_) {
      const auto blocks = rows_.blocks();
      const auto after = std::upper_bound(blocks.begin(), blocks.end(), row_,
                                          [](std::size_t row, const BlockInfo& b) { return row < b.row_begin; });
      SF_CHECK(load_times(static_cast<std::size_t>(after - blocks.begin()) - 1));
    }
    const Timestamp at = timestamp_from_ns(time());
    const auto hidden = std::ranges::find_if(hidden_, [&](const TimeRange& range) { return range.contains(at); });
    if (hidden == hidden_.end()) { return load_fields(); }
    SF_CHECK(skip_through(*hidden));
  }
  return Ok{};
}

Status TableCursor::skip_through(const TimeRange& hidden) {
  const std::size_t end = std::min(row_end_, block_end_);
  while (row_ < end && timestamp_from_ns(time()) < hidden.end) { ++row_; }
  if (row_ < end) { return Ok{}; }
  // Whole blocks inside are not even looked at.
  const auto blocks = rows_.blocks();
  for (std::size_t b = block_ + 1; !done() && b < blocks.size(); ++b) {
    if (timestamp_from_ns(blocks[b].time_max) >= hidden.end || blocks[b].series_count > 1) { break; }
    row_ = std::min<std::size_t>(row_end_, std::size_t{blocks[b].row_begin} + blocks[b].row_count);
  }
  return Ok{};
}

Status TableCursor::load_times(std::size_t block) {
  const BlockInfo& info = rows_.blocks()[block];
  SF_CHECK(rows_.read_times(block, times_));
  block_ = block;
  block_begin_ = info.row_begin;
  block_end_ = std::size_t{info.row_begin} + info.row_count;
  bytes_read_ += rows_.encoded_bytes(block, std::nullopt);
  return Ok{};
}

Status TableCursor::load_fields() {
  if (fields_block_ == block_) { return Ok{}; }
  for (std::size_t f = 0; f < fields_.size(); ++f) {
    if (!fields_[f]) { continue; }
    SF_CHECK(rows_.read_field(block_, *fields_[f], decoded_[f]));
    bytes_read_ += rows_.encoded_bytes(block_, *fields_[f]);
  }
  fields_block_ = block_;
  return Ok{};
}

}  // namespace streamflow::storage
