// Blocks whose times are those of an earlier block of their row group: series that share a grid store it once.
// Format:     docs/format/segment.md §10: per block the distance back to the block that has the times, 0 for its own.
// Invariants: a block with a distance stores no times itself; the one it names does, and has as many rows.
// Threads:    values and pure functions.
// Errors:     kCorrupt when distances break the rules above.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "encoding/byte_io.h"
#include "model/result.h"
#include "storage/segment/segment_directory.h"

namespace streamflow::storage {

// The distance from the last of `blocks`, one row group up to and with that block, to the nearest that has the same
// times and stores them (its entry of `distances` is 0); 0 when there is none.
std::uint64_t find_shared_times(std::span<const std::int64_t> times, std::span<const BlockInfo> blocks,
                                std::span<const std::uint64_t> distances);

void encode_shared_times(std::span<const std::uint64_t> distances, encoding::Bytes& out);
// One distance per block of `directory`.
Result<std::vector<std::uint64_t>> decode_shared_times(encoding::ByteSpan bytes, const TableDirectory& directory);

}  // namespace streamflow::storage
