// One block of one column: at most 2048 rows, NULLs and values, to bytes and back. What segments are made of.
// Format:     docs/format/segment.md §5: descriptor, NULL mask, then only the values that are not NULL.
// Invariants: exact; a block without any value takes no bytes. A NULL row decodes as 0 or "" with a cleared bit.
// Threads:    an encoder belongs to one thread (it keeps scratch memory); decoding is a pure function.
// Errors:     decode answers kCorrupt or kUnsupported, reads only its span, allocates in proportion to the rows asked
// for
//             (strings: 1 MiB of text more).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/float_codec.h"
#include "encoding/integer_codec.h"
#include "encoding/string_codec.h"
#include "model/result.h"
#include "model/schema.h"

namespace streamflow::encoding {

// Decoded values of one block. Vectors are reused by the caller from call to call.
struct ColumnValues {
  std::vector<std::uint64_t> bits;        // fixed-width types and times
  std::vector<std::string_view> strings;  // views into `string_bytes`
  std::string string_bytes;
  std::vector<std::uint64_t> validity;  // empty = all valid; else bit i of word i / 64
};

struct ColumnBlock {
  FieldType type = FieldType::kInt64;
  std::span<const std::uint64_t> bits{};        // fixed-width types: one per row
  std::span<const std::string_view> strings{};  // strings: one per row, together at most kStringBlockBytes
  std::span<const std::uint64_t> validity{};    // empty = all valid; row i is bit validity_offset + i
  std::size_t validity_offset = 0;
  std::span<const std::uint32_t> series_rows{};  // packed block: the row each series begins at; else empty

  std::size_t row_count() const { return type == FieldType::kString ? strings.size() : bits.size(); }
};

class ColumnBlockEncoder {
 public:
  explicit ColumnBlockEncoder(ChooserEffort effort = ChooserEffort::kSampled) : integers_(effort), floats_(effort) {}

  // Appends the block; nothing when every row is NULL.
  void encode(const ColumnBlock& block, Bytes& out);

  // What follows are blocks of one column, in order: choices are carried over from block to block.
  void begin_column() {
    integers_.begin_column();
    floats_.begin_column();
  }

 private:
  void encode_values(const ColumnBlock& block, Mask mask, ByteSpan prefix, Bytes& out);

  IntegerEncoder integers_;
  FloatEncoder floats_;
  StringEncoder strings_;
  std::vector<std::uint64_t> words_, dense_bits_;
  std::vector<std::string_view> dense_strings_;
  std::vector<std::uint32_t> dense_starts_;
};

struct BlockShape {
  FieldType type = FieldType::kInt64;
  std::size_t row_count = 0;
  std::span<const std::uint32_t> series_rows{};  // ascending from 0 and below row_count; empty for one series
};

// The values that are not NULL, close together at the front of out.bits or out.strings; returns how many. The rest of
// these vectors, sized for all rows, is unspecified.
Result<std::size_t> decode_dense_block(ByteSpan bytes, const BlockShape& shape, ColumnValues& out);

// The whole of `bytes` must be one block.
Status decode_column_block(ByteSpan bytes, const BlockShape& shape, ColumnValues& out);

}  // namespace streamflow::encoding
