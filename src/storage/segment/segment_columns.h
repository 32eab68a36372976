// Long columns of a segment's table section: tag dictionaries, series, the block directory.
// Format:     docs/format/segment.md §4: chunks of at most 4096 values, each with its length, so that memory grows only
//             as bytes arrive.
// Threads:    a writer belongs to one thread; reading is a pure function.
// Errors:     kCorrupt when a chunk does not decode or the count does not fit.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/column_block.h"
#include "model/result.h"

namespace streamflow::storage {

inline constexpr std::size_t kColumnChunkValues = 4096;

class LongColumnWriter {
 public:
  void append(std::span<const std::uint64_t> values, encoding::Bytes& out);
  // Each value at most 64 KiB.
  void append(std::span<const std::string_view> values, encoding::Bytes& out);

 private:
  void append_chunk(const encoding::ColumnBlock& chunk, encoding::Bytes& out);

  encoding::IntegerEncoder integers_;
  encoding::ColumnBlockEncoder blocks_;
  encoding::Bytes scratch_;
};

Result<std::vector<std::uint64_t>> read_long_column(encoding::ByteReader& in, std::uint64_t count);

// The texts, one after the other in `text`; value i is bytes [offsets[i], offsets[i + 1]).
struct TextColumn {
  std::string text;
  std::vector<std::size_t> offsets{0};
  std::size_t size() const { return offsets.size() - 1; }
  std::string_view operator[](std::size_t i) const {
    return std::string_view(text).substr(offsets[i], offsets[i + 1] - offsets[i]);
  }
};
Result<TextColumn> read_long_text_column(encoding::ByteReader& in, std::uint64_t count);

}  // namespace streamflow::storage
