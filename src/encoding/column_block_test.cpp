// The contract of every codec: one list of cases for each type, run over all ways to store them.
#include "encoding/column_block.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "encoding/null_mask.h"

namespace streamflow::encoding {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

struct Case {
  std::string name;
  FieldType type;
  std::vector<std::uint64_t> bits;
  std::vector<std::string> strings;
  std::vector<std::uint32_t> series_rows;
  std::size_t row_count() const { return type == FieldType::kString ? strings.size() : bits.size(); }
};

std::vector<std::uint64_t> generate(std::size_t count, const std::function<std::uint64_t(std::size_t)>& value) {
  std::vector<std::uint64_t> values(count);
  for (std::size_t i = 0; i < count; ++i) { values[i] = value(i); }
  return values;
}

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

// Lengths around the packing group and the block's end.
constexpr std::size_t kCounts[] = {1, 2, 3, 63, 64, 255, 256, 257, 511, 512, 1439, 2047, 2048};

void add_integers(std::vector<Case>& cases, FieldType type) {
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> bits) {
    cases.push_back({name, type, std::move(bits), {}, {}});
  };
  std::mt19937_64 random(7);
  for (const std::size_t count : kCounts) {
    const std::string suffix = " x " + std::to_string(count);
    add("constant" + suffix, generate(count, [](auto) { return 5; }));
    add("grid of 10 s" + suffix, generate(count, [](auto i) { return 1700000000000000000U + i * 10000000000U; }));
    add("random" + suffix, generate(count, [&](auto) { return random(); }));
    std::uint64_t walk = 50;
    add("walk" + suffix, generate(count, [&](auto) { return walk += random() % 7 - 3; }));
    add("line with noise" + suffix, generate(count, [&](auto i) { return 5000 + i * 15001 + random() % 1600; }));
    add("falling line" + suffix, generate(count, [&](auto i) { return 0 - i * 15001 / 7 + random() % 100; }));
    add("quadratic" + suffix, generate(count, [](auto i) { return i * i * 3; }));
    add("runs" + suffix, generate(count, [&](auto i) { return i / 100 * 77777; }));
    add("outliers" + suffix, generate(count, [&](auto i) { return i % 97 == 5 ? random() : random() % 16; }));
    add("exponential" + suffix, generate(count, [&](auto) { return std::uint64_t{1} << (random() % 12); }));
    for (unsigned width = 1; width < 64; width += 9) {
      add(std::to_string(width) + " bits" + suffix, generate(count, [&](auto) { return random() >> (64 - width); }));
    }
  }
  add("extremes", {static_cast<std::uint64_t>(Limits::min()), static_cast<std::uint64_t>(Limits::max()), 0, ~0ULL,
                   static_cast<std::uint64_t>(Limits::min()), 1ULL << 63U});
  add("across the unsigned wrap", generate(700, [](auto i) { return ~0ULL - 350 + i; }));
  add("across the signed wrap", generate(700, [](auto i) { return (1ULL << 63U) - 350 * 8 + i * 8; }));
  add("even divisor, extreme", {0, 1ULL << 63U, 1ULL << 62U, 3ULL << 62U, 0, 1ULL << 62U});
  add("constant where sampled", generate(2048, [&](auto i) { return i % 256 < 40 ? 9 : random(); }));
}

