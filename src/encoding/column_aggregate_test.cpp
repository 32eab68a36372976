#include "encoding/column_aggregate.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

#include "encoding/kernels.h"
#include "encoding/null_mask.h"

namespace streamflow::encoding {
namespace {

using Values = std::vector<std::uint64_t>;

bool less(FieldType type, std::uint64_t a, std::uint64_t b) {
  if (type == FieldType::kFloat64) {
    const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
    return std::isnan(y) ? !std::isnan(x) : x < y;
  }
  return type == FieldType::kInt64 ? std::bit_cast<std::int64_t>(a) < std::bit_cast<std::int64_t>(b) : a < b;
}

struct Block {
  FieldType type;
  Values bits;
  Values validity;  // empty: all valid
  Bytes bytes;

  bool valid(std::size_t row) const { return validity.empty() || test_bit(validity, row); }
  BlockShape shape() const { return {.type = type, .row_count = bits.size()}; }
};

Block random_block(FieldType type, std::size_t rows, std::mt19937_64& random) {
  constexpr std::uint64_t kSpecial[] = {
      0x7ff8000000000001, 0xfff0000000000000, 0x8000000000000000, 0, 0x7fffffffffffffff, 0xffffffffffffffff, 1};
  Block block{type, Values(rows), {}, {}};
  const std::uint64_t kind = random() % 4;
  for (std::uint64_t& bits : block.bits) {
    bits = type == FieldType::kBool         ? random() % 2
           : kind == 0                      ? 42
           : kind == 1                      ? random()
           : kind == 2 && random() % 9 == 0 ? kSpecial[random() % 7]
           : type == FieldType::kFloat64
               ? std::bit_cast<std::uint64_t>((static_cast<double>(random() % 20000) - 9999) / 100)
               : random() % 1000 - 500;
  }
  if (random() % 2 == 0) {
    block.validity.resize((rows + 63) / 64);
    for (std::uint64_t& word : block.validity) { word = ~(random() & 0x5555555555555555U); }
  }
  ColumnBlockEncoder().encode({.type = type, .bits = block.bits, .validity = block.validity}, block.bytes);
  return block;
}

double sum_in_documented_order(const Values& dense) {
  double s[8] = {};
  for (std::size_t i = 0; i < dense.size(); ++i) { s[i % 8] += std::bit_cast<double>(dense[i]); }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

void expect_aggregate(const Block& block, const ColumnAggregate& got) {
  Values dense;
  for (std::size_t row = 0; row < block.bits.size(); ++row) {
    if (block.valid(row)) { dense.push_back(block.bits[row]); }
  }
  ASSERT_EQ(got.count, dense.size());
  ASSERT_EQ(got.nulls, block.bits.size() - dense.size());
  if (dense.empty()) { return; }
  ExactSum sum = 0;
  std::uint64_t min = dense[0], max = dense[0];
  for (const std::uint64_t bits : dense) {
    min = less(block.type, bits, min) ? bits : min;
    max = less(block.type, max, bits) ? bits : max;
    sum += block.type == FieldType::kInt64 ? ExactSum{std::bit_cast<std::int64_t>(bits)} : ExactSum{bits};
  }
  ASSERT_FALSE(less(block.type, min, got.min_bits) || less(block.type, got.min_bits, min));
  ASSERT_FALSE(less(block.type, max, got.max_bits) || less(block.type, got.max_bits, max));
  if (block.type == FieldType::kFloat64) {
    const double want = sum_in_documented_order(dense);
    ASSERT_TRUE((std::isnan(want) && std::isnan(got.sum_double)) ||
                std::bit_cast<std::uint64_t>(want) == std::bit_cast<std::uint64_t>(got.sum_double));
    ASSERT_NE(got.min_bits, 0x8000000000000000U);
  } else {
    ASSERT_TRUE(sum == got.sum_integer);
  }
}

void expect_selection(const Block& block, const ValueRange& range, std::uint64_t selected, const Values& selection) {
  std::uint64_t want = 0;
  ASSERT_EQ(selection.size(), (block.bits.size() + 63) / 64);
  for (std::size_t row = 0; row < block.bits.size(); ++row) {
    const std::uint64_t bits = block.bits[row];
    const bool inside =
        block.valid(row) && !less(block.type, bits, range.min_bits) && !less(block.type, range.max_bits, bits);
    want += inside ? 1 : 0;
    ASSERT_EQ(test_bit(selection, row), inside) << "row " << row;
  }
  ASSERT_EQ(selected, want);
}

TEST(ColumnAggregator, AgreesWithDecodingAndLoopingOnEverySet) {
  for (const std::string_view name : kernel_names()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(force_kernels(name));
    std::mt19937_64 random(41);
    ColumnAggregator aggregator;
    for (int round = 0; round < 300; ++round) {
      SCOPED_TRACE(round);
      constexpr FieldType kTypes[] = {FieldType::kInt64, FieldType::kUint64, FieldType::kFloat64, FieldType::kBool};
      const Block block = random_block(kTypes[round % 4], 1 + random() % 2048, random);
      const auto aggregate = aggregator.aggregate(block.bytes, block.shape());
      ASSERT_TRUE(aggregate.has_value()) << aggregate.error().message;
      expect_aggregate(block, *aggregate);
      ValueRange range{block.bits[random() % block.bits.size()], block.bits[random() % block.bits.size()]};
      Values selection;
      const auto selected = aggregator.select(block.bytes, block.shape(), range, selection);
      ASSERT_TRUE(selected.has_value());
      expect_selection(block, range, *selected, selection);
    }
  }
  force_kernels("");
}

TEST(ColumnAggregator, TakesBlocksThatAreAllNull) {
  ColumnAggregator aggregator;
  const BlockShape shape{.type = FieldType::kInt64, .row_count = 70};
  const auto aggregate = aggregator.aggregate({}, shape);
  ASSERT_TRUE(aggregate.has_value());
  EXPECT_EQ(aggregate->count, 0U);
  EXPECT_EQ(aggregate->nulls, 70U);
  Values selection;
  const auto selected = aggregator.select({}, shape, {0, ~0ULL}, selection);
  EXPECT_EQ(*selected, 0U);
  EXPECT_EQ(selection, Values(2, 0));
}

TEST(ColumnAggregator, RefusesStringsAndDamage) {
  ColumnAggregator aggregator;
  Values selection;
  const BlockShape text{.type = FieldType::kString, .row_count = 3};
  EXPECT_EQ(aggregator.aggregate({}, text).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(aggregator.select({}, text, {}, selection).error().code, ErrorCode::kInvalidArgument);
  const Bytes cut{std::byte{0}};
  EXPECT_EQ(aggregator.aggregate(cut, {.type = FieldType::kInt64, .row_count = 3}).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace streamflow::encoding
