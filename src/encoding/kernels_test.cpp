#include "encoding/kernels.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "encoding/byte_io.h"
#include "encoding/column_block.h"
#include "encoding/decimal.h"

namespace streamflow::encoding {
namespace {

using Values = std::vector<std::uint64_t>;

// Lengths around every vector's size.
constexpr std::size_t kCounts[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 255, 256, 257, 2048};

// Runs `test` with every instruction set of this machine but the reference.
template <class Test>
void with_each_set(const Test& test) {
  for (const std::string_view name : kernel_names()) {
    if (name == "scalar") { continue; }
    SCOPED_TRACE(name);
    ASSERT_TRUE(force_kernels(name));
    ASSERT_EQ(kernels().name, name);
    test(kernels());
  }
  force_kernels("");
}

Values random_values(std::size_t count, unsigned width, std::mt19937_64& random) {
  Values values(count);
  for (std::uint64_t& value : values) { value = width == 0 ? 0 : random() >> (64 - width); }
  return values;
}

TEST(Kernels, ListsTheReferenceLastAndRefusesUnknownNames) {
  EXPECT_EQ(kernel_names().back(), "scalar");
  EXPECT_GE(kernel_names().size(), 2U);
  EXPECT_FALSE(force_kernels("abacus"));
  EXPECT_FALSE(force_kernels("SSSE3")) << "slower than the reference";
  ASSERT_TRUE(force_kernels("scalar"));
  EXPECT_EQ(&kernels(), &kScalarKernels);
  ASSERT_TRUE(force_kernels(""));
  EXPECT_EQ(kernels().name, kernel_names().front());
}

TEST(Kernels, PackAndUnpackEveryWidthLikeTheReference) {
  std::mt19937_64 random(21);
  with_each_set([&](const Kernels& set) {
    for (unsigned width = 1; width <= 32; ++width) {
      for (const unsigned shift : {0U, 5U, 32U}) {
        const Values values = random_values(768, 64, random);
        const std::uint64_t base = random();
        Bytes want(3 * 32 * width);
        Bytes got(want.size() + 1);  // one further, so that it is not aligned
        kScalarKernels.pack_groups(values.data(), 3, base, shift, width, want.data());
        set.pack_groups(values.data(), 3, base, shift, width, got.data() + 1);
        ASSERT_EQ(Bytes(got.begin() + 1, got.end()), want) << width << " bits from " << shift;
        Values unpacked(768), reference(768);
        kScalarKernels.unpack_groups(want.data(), 3, base, width, reference.data());
        set.unpack_groups(got.data() + 1, 3, base, width, unpacked.data());
        ASSERT_EQ(unpacked, reference) << width;
      }
    }
  });
}

TEST(Kernels, SumScaleFoldAndDivideLikeTheReference) {
  std::mt19937_64 random(22);
  with_each_set([&](const Kernels& set) {
    for (const std::size_t count : kCounts) {
      const Values values = random_values(count, 64, random);
      Values want = values, got = values;
      kScalarKernels.undo_delta(77, want);
      set.undo_delta(77, got);
      ASSERT_EQ(got, want) << count;
      kScalarKernels.scale(5, 0x123456789abcdef1, want);
      set.scale(5, 0x123456789abcdef1, got);
      ASSERT_EQ(got, want) << count;
      kScalarKernels.fold_signs(want);
      set.fold_signs(got);
      ASSERT_EQ(got, want) << count;
      const Values ulps = random_values(count, 4, random);
      kScalarKernels.add_ulps(ulps.data(), want);
      set.add_ulps(ulps.data(), got);
      ASSERT_EQ(got, want) << count;
      for (const std::uint64_t slope : {std::uint64_t{0}, std::uint64_t{98304}, 0 - std::uint64_t{77777}, random()}) {
        kScalarKernels.add_line(9, slope, want);
        set.add_line(9, slope, got);
        ASSERT_EQ(got, want) << count << " slope " << slope;
      }
      Values decimals = random_values(count, 51, random);
      for (std::size_t i = 0; i < count; i += 2) { decimals[i] = 0 - decimals[i]; }
      for (const double power : kPowersOfTen) {
        want = got = decimals;
        kScalarKernels.divide_decimals(power, want);
        set.divide_decimals(power, got);
        ASSERT_EQ(got, want) << count << " by " << power;
        kScalarKernels.round_to_floats(want);
        set.round_to_floats(got);
        ASSERT_EQ(got, want) << count << " by " << power;
      }
    }
  });
}

TEST(Kernels, FindOnesAndJoinRiceLikeTheReference) {
  std::mt19937_64 random(23);
  with_each_set([&](const Kernels& set) {
    for (const unsigned density : {1U, 2U, 7U, 200U}) {
      Bytes bits(512);
      std::size_t ones = 0;
      for (std::size_t i = 0; i < bits.size() * 8; ++i) {
        if (random() % density == 0) {
          bits[i / 8] |= std::byte{1} << (i % 8);
          ++ones;
        }
      }
      std::vector<std::uint32_t> want(1 + ones + kOnesOverrun, ~0U), got(want);
      ASSERT_EQ(kScalarKernels.find_ones(bits, ones, want.data() + 1), ones);
      ASSERT_EQ(set.find_ones(bits, ones, got.data() + 1), ones);
      ASSERT_TRUE(std::equal(want.begin(), want.begin() + 1 + static_cast<std::ptrdiff_t>(ones), got.begin()));
      ASSERT_EQ(set.find_ones(bits, ones - 1, got.data() + 1), ones);  // "more than asked for"
      ASSERT_EQ(set.find_ones({}, 5, got.data() + 1), 0U);
      for (const std::size_t count : kCounts) {
        for (const bool one_sided : {false, true}) {
          if (count > ones) { continue; }
          const Values low = random_values(count, 9, random);
          Values joined = low, reference = low;
          kScalarKernels.join_rice(want.data() + 1, 9, 1000, one_sided, reference);
          set.join_rice(want.data() + 1, 9, 1000, one_sided, joined);
          ASSERT_EQ(joined, reference) << count;
        }
      }
    }
  });
}

TEST(Kernels, MeasureLikeTheReference) {
  std::mt19937_64 random(25);
  with_each_set([&](const Kernels& set) {
    for (unsigned width = 0; width <= 64; ++width) {
      for (const std::size_t count : kCounts) {
        if (count == 0) { continue; }
        Values values = random_values(count, width, random);
        values[0] = width == 0 ? 0 : ~std::uint64_t{0} >> (64 - width);  // what rounds up to a power of two
        const MinMax range = set.min_max(values);
        ASSERT_EQ(range.min, kScalarKernels.min_max(values).min);
        ASSERT_EQ(range.max, kScalarKernels.min_max(values).max);
        for (const Center center : {Center{0, true}, Center{0, false}, Center{values[count / 2], false}}) {
          std::vector<std::uint8_t> want(count), got(count);
          kScalarKernels.bit_lengths(values, center, want.data());
          set.bit_lengths(values, center, got.data());
          ASSERT_EQ(got, want) << width << " bits, " << count;
          for (const unsigned k : {0U, 3U, 32U}) {
            ASSERT_EQ(set.rice_sums(values, center, k), kScalarKernels.rice_sums(values, center, k)) << width;
          }
        }
      }
    }
  });
}

// Whole blocks: the bytes do not depend on the instruction set, nor do the values.
TEST(Kernels, GiveTheSameBlocksOnEverySet) {
  std::mt19937_64 random(24);
  std::uint64_t walk = 1000;
  for (const FieldType type : {FieldType::kInt64, FieldType::kFloat64}) {
    for (const unsigned step : {3U, 100U, 40000U}) {
      Values values(2000);
      for (std::uint64_t& value : values) {
        walk += random() % step - step / 2;
        value = type == FieldType::kInt64 ? walk : std::bit_cast<std::uint64_t>(static_cast<double>(walk % 9999) / 100);
      }
      ASSERT_TRUE(force_kernels("scalar"));
      Bytes want;
      ColumnBlockEncoder().encode({.type = type, .bits = values}, want);
      with_each_set([&](const Kernels&) {
        Bytes bytes;
        ColumnBlockEncoder().encode({.type = type, .bits = values}, bytes);
        ASSERT_EQ(bytes, want);
        ColumnValues out;
        ASSERT_TRUE(decode_column_block(bytes, {.type = type, .row_count = values.size()}, out));
        ASSERT_EQ(out.bits, values);
      });
    }
  }
}

}  // namespace
}  // namespace streamflow::encoding
