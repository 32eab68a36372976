#include "storage/segment/segment_layout.h"

#include <algorithm>

#include "encoding/string_codec.h"
#include "storage/segment/segment_format.h"

namespace streamflow::storage {
namespace {

using StringColumns = std::span<const std::span<const std::string_view>>;

// Text per string column of the block being filled.
class TextBudget {
 public:
  explicit TextBudget(StringColumns columns) : columns_(columns), used_(columns.size()), added_(columns.size()) {}

  // Whether rows [begin, end) fit beside what is already there; if so they are counted in.
  bool add(std::size_t begin, std::size_t end) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      added_[c] = used_[c];
      for (std::size_t row = begin; row < end; ++row) { added_[c] += columns_[c][row].size(); }
      if (added_[c] > encoding::kStringBlockBytes) { return false; }
    }
    std::swap(used_, added_);
    return true;
  }
  void reset() { std::fill(used_.begin(), used_.end(), 0); }

 private:
  StringColumns columns_;
  std::vector<std::size_t> used_, added_;
};

// Cuts the rows of one series evenly, in multiples of the packing group; sooner where text asks for it.
void cut_series(std::size_t begin, std::size_t end, TextBudget& budget, std::vector<std::uint32_t>& counts) {
  const std::size_t rows = end - begin;
  const std::size_t blocks = (rows + kBlockRowsMax - 1) / kBlockRowsMax;
  const std::size_t even = (rows + blocks - 1) / blocks;
  const std::size_t target = (even + kMicroBlockRows - 1) / kMicroBlockRows * kMicroBlockRows;
  budget.reset();
  std::uint32_t filled = 0;
  for (std::size_t row = begin; row < end; ++row) {
    if (filled == target || !budget.add(row, row + 1)) {
      counts.push_back(filled);
      filled = 0;
      budget.reset();
      budget.add(row, row + 1);
    }
    ++filled;
  }
  counts.push_back(filled);
}

}  // namespace

std::vector<std::uint32_t> cut_blocks(std::span<const std::uint32_t> series_row_begin, StringColumns string_columns) {
  std::vector<std::uint32_t> counts;
  TextBudget budget(string_columns);
  std::uint32_t packed = 0;
  const auto close = [&] {
    if (packed > 0) { counts.push_back(packed); }
    packed = 0;
    budget.reset();
  };
  for (std::size_t s = 0; s + 1 < series_row_begin.size(); ++s) {
    const std::uint32_t begin = series_row_begin[s];
    const std::uint32_t end = series_row_begin[s + 1];
    const bool is_short = end - begin <= kPackedSeriesRowsMax;
    if (is_short && packed + (end - begin) <= kBlockRowsMax && budget.add(begin, end)) {
      packed += end - begin;
      continue;
    }
    close();
    if (is_short && budget.add(begin, end)) {
      packed = end - begin;
    } else {
      cut_series(begin, end, budget, counts);
      budget.reset();
    }
  }
  close();
  return counts;
}

Result<std::vector<BlockInfo>> locate_blocks(std::span<const std::uint32_t> series_row_begin,
                                             std::span<const std::uint64_t> block_row_counts) {
  std::vector<BlockInfo> blocks;
  blocks.reserve(block_row_counts.size());
  const std::uint64_t row_count = series_row_begin.back();
  std::uint64_t row = 0;
  std::size_t series = 0;  // the one that holds `row`
  for (const std::uint64_t count : block_row_counts) {
    if (count == 0 || count > kBlockRowsMax || count > row_count - row) {
      return Error{ErrorCode::kCorrupt, "a block has an impossible number of rows"};
    }
    while (series_row_begin[series + 1] <= row) { ++series; }
    BlockInfo block;
    block.row_begin = static_cast<std::uint32_t>(row);
    block.row_count = static_cast<std::uint32_t>(count);
    block.series_begin = static_cast<std::uint32_t>(series);
    const bool starts_series = series_row_begin[series] == row;
    row += count;
    std::size_t last = series;
    while (series_row_begin[last + 1] < row) { ++last; }
    block.series_count = static_cast<std::uint32_t>(last - series + 1);
    if (last > series && (!starts_series || series_row_begin[last + 1] != row)) {
      return Error{ErrorCode::kCorrupt, "a block holds a part of a series beside another one"};
    }
    blocks.push_back(block);
  }
  if (row != row_count) { return Error{ErrorCode::kCorrupt, "the blocks hold fewer rows than the series"}; }
  return blocks;
}

std::vector<std::uint32_t> series_starts(const BlockInfo& block, std::span<const std::uint32_t> series_row_begin) {
  std::vector<std::uint32_t> starts;
  if (block.series_count < 2) { return starts; }
  for (std::uint32_t s = block.series_begin; s < block.series_begin + block.series_count; ++s) {
    if (series_row_begin[s] < series_row_begin[s + 1]) { starts.push_back(series_row_begin[s] - block.row_begin); }
  }
  return starts;
}

}  // namespace streamflow::storage