void add_floats(std::vector<Case>& cases) {
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> bits) {
    cases.push_back({name, FieldType::kFloat64, std::move(bits), {}, {}});
  };
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal(20, 5);
  for (const std::size_t count : kCounts) {
    const std::string suffix = " x " + std::to_string(count);
    for (const unsigned digits : {0U, 1U, 2U, 6U, 12U}) {
      const double power = std::pow(10.0, digits);
      add(std::to_string(digits) + " decimals" + suffix,
          generate(count, [&](auto) { return bits_of(std::round(normal(random) * power) / power); }));
    }
    add("full precision" + suffix, generate(count, [&](auto) { return bits_of(normal(random)); }));
    add("random bits" + suffix, generate(count, [&](auto) { return random(); }));
    add("decimals with NaN, infinity, -0.0" + suffix, generate(count, [&](auto i) {
          constexpr std::uint64_t special[] = {0x7ff8000000000001, 0xfff0000000000000, 0x8000000000000000, 1};
          return i % 50 == 3 ? special[i / 50 % 4] : bits_of(static_cast<double>(random() % 1000) / 10.0);
        }));
  }
  add("all -0.0", generate(300, [](auto) { return bits_of(-0.0); }));
  add("zeros of both signs", generate(300, [](auto i) { return bits_of(i % 2 == 0 ? 0.0 : -0.0); }));
  add("NaN payloads", generate(300, [](auto i) { return 0x7ff8000000000000 + i; }));
  add("signalling NaN", generate(300, [](auto) { return 0x7ff0000000000001ULL; }));
  add("infinities", {bits_of(INFINITY), bits_of(-INFINITY), bits_of(INFINITY)});
  add("extremes", {bits_of(1.7976931348623157e308), bits_of(-1.7976931348623157e308), bits_of(5e-324), bits_of(0.1),
                   bits_of(2251799813685247.0), bits_of(2251799813685248.0), bits_of(9007199254740993.0)});
  double walk = 20;
  const auto two_decimals = [&] { return std::round((walk += normal(random) / 50 - 0.4) * 100) / 100; };
  add("float32 of two decimals", generate(2048, [&](auto) { return bits_of(static_cast<float>(two_decimals())); }));
  add("float32 with specials", generate(700, [&](auto i) {
        return i % 90 == 7   ? bits_of(-0.0)
               : i % 90 == 8 ? 0x7ff8000000000042
                             : bits_of(static_cast<float>(two_decimals()));
      }));
  add("sums that miss their decimals",
      generate(2048, [&](auto i) { return bits_of(two_decimals()) + (i % 3 == 0 ? random() % 5 - 2 : 0); }));
  add("missed decimals with specials", generate(700, [&](auto i) {
        constexpr std::uint64_t special[] = {0x7ff8000000000001, 0xfff0000000000000, 0x8000000000000000, 1};
        return i % 70 == 3 ? special[i / 70 % 4] : bits_of(two_decimals()) + random() % 7 - 3;
      }));
  add("float32 printed with 16 digits",
      generate(2048, [&](auto) { return bits_of(static_cast<float>(two_decimals())) + random() % 3 - 1; }));
  add("float32 readings", generate(600, [&](auto) { return bits_of(static_cast<float>(normal(random))); }));
}

void add_strings(std::vector<Case>& cases) {
  const auto add = [&](const std::string& name, std::vector<std::string> strings) {
    cases.push_back({name, FieldType::kString, {}, std::move(strings), {}});
  };
  add("one empty", {""});
  add("embedded zeros", {std::string("a\0b", 3), std::string("\0", 1), "", std::string("a\0b", 3)});
  for (const std::size_t count : kCounts) {
    std::vector<std::string> few;
    std::vector<std::string> distinct;
    std::vector<std::string> random_bytes;
    std::mt19937_64 random(9);
    for (std::size_t i = 0; i < count; ++i) {
      few.push_back("state-" + std::to_string(random() % 5));
      distinct.push_back("request " + std::to_string(i) + " took a while and then ended");
      const std::uint64_t word = random();
      random_bytes.emplace_back(reinterpret_cast<const char*>(&word), random() % 9);
    }
    add("few values x " + std::to_string(count), few);
    add("distinct x " + std::to_string(count), distinct);
    add("random bytes x " + std::to_string(count), random_bytes);
  }
  add("largest", std::vector<std::string>(16, std::string(65536, 'x')));
}

