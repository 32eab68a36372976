#include "encoding/null_mask.h"

#include <bit>

namespace streamflow::encoding {
namespace {

std::size_t count_ones(std::span<const std::uint64_t> words) {
  std::size_t ones = 0;
  for (const std::uint64_t word : words) { ones += static_cast<std::size_t>(std::popcount(word)); }
  return ones;
}

void clear_past(std::size_t count, std::vector<std::uint64_t>& words) {
  if (count % 64 != 0) { words.back() &= (std::uint64_t{1} << (count % 64)) - 1; }
}

void set_bits(std::vector<std::uint64_t>& words, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) { words[i / 64] |= std::uint64_t{1} << (i % 64); }
}

Status decode_run_mask(ByteReader& in, std::size_t row_count, std::vector<std::uint64_t>& words) {
  const std::uint64_t run_count = in.varint();
  if (!in.ok() || run_count == 0 || run_count > row_count + 1) {
    return corrupt_block("the NULL mask has an impossible number of runs");
  }
  std::vector<std::uint64_t> runs(static_cast<std::size_t>(run_count));
  SF_CHECK(decode_integers(in, {}, runs));
  std::size_t row = 0;
  bool valid = true;
  for (const std::uint64_t run : runs) {
    if (run > row_count - row) { return corrupt_block("the NULL mask is longer than the block"); }
    const std::size_t end = row + static_cast<std::size_t>(run);
    if (valid) { set_bits(words, row, end); }
    row = end;
    valid = !valid;
  }
  return row == row_count ? Status(Ok{}) : corrupt_block("the NULL mask is shorter than the block");
}

}  // namespace

std::size_t copy_bits(std::span<const std::uint64_t> words, std::size_t offset, std::size_t count,
                      std::vector<std::uint64_t>& out) {
  out.assign((count + 63) / 64, 0);
  const unsigned shift = offset % 64;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t word = offset / 64 + i;
    out[i] = words[word] >> shift;
    if (shift != 0 && word + 1 < words.size()) { out[i] |= words[word + 1] << (64 - shift); }
  }
  if (!out.empty()) { clear_past(count, out); }
  return count_ones(out);
}

Mask encode_mask(std::span<const std::uint64_t> words, std::size_t row_count, IntegerEncoder& integers, Bytes& out) {
  const std::size_t bitmap_bytes = (row_count + 7) / 8;
  std::vector<std::uint64_t> runs{0};
  bool valid = true;
  for (std::size_t row = 0; row < row_count && runs.size() <= bitmap_bytes; ++row) {
    if (test_bit(words, row) != valid) {
      runs.push_back(0);
      valid = !valid;
    }
    ++runs.back();
  }
  if (runs.size() <= bitmap_bytes) {
    Bytes encoded;
    append_varint(encoded, runs.size());
    integers.encode(runs, {}, encoded);
    if (encoded.size() < bitmap_bytes) {
      append_bytes(out, encoded);
      return Mask::kRuns;
    }
  }
  append_bytes(out, std::as_bytes(words).first(bitmap_bytes));
  return Mask::kBitmap;
}

Result<std::size_t> decode_mask(Mask mask, ByteReader& in, std::size_t row_count, std::vector<std::uint64_t>& words) {
  words.clear();
  if (mask == Mask::kAllValid || row_count == 0) { return row_count; }
  words.assign((row_count + 63) / 64, 0);
  switch (mask) {
    case Mask::kAllNull: return std::size_t{0};
    case Mask::kBitmap: {
      const ByteSpan bitmap = in.take((row_count + 7) / 8);
      if (!in.ok()) { return corrupt_block("the NULL mask ends early"); }
      std::memcpy(words.data(), bitmap.data(), bitmap.size());
      clear_past(row_count, words);
      break;
    }
    case Mask::kRuns: SF_CHECK(decode_run_mask(in, row_count, words)); break;
    default: return unsupported({.mask = mask});
  }
  return count_ones(words);
}

}  // namespace streamflow::encoding
