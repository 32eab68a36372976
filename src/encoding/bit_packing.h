// Packs integers of `width` bits without gaps, in the layout that vector units unpack best.
// Format:     docs/format/segment.md §6. Width 0 takes no bytes. Up to 32 bits: groups of 256 values in eight
// interleaved
//             lanes of 32-bit words (value i is row i / 8 of lane i % 8), then the rest bit after bit, lowest first.
//             Above 32 bits: all low halves as 32-bit words, then the high parts packed as above.
// Invariants: unpack(pack(v)) == v for values below 2^width.
// Threads:    pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "encoding/byte_io.h"

namespace streamflow::encoding {

inline constexpr std::size_t kPackGroup = 256;

// Exact size of `count` values of `width` (0 to 64) bits.
constexpr std::uint64_t packed_bytes(std::uint64_t count, unsigned width) {
  if (width > 32) { return 4 * count + packed_bytes(count, width - 32); }
  return (count / kPackGroup) * (kPackGroup / 8) * width + ((count % kPackGroup) * width + 7) / 8;
}

// Appends the low `width` bits of every value - base (modulo 2^64); higher bits are dropped.
void pack_bits(std::span<const std::uint64_t> values, std::uint64_t base, unsigned width, Bytes& out);

// Fills `out` with base + packed value (modulo 2^64). `in` must have packed_bytes(out.size(), width) bytes.
void unpack_bits(ByteSpan in, std::uint64_t base, unsigned width, std::span<std::uint64_t> out);

}  // namespace streamflow::encoding
