#include "encoding/bit_packing.h"

#include <gtest/gtest.h>

#include <random>

namespace streamflow::encoding {
namespace {

// The layout as docs/format/segment.md §6 words it, one bit at a time.
std::uint64_t naive_value(ByteSpan packed, std::size_t count, unsigned width, std::size_t i) {
  if (width > 32) {
    const auto low_bytes = static_cast<std::size_t>(packed_bytes(count, 32));
    return naive_value(packed.first(low_bytes), count, 32, i) |
           naive_value(packed.subspan(low_bytes), count, width - 32, i) << 32U;
  }
  const std::size_t group = i / 256;
  std::uint64_t value = 0;
  for (unsigned b = 0; b < width; ++b) {
    std::size_t bit = 0;
    if (group < count / 256) {
      const std::size_t in_lane = width * (i % 256 / 8) + b;
      bit = group * 32 * 8 * width + (8 * (in_lane / 32) + i % 8) * 32 + in_lane % 32;
    } else {
      bit = count / 256 * 32 * 8 * width + (i % 256) * width + b;
    }
    value |= static_cast<std::uint64_t>((std::to_integer<unsigned>(packed[bit / 8]) >> (bit % 8)) & 1U) << b;
  }
  return value;
}

TEST(BitPacking, RoundTripsEveryWidthInTheDocumentedLayout) {
  std::mt19937_64 random(1);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const std::size_t count : {1U, 8U, 255U, 256U, 300U, 513U}) {
      std::vector<std::uint64_t> values(count);
      for (std::uint64_t& value : values) { value = width == 0 ? 0 : random() >> (64 - width); }
      Bytes packed;
      pack_bits(values, 0, width, packed);
      ASSERT_EQ(packed.size(), packed_bytes(count, width)) << width << " x " << count;
      std::vector<std::uint64_t> unpacked(count);
      unpack_bits(packed, 0, width, unpacked);
      ASSERT_EQ(unpacked, values) << width << " x " << count;
      for (std::size_t i = 0; i < count; i += 7) {
        ASSERT_EQ(naive_value(packed, count, width, i), values[i]) << width << " x " << count << ", value " << i;
      }
    }
  }
}

TEST(BitPacking, AddsTheBaseModulo64Bits) {
  for (const unsigned width : {0U, 5U, 40U}) {
    std::vector<std::uint64_t> values(300, ~0ULL - 2);
    values[17] = width == 0 ? values[0] : 5;  // past the wrap
    Bytes packed;
    pack_bits(values, ~0ULL - 2, width, packed);
    std::vector<std::uint64_t> unpacked(values.size());
    unpack_bits(packed, ~0ULL - 2, width, unpacked);
    EXPECT_EQ(unpacked, values) << width;
  }
}

}  // namespace
}  // namespace streamflow::encoding