void add_packed(std::vector<Case>& cases) {
  std::mt19937_64 random(10);
  for (const std::size_t rows_per_series : {1U, 2U, 10U, 200U}) {
    Case packed{"packed, " + std::to_string(rows_per_series) + " rows per series", FieldType::kInt64, {}, {}, {}};
    std::uint64_t walk = 0;
    for (std::size_t i = 0; i < 2000; ++i) {
      if (i % rows_per_series == 0) {
        packed.series_rows.push_back(static_cast<std::uint32_t>(i));
        walk = random() % 100000;
      }
      packed.bits.push_back(walk += random() % 5 - 2);
    }
    cases.push_back(packed);
    for (std::uint64_t& bits : packed.bits) {
      bits = bits_of(static_cast<double>(static_cast<std::int64_t>(bits)) / 100);
    }
    packed.type = FieldType::kFloat64;
    cases.push_back(packed);
  }
}

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  add_integers(cases, FieldType::kInt64);
  add_integers(cases, FieldType::kUint64);
  add_floats(cases);
  add_strings(cases);
  add_packed(cases);
  cases.push_back({"booleans", FieldType::kBool, generate(2048, [](auto i) { return i * i % 3 % 2; }), {}, {}});
  cases.push_back({"constant booleans", FieldType::kBool, generate(2048, [](auto) { return 1; }), {}, {}});
  return cases;
}

// How NULLs are spread; nullopt stands for "no validity given".
std::vector<std::optional<std::vector<std::uint64_t>>> masks_for(std::size_t row_count) {
  const std::size_t words = (row_count + 63) / 64 + 1;
  std::vector<std::uint64_t> mixed(words);
  std::vector<std::uint64_t> stretches(words, ~0ULL);
  std::vector<std::uint64_t> one(words, 0);
  std::mt19937_64 random(11);
  for (std::uint64_t& word : mixed) { word = random(); }
  if (words > 3) { stretches[1] = 0; }
  one.back() = ~0ULL;
  one[0] = 1;
  return {
      std::nullopt, std::vector<std::uint64_t>(words, ~0ULL), std::vector<std::uint64_t>(words, 0), mixed, stretches,
      one};
}

struct Encoded {
  std::vector<std::string_view> views;
  ColumnBlock block;
  Bytes bytes;
};

Encoded encode(const Case& test, const std::optional<std::vector<std::uint64_t>>& validity, std::size_t offset) {
  Encoded encoded;
  encoded.views.assign(test.strings.begin(), test.strings.end());
  encoded.block = {.type = test.type, .bits = test.bits, .strings = encoded.views, .series_rows = test.series_rows};
  if (validity.has_value()) {
    encoded.block.validity = *validity;
    encoded.block.validity_offset = offset;
  }
  ColumnBlockEncoder().encode(encoded.block, encoded.bytes);
  return encoded;
}

// A NULL row must decode as 0 or "", whatever was there.
::testing::AssertionResult same(const ColumnBlock& block, const ColumnValues& values) {
  for (std::size_t row = 0; row < block.row_count(); ++row) {
    const bool valid = block.validity.empty() || test_bit(block.validity, block.validity_offset + row);
    const bool decoded_valid = values.validity.empty() || test_bit(values.validity, row);
    if (valid != decoded_valid) { return ::testing::AssertionFailure() << "validity of row " << row; }
    if (block.type == FieldType::kString) {
      if (values.strings[row] != (valid ? block.strings[row] : std::string_view())) {
        return ::testing::AssertionFailure() << "text of row " << row;
      }
    } else if (values.bits[row] != (valid ? block.bits[row] : 0)) {
      return ::testing::AssertionFailure() << "bits of row " << row << ": " << values.bits[row];
    }
  }
  return ::testing::AssertionSuccess();
}

BlockShape shape_of(const Case& test) {
  return {test.type, test.row_count(), test.series_rows};
}

