// Where a table's rows are cut into blocks. All columns share the cuts.
// Format:     docs/format/segment.md §4: at most 2048 rows and 1 MiB of text per string column; a block holds rows of
// one
//             series, or several whole short series ("packed").
// Invariants: blocks cover all rows in order and none is empty.
// Threads:    pure functions.
// Errors:     kCorrupt when a directory's row counts break the rules above.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

// Row counts of the blocks. `series_row_begin` has one entry per series and one more; string columns have one view per
// row, none above 64 KiB.
std::vector<std::uint32_t> cut_blocks(std::span<const std::uint32_t> series_row_begin,
                                      std::span<const std::span<const std::string_view>> string_columns);

// Rows and series of each block; times are left zero.
Result<std::vector<BlockInfo>> locate_blocks(std::span<const std::uint32_t> series_row_begin,
                                             std::span<const std::uint64_t> block_row_counts);

// Rows, counted from the block's first, at which its series begin; series without rows are left out.
std::vector<std::uint32_t> series_starts(const BlockInfo& block, std::span<const std::uint32_t> series_row_begin);

}  // namespace streamflow::storage
