#include "storage/segment/segment_columns.h"

#include <algorithm>

namespace streamflow::storage {
namespace {

using encoding::ByteReader;
using encoding::Bytes;
using encoding::ByteSpan;
using encoding::ColumnBlock;
using encoding::ColumnValues;

Error corrupt(const char* what) {
  return {ErrorCode::kCorrupt, what};
}

}  // namespace

void LongColumnWriter::append(std::span<const std::uint64_t> values, Bytes& out) {
  for (std::size_t begin = 0; begin < values.size(); begin += kColumnChunkValues) {
    scratch_.clear();
    integers_.encode(values.subspan(begin, std::min(kColumnChunkValues, values.size() - begin)), {}, scratch_);
    encoding::append_varint(out, scratch_.size());
    encoding::append_bytes(out, scratch_);
  }
}

void LongColumnWriter::append_chunk(const ColumnBlock& chunk, Bytes& out) {
  scratch_.clear();
  blocks_.encode(chunk, scratch_);
  encoding::append_varint(out, chunk.row_count());
  encoding::append_varint(out, scratch_.size());
  encoding::append_bytes(out, scratch_);
}

void LongColumnWriter::append(std::span<const std::string_view> values, Bytes& out) {
  std::size_t begin = 0;
  std::size_t text_bytes = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i - begin == kColumnChunkValues || text_bytes + values[i].size() > encoding::kStringBlockBytes) {
      append_chunk({.type = FieldType::kString, .strings = values.subspan(begin, i - begin)}, out);
      begin = i;
      text_bytes = 0;
    }
    text_bytes += values[i].size();
  }
  if (begin < values.size()) { append_chunk({.type = FieldType::kString, .strings = values.subspan(begin)}, out); }
}

Result<std::vector<std::uint64_t>> read_long_column(ByteReader& in, std::uint64_t count) {
  std::vector<std::uint64_t> values;
  while (values.size() < count) {
    const ByteSpan chunk = in.take(in.varint());
    if (!in.ok()) { return corrupt("a column of the directory ends early"); }
    const std::size_t begin = values.size();
    values.resize(static_cast<std::size_t>(std::min<std::uint64_t>(count, begin + kColumnChunkValues)));
    ByteReader stream(chunk);
    SF_CHECK(encoding::decode_integers(stream, {}, std::span(values).subspan(begin)));
    if (!stream.at_end()) { return corrupt("bytes follow a column of the directory"); }
  }
  return values;
}

Result<TextColumn> read_long_text_column(ByteReader& in, std::uint64_t count) {
  TextColumn column;
  ColumnValues values;
  while (column.size() < count) {
    const std::uint64_t chunk_values = in.varint();
    const ByteSpan chunk = in.take(in.varint());
    if (!in.ok() || chunk_values == 0 || chunk_values > kColumnChunkValues || chunk_values > count - column.size()) {
      return corrupt("a dictionary ends early or has a chunk of impossible size");
    }
    const encoding::BlockShape shape{.type = FieldType::kString, .row_count = static_cast<std::size_t>(chunk_values)};
    SF_CHECK(encoding::decode_column_block(chunk, shape, values));
    for (const std::string_view value : values.strings) {
      column.text.append(value);
      column.offsets.push_back(column.text.size());
    }
  }
  return column;
}

}  // namespace streamflow::storage