TEST(ColumnBlock, RoundTripsEveryCaseWithEveryMask) {
  ColumnValues values;
  for (const Case& test : all_cases()) {
    for (const auto& mask : masks_for(test.row_count())) {
      for (const std::size_t offset : {0U, 13U}) {
        const Encoded encoded = encode(test, mask, offset);
        SCOPED_TRACE(test.name + ", " + std::string(name_of(test.type)) + ", " + std::to_string(encoded.bytes.size()) +
                     " bytes");
        const Status decoded = decode_column_block(encoded.bytes, shape_of(test), values);
        ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
        ASSERT_TRUE(same(encoded.block, values));
      }
    }
  }
}

TEST(ColumnBlock, RefusesEveryTruncatedPrefixAndTrailingBytes) {
  ColumnValues values;
  for (const Case& test : all_cases()) {
    Encoded encoded = encode(test, std::nullopt, 0);
    SCOPED_TRACE(test.name);
    const std::size_t step = std::max<std::size_t>(1, encoded.bytes.size() / 200);
    for (std::size_t size = 1; size < encoded.bytes.size(); size += step) {
      ASSERT_FALSE(decode_column_block(ByteSpan(encoded.bytes).first(size), shape_of(test), values)) << size;
    }
    encoded.bytes.push_back(std::byte{0});
    ASSERT_FALSE(decode_column_block(encoded.bytes, shape_of(test), values));
  }
}

// Checksums are the segment's; the codec itself must survive any damage and answer with the shape asked for.
TEST(ColumnBlock, SurvivesFlippedBytes) {
  ColumnValues values;
  std::mt19937_64 random(12);
  for (const Case& test : all_cases()) {
    for (const auto& mask : masks_for(test.row_count())) {
      Encoded encoded = encode(test, mask, 0);
      const std::size_t step = std::max<std::size_t>(1, encoded.bytes.size() / 64);
      for (std::size_t at = 0; at < encoded.bytes.size(); at += at < 24 ? 1 : step) {
        const std::byte old = encoded.bytes[at];
        encoded.bytes[at] ^= static_cast<std::byte>(1 + random() % 255);
        if (decode_column_block(encoded.bytes, shape_of(test), values).has_value()) {
          ASSERT_EQ(values.bits.size() + values.strings.size(), test.row_count());
        }
        encoded.bytes[at] = old;
      }
    }
  }
}

TEST(ColumnBlock, StoresNothingForAllNull) {
  const Case test{"nulls", FieldType::kInt64, {1, 2, 3}, {}, {}};
  const Encoded encoded = encode(test, std::vector<std::uint64_t>{0}, 0);
  EXPECT_TRUE(encoded.bytes.empty());
  ColumnValues values;
  ASSERT_TRUE(decode_column_block({}, shape_of(test), values));
  EXPECT_EQ(values.validity, std::vector<std::uint64_t>{0});
  EXPECT_EQ(values.bits, std::vector<std::uint64_t>(3, 0));
}

TEST(ColumnBlock, RefusesUnknownCodecsByName) {
  ColumnValues values;
  for (const unsigned bits : {0x000fU, 0x00f0U, 0x1f00U, 0xe000U}) {
    Bytes bytes;
    append_fixed(bytes, static_cast<std::uint16_t>(bits));
    bytes.resize(64);
    for (const FieldType type : {FieldType::kInt64, FieldType::kFloat64, FieldType::kString}) {
      const Status decoded = decode_column_block(bytes, {.type = type, .row_count = 3}, values);
      ASSERT_FALSE(decoded.has_value());
      EXPECT_EQ(decoded.error().code, ErrorCode::kUnsupported) << bits << " " << decoded.error().message;
    }
  }
}

TEST(ColumnBlock, RefusesBooleansThatAreNeither) {
  Bytes bytes;
  IntegerEncoder().encode(std::vector<std::uint64_t>{0, 1, 2}, {}, bytes);
  ColumnValues values;
  ASSERT_FALSE(decode_column_block(bytes, {.type = FieldType::kBool, .row_count = 3}, values));
}

