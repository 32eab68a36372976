// Feeds arbitrary bytes to the block decoder, for every type, packed and not. It may refuse; it must not misbehave.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "encoding/column_block.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace streamflow;
  if (size < 3) { return 0; }
  static encoding::ColumnValues values;
  encoding::BlockShape shape;
  shape.type = static_cast<FieldType>(1 + data[0] % 5);
  shape.row_count = 1 + (data[1] | (data[2] % 8U) << 8U);
  std::vector<std::uint32_t> series_rows;
  if (data[2] >= 128) {
    for (std::uint32_t row = 0; row < shape.row_count; row += 1 + data[2] % 32U) { series_rows.push_back(row); }
    shape.series_rows = series_rows;
  }
  const encoding::ByteSpan block = std::as_bytes(std::span(data + 3, size - 3));
  if (encoding::decode_column_block(block, shape, values).has_value()) {
    // What decodes must survive being encoded again.
    encoding::ColumnBlock again{.type = shape.type, .bits = values.bits, .strings = values.strings};
    again.validity = values.validity;
    again.series_rows = series_rows;
    std::size_t text_bytes = 0;
    for (const std::string_view text : values.strings) { text_bytes += text.size(); }
    if (text_bytes > encoding::kStringBlockBytes) { return 0; }
    encoding::Bytes bytes;
    encoding::ColumnBlockEncoder().encode(again, bytes);
    encoding::ColumnValues copy;
    if (!encoding::decode_column_block(bytes, shape, copy).has_value() || copy.bits != values.bits ||
        copy.strings != values.strings) {
      __builtin_trap();
    }
  }
  return 0;
}
