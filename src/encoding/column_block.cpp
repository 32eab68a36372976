#include "encoding/column_block.h"

#include <algorithm>
#include <utility>

#include "encoding/null_mask.h"

namespace streamflow::encoding {
namespace {

// Positions among the valid rows at which series begin that have any; empty when at most one has.
void dense_starts(std::span<const std::uint32_t> series_rows, std::span<const std::uint64_t> validity,
                  std::size_t row_count, std::vector<std::uint32_t>& out) {
  out.clear();
  std::uint32_t dense = 0;
  for (std::size_t s = 0; s < series_rows.size(); ++s) {
    const std::size_t end = s + 1 < series_rows.size() ? series_rows[s + 1] : row_count;
    const std::uint32_t begin = dense;
    for (std::size_t row = series_rows[s]; row < end; ++row) { dense += test_bit(validity, row) ? 1U : 0U; }
    if (dense > begin) { out.push_back(begin); }
  }
  if (out.size() < 2) { out.clear(); }
}

template <class Value>
void gather(std::span<const Value> values, std::span<const std::uint64_t> validity, std::vector<Value>& out) {
  out.clear();
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (test_bit(validity, row)) { out.push_back(values[row]); }
  }
}

// Moves the first `valid_count` values to their rows, last first, and clears the others.
template <class Value>
void scatter(std::span<Value> values, std::span<const std::uint64_t> validity, std::size_t valid_count) {
  std::size_t dense = valid_count;
  for (std::size_t row = values.size(); row > 0; --row) {
    values[row - 1] = test_bit(validity, row - 1) ? values[--dense] : Value{};
  }
}

Status decode_fixed(Descriptor descriptor, const BlockShape& shape, std::size_t valid_count, ByteReader& in,
                    ColumnValues& out) {
  std::vector<std::uint32_t> starts;
  SeriesStarts series_starts = shape.series_rows.size() > 1 ? shape.series_rows : SeriesStarts{};
  if (!out.validity.empty() && !series_starts.empty()) {
    dense_starts(shape.series_rows, out.validity, shape.row_count, starts);
    series_starts = starts;
  }
  const std::span<std::uint64_t> dense = std::span(out.bits).first(valid_count);
  if (shape.type == FieldType::kFloat64) { return decode_floats_after(descriptor, in, series_starts, dense); }
  if (descriptor.map != Map::kIdentity && descriptor.map != Map::kDivisor) { return unsupported(descriptor); }
  SF_CHECK(decode_integers_after(descriptor, in, series_starts, dense));
  if (shape.type == FieldType::kBool && std::any_of(dense.begin(), dense.end(), [](auto v) { return v > 1; })) {
    return corrupt_block("a boolean is neither 0 nor 1");
  }
  return Ok{};
}

}  // namespace

void ColumnBlockEncoder::encode_values(const ColumnBlock& block, Mask mask, ByteSpan prefix, Bytes& out) {
  const SeriesStarts starts = block.series_rows.size() > 1 ? block.series_rows : SeriesStarts{};
  switch (block.type) {
    case FieldType::kString: strings_.encode(block.strings, mask, prefix, out); break;
    case FieldType::kFloat64: floats_.encode(block.bits, starts, mask, prefix, out); break;
    case FieldType::kInt64:
    case FieldType::kUint64:
    case FieldType::kBool: integers_.encode(block.bits, starts, out, Map::kIdentity, mask, prefix); break;
  }
}

void ColumnBlockEncoder::encode(const ColumnBlock& block, Bytes& out) {
  const std::size_t row_count = block.row_count();
  if (row_count == 0) { return; }
  if (block.validity.empty()) {
    encode_values(block, Mask::kAllValid, {}, out);
    return;
  }
  const std::size_t valid_count = copy_bits(block.validity, block.validity_offset, row_count, words_);
  if (valid_count == 0) { return; }
  if (valid_count == row_count) {
    encode_values(block, Mask::kAllValid, {}, out);
    return;
  }
  Bytes prefix;
  const Mask mask = encode_mask(words_, row_count, integers_, prefix);
  ColumnBlock dense{.type = block.type};
  if (block.type == FieldType::kString) {
    gather(block.strings, words_, dense_strings_);
    dense.strings = dense_strings_;
  } else {
    gather(block.bits, words_, dense_bits_);
    dense.bits = dense_bits_;
    dense_starts(block.series_rows, words_, row_count, dense_starts_);
    dense.series_rows = dense_starts_;
  }
  encode_values(dense, mask, prefix, out);
}

Result<std::size_t> decode_dense_block(ByteSpan bytes, const BlockShape& shape, ColumnValues& out) {
  const bool is_string = shape.type == FieldType::kString;
  out.bits.resize(is_string ? 0 : shape.row_count);
  out.strings.resize(is_string ? shape.row_count : 0);
  out.string_bytes.clear();
  out.validity.clear();
  if (shape.row_count == 0) {
    return bytes.empty() ? Result<std::size_t>(std::size_t{0}) : corrupt_block("bytes where no rows are");
  }
  ByteReader in(bytes);
  Descriptor descriptor{.mask = Mask::kAllNull};
  if (!bytes.empty()) {
    descriptor = descriptor_from(in.fixed<std::uint16_t>());
    if (!in.ok()) { return corrupt_block("it ends before its descriptor"); }
  }
  SF_TRY(valid_count, decode_mask(descriptor.mask, in, shape.row_count, out.validity));
  if (valid_count > 0) {
    SF_CHECK(is_string
                 ? decode_strings_after(descriptor, in, std::span(out.strings).first(valid_count), out.string_bytes)
                 : decode_fixed(descriptor, shape, valid_count, in, out));
  }
  return in.at_end() ? Result<std::size_t>(valid_count) : corrupt_block("bytes follow its end");
}

Status decode_column_block(ByteSpan bytes, const BlockShape& shape, ColumnValues& out) {
  SF_TRY(valid_count, decode_dense_block(bytes, shape, out));
  if (!out.validity.empty()) {
    shape.type == FieldType::kString ? scatter(std::span(out.strings), out.validity, valid_count)
                                     : scatter(std::span(out.bits), out.validity, valid_count);
  }
  return Ok{};
}

}  // namespace streamflow::encoding