// Every map, predictor, packer and mask is chosen for some case: none is dead code.
TEST(ColumnBlock, ChooserUsesEveryPart) {
  std::set<Map> maps;
  std::set<Predictor> predictors;
  std::set<Packer> packers;
  std::set<Mask> masks;
  std::set<unsigned> forms;
  for (const Case& test : all_cases()) {
    for (const auto& mask : masks_for(test.row_count())) {
      const Encoded encoded = encode(test, mask, 0);
      if (!encoded.bytes.empty()) {
        const Descriptor d = descriptor_from(ByteReader(encoded.bytes).fixed<std::uint16_t>());
        maps.insert(d.map);
        predictors.insert(d.predictor);
        packers.insert(d.packer);
        masks.insert(d.mask);
        if (d.map == Map::kDecimal && d.mask == Mask::kAllValid) {
          forms.insert(std::to_integer<unsigned>(encoded.bytes[2]) & ~kDecimalDigitsMask);
        }
      }
    }
  }
  EXPECT_EQ(maps.size(), 7U);
  EXPECT_EQ(predictors.size(), 5U);
  EXPECT_EQ(packers.size(), 5U);
  EXPECT_EQ(forms.size(), 4U);  // plain, float32, units in the last place, both
  EXPECT_EQ(masks.size(), 3U);  // all valid, bitmap, runs; all NULL is stored as nothing
}

struct SizeCase {
  const char* name;
  Case test;
  double bits_per_value_max;
};

// Guards against a chooser gone wrong; figures are what the parts measured in research/codecs.md allow, and some air.
TEST(ColumnBlock, SizesStayNearWhatTheDataAllows) {
  std::mt19937_64 random(13);
  std::normal_distribution<double> normal(0, 1);
  double walk = 50;
  const auto clamped = [&](auto) {
    walk = std::clamp(walk + normal(random), 0.0, 100.0);
    return static_cast<std::uint64_t>(walk);
  };
  const auto decimal = [&](auto) {
    walk = std::clamp(walk + normal(random) / 10, 0.0, 100.0);
    return bits_of(std::round(walk * 100) / 100);
  };
  const SizeCase cases[] = {
      {"clamped walk", {"", FieldType::kInt64, generate(2048, clamped), {}, {}}, 2.6},
      {"two decimals", {"", FieldType::kFloat64, generate(2048, decimal), {}, {}}, 5.7},
      {"jittered time",
       {"",
        FieldType::kInt64,
        generate(2048,
                 [&](auto i) {
                   return 1700000000000000000U + i * 15000000000U +
                          static_cast<std::uint64_t>(std::lround(normal(random) * 0.8)) * 1000000U;
                 }),
        {},
        {}},
       2.4},
      {"float32 of two decimals",
       {"",
        FieldType::kFloat64,
        generate(2048, [&](auto i) { return bits_of(static_cast<float>(std::bit_cast<double>(decimal(i)))); }),
        {},
        {}},
       5.7},
      {"decimals that miss by one bit",
       {"", FieldType::kFloat64, generate(2048, [&](auto i) { return decimal(i) + random() % 2; }), {}, {}},
       6.8},
      {"regular time",
       {"", FieldType::kInt64, generate(2048, [](auto i) { return 1700000000000000000U + i * 10000000000U; }), {}, {}},
       0.1},
      {"coin", {"", FieldType::kBool, generate(2048, [&](auto) { return random() % 2; }), {}, {}}, 1.05},
      {"random", {"", FieldType::kUint64, generate(2048, [&](auto) { return random(); }), {}, {}}, 64.1},
  };
  for (const SizeCase& size : cases) {
    const Encoded encoded = encode(size.test, std::nullopt, 0);
    EXPECT_LE(8.0 * static_cast<double>(encoded.bytes.size()) / 2048, size.bits_per_value_max) << size.name;
  }
}

}  // namespace
}  // namespace streamflow::encoding
