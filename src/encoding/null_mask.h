// Which rows of a block are NULL, to bytes and back.
// Format:     docs/format/segment.md §5: a bitmap, or the lengths of alternating runs, whichever is smaller.
// Invariants: bits at and past the row count are zero after decoding.
// Threads:    pure functions.
// Errors:     kCorrupt, kUnsupported for an unknown mask.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/descriptor.h"
#include "encoding/integer_codec.h"
#include "model/result.h"

namespace streamflow::encoding {

inline bool test_bit(std::span<const std::uint64_t> words, std::size_t i) {
  return ((words[i / 64] >> (i % 64)) & 1U) != 0;
}

// Bits [offset, offset + count) of `words`, moved to the front of `out`; returns how many are set.
std::size_t copy_bits(std::span<const std::uint64_t> words, std::size_t offset, std::size_t count,
                      std::vector<std::uint64_t>& out);

// Appends the mask of `row_count` rows and says which form it took. Neither all nor none of the rows may be valid.
Mask encode_mask(std::span<const std::uint64_t> words, std::size_t row_count, IntegerEncoder& integers, Bytes& out);

// Reads the mask and returns the number of valid rows; `words` is left empty when all are.
Result<std::size_t> decode_mask(Mask mask, ByteReader& in, std::size_t row_count, std::vector<std::uint64_t>& words);

}  // namespace streamflow::encoding
