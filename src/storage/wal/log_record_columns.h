// One column of a log record: 64-bit values or strings, in the narrowest of a few layouts that cost a copy to read.
// Format:     docs/format/wal.md, "Columns".
// Invariants: decoding gives back the same values, bit for bit. Layouts are chosen from the values alone.
// Threads:    pure functions.
// Errors:     through ByteReader; memory is bounded by `count`, which the caller has bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/row_batch.h"
#include "storage/wal/log_record_bytes.h"

namespace streamflow::storage {

// How values compare, to find the least one that the others are stored as offsets from.
enum class ColumnOrder : std::uint8_t {
  kSigned,
  kUnsigned,
  kOpaque,  // float64: offsets do not help
};

void write_column(ByteWriter& out, std::span<const std::uint64_t> values, ColumnOrder order);
void write_column(ByteWriter& out, std::span<const std::uint32_t> values);  // read back as 64-bit values
std::vector<std::uint64_t> read_column(ByteReader& in, std::size_t count);

void skip_column(ByteReader& in, std::size_t count);

void write_strings(ByteWriter& out, std::span<const std::string> values);
void write_strings(ByteWriter& out, const StringColumn& values);
// The bytes of `count` strings, end to end, and their lengths.
struct StringBlock {
  std::vector<std::uint64_t> lengths;
  std::string_view bytes;  // into the reader's bytes
};
StringBlock read_strings(ByteReader& in, std::size_t count);
void skip_strings(ByteReader& in, std::size_t count);

}  // namespace streamflow::storage
