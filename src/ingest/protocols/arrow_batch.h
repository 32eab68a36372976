// The arrays of one record batch (or dictionary batch), one after the other in the schema's order, decompressed.
// Source:     Arrow's Message.fbs, RecordBatch and BodyCompression (LZ4_FRAME, ZSTD).
// Invariants: a buffer lies inside the body; an array is as long as its batch; what is decompressed counts against a
//             budget before memory is taken.
// Threads:    an object belongs to one thread; the message outlives it.
// Errors:     kInvalidArgument (damaged), kTooLarge (budget), kUnsupported never.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "ingest/protocols/arrow_flatbuffer_reader.h"
#include "ingest/protocols/arrow_schema.h"
#include "model/result.h"

namespace streamflow::ingest::arrow {

// Where decompressed bytes live until the whole stream is decoded.
class Decompressed {
 public:
  explicit Decompressed(std::size_t bytes_max) : bytes_max_(bytes_max), left_(bytes_max) {}
  Result<std::string_view> unpack_lz4(std::string_view bytes, std::uint64_t unpacked_bytes);
  Result<std::string_view> unpack_zstd(std::string_view bytes, std::uint64_t unpacked_bytes);

 private:
  Result<std::string*> take(std::uint64_t bytes);

  std::deque<std::string> buffers_;
  std::size_t bytes_max_, left_;
};

// One array. Buffers are as long as their type and row count ask for, at least.
struct Array {
  std::size_t rows = 0;
  std::string_view validity;         // empty: no NULL; else bit i, least significant first
  std::string_view offsets, values;  // offsets: kText only, rows + 1 of them (or empty without rows)
  bool valid(std::size_t row) const {
    return validity.empty() || ((static_cast<unsigned char>(validity[row / 8]) >> (row % 8)) & 1U) != 0;
  }
};

class Batch {
 public:
  // `header`: a RecordBatch table.
  static Result<Batch> open(const FlatTable& header, std::string_view body, Decompressed& decompressed);
  std::size_t rows() const { return rows_; }
  // The next array, of this type.
  Result<Array> next(const ColumnType& type);
  Status finish() const;  // nothing is left over

 private:
  Result<std::string_view> next_buffer();

  std::string_view nodes_, buffers_, body_;
  Decompressed* decompressed_ = nullptr;
  std::int8_t codec_ = -1;  // none
  std::size_t rows_ = 0, node_ = 0, buffer_ = 0;
};

// Text i of an array whose offsets were checked. `type` is kText.
std::string_view text_at(const Array& array, const ColumnType& type, std::size_t row);

}  // namespace streamflow::ingest::arrow
