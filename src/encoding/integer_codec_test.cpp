#include "encoding/integer_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <random>
#include <string>

namespace streamflow::encoding {
namespace {

Status decode_raw(std::initializer_list<unsigned> raw, std::size_t count) {
  Bytes bytes;
  for (const unsigned byte : raw) { bytes.push_back(static_cast<std::byte>(byte)); }
  std::vector<std::uint64_t> out(count);
  ByteReader in(bytes);
  return decode_integers(in, {}, out);
}

TEST(IntegerCodec, RefusesParametersOutOfRange) {
  EXPECT_TRUE(decode_raw({0x00, 0x01, 0x02, 0x00}, 3));               // frame of reference, base 1, width 0
  EXPECT_FALSE(decode_raw({0x00, 0x01, 0x02, 65}, 3));                // width 65
  EXPECT_FALSE(decode_raw({0x00, 0x02, 0x02, 64, 0}, 3));             // patched, width 64
  EXPECT_FALSE(decode_raw({0x00, 0x02, 0x02, 0, 4, 0, 0, 0, 0}, 3));  // more exceptions than values
  EXPECT_FALSE(decode_raw({0x00, 0x02, 0x02, 0, 1, 3, 0}, 3));        // exception at position 3 of 3
  EXPECT_TRUE(decode_raw({0x00, 0x02, 0x02, 0, 1, 2, 0}, 3));         // ...of 2 is fine
  EXPECT_FALSE(decode_raw({0x00, 0x04, 0x00, 33, 0, 0}, 3));          // Rice, k = 33
  EXPECT_FALSE(decode_raw({0x00, 0x04, 0x00, 0, 1, 0x0f, 0}, 3));     // four one-bits for three values
  EXPECT_FALSE(decode_raw({0x00, 0x04, 0x00, 0, 1, 0x03, 0}, 3));     // two
  EXPECT_FALSE(decode_raw({0x00, 0x04, 0x00, 0, 2, 0x07, 0, 0}, 3));  // a byte too many
  EXPECT_TRUE(decode_raw({0x00, 0x04, 0x00, 0, 1, 0x07, 0}, 3));
  EXPECT_FALSE(decode_raw({0x00, 0x03, 0}, 3));                          // no runs
  EXPECT_FALSE(decode_raw({0x00, 0x03, 4}, 3));                          // more runs than values
  EXPECT_TRUE(decode_raw({0x00, 0x03, 1, 0, 1, 2, 0, 0, 1, 4, 0}, 3));   // one run of 2 + 1 values
  EXPECT_FALSE(decode_raw({0x00, 0x03, 1, 0, 1, 2, 0, 0, 1, 6, 0}, 3));  // ...of 4
  EXPECT_FALSE(decode_raw({0x00, 0x03, 1, 0, 1, 2, 0, 0, 1, 2, 0}, 3));  // ...of 2
  EXPECT_FALSE(decode_raw({0x00, 0x03, 1, 0, 3, 1}, 3));                 // runs inside runs
  EXPECT_FALSE(decode_raw({0x30, 0x01, 0, 1, 0, 0, 0, 0}, 3));           // per series without series
}

TEST(IntegerCodec, LeavesTheReaderAfterItsStream) {
  std::mt19937_64 random(2);
  Bytes bytes;
  IntegerEncoder encoder;
  const std::vector<std::uint64_t> first{1, 2, 3, 900, 5};
  std::vector<std::uint64_t> second(400);
  for (std::uint64_t& value : second) { value = random() % 12; }
  encoder.encode(first, {}, bytes);
  encoder.encode(second, {}, bytes);
  ByteReader in(bytes);
  std::vector<std::uint64_t> out(first.size());
  ASSERT_TRUE(decode_integers(in, {}, out));
  EXPECT_EQ(out, first);
  out.resize(second.size());
  ASSERT_TRUE(decode_integers(in, {}, out));
  EXPECT_EQ(out, second);
  EXPECT_TRUE(in.at_end());
}

// A column whose nature changes: what is kept from block to block may cost a little, never much, and never a value.
TEST(IntegerCodec, KeepsAChoiceOnlyWhileItPays) {
  std::mt19937_64 random(4);
  IntegerEncoder column;
  column.begin_column();
  std::uint64_t walk = 1000000;
  double kept_bytes = 0;
  double fresh_bytes = 0;
  for (int block = 0; block < 120; ++block) {
    SCOPED_TRACE(block);
    std::vector<std::uint64_t> values(2048);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int nature = block / 7 % 4;
      values[i] = nature == 0   ? random() % 1000
                  : nature == 1 ? walk += random() % 9 - 4
                  : nature == 2 ? i * i + random() % 3
                                : random() >> 20U;
    }
    Bytes kept, fresh;
    column.encode(values, {}, kept);
    IntegerEncoder().encode(values, {}, fresh);
    EXPECT_LE(static_cast<double>(kept.size()), 1.15 * static_cast<double>(fresh.size()) + 16);
    kept_bytes += static_cast<double>(kept.size());
    fresh_bytes += static_cast<double>(fresh.size());
    std::vector<std::uint64_t> decoded(values.size());
    ByteReader in(kept);
    ASSERT_TRUE(decode_integers(in, {}, decoded));
    ASSERT_EQ(decoded, values);
  }
  EXPECT_LE(kept_bytes, 1.015 * fresh_bytes);
}

// The chooser's estimate steers everything: it must be near what is written.
TEST(PackPlan, CostIsNearTheBytesWritten) {
  std::mt19937_64 random(3);
  for (const unsigned bits : {1U, 3U, 9U, 30U, 50U, 63U}) {
    for (const unsigned outlier_every : {10U, 100U, 5000U}) {
      std::vector<std::uint64_t> values(2048);
      for (std::uint64_t& value : values) {
        value = random() % outlier_every == 0 ? random() : random() >> (64 - bits);
      }
      const PackPlan plan = plan_packing(values);
      Bytes bytes;
      encode_packed(values, plan, bytes);
      const double written = 8.0 * static_cast<double>(bytes.size());
      EXPECT_NEAR(static_cast<double>(plan.cost_bits), written, 0.05 * written + 128) << bits << " " << outlier_every;
    }
  }
}

// A plan made for other residuals is exact on any it accepts, and its cost stays near what is written.
TEST(PackPlan, MovesToOtherResiduals) {
  constexpr std::uint64_t kSeed = 5;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937_64 random(kSeed);
  const auto values_of = [&](unsigned bits, unsigned outlier_every, std::uint64_t offset) {
    std::vector<std::uint64_t> values(2048);
    for (std::uint64_t& value : values) {
      value = offset + (random() % outlier_every == 0 ? random() : random() >> (64 - bits));
    }
    return values;
  };
  std::size_t moved_count = 0;
  for (const unsigned bits : {1U, 9U, 30U, 63U}) {
    for (const unsigned outlier_every : {10U, 100U, 1U << 30U}) {
      const PackPlan plan = plan_packing(values_of(bits, outlier_every, 0));
      for (const unsigned other_bits : {1U, 8U, 9U, 40U, 64U}) {
        SCOPED_TRACE(testing::Message() << bits << " " << outlier_every << " " << other_bits);
        const std::vector<std::uint64_t> values = values_of(other_bits, outlier_every, random());
        const std::optional<PackPlan> moved = move_packing(values, plan);
        if (!moved.has_value()) { continue; }
        ++moved_count;
        Bytes bytes;
        encode_packed(values, *moved, bytes);
        ByteReader in(bytes);
        std::vector<std::uint64_t> decoded(values.size());
        ASSERT_TRUE(decode_packed(in, moved->packer, decoded).has_value());
        EXPECT_EQ(decoded, values);
        const double written = 8.0 * static_cast<double>(bytes.size());
        const auto cost = static_cast<double>(packing_cost(values, *moved));
        EXPECT_GT(cost, 0.5 * written - 128) << "a cost that is too low would keep a bad plan";
        if (other_bits == bits) { EXPECT_NEAR(cost, written, 0.05 * written + 128); }
      }
    }
  }
  EXPECT_GT(moved_count, 20U);
}

TEST(PackPlan, DoesNotMoveWhatCannotHoldTheValues) {
  const std::vector<std::uint64_t> narrow{5, 6, 7, 8}, wide{5, 6, 7, 9}, none;
  const PackPlan frame = {.packer = Packer::kFrameOfReference, .base = 1, .width = 2};
  ASSERT_TRUE(move_packing(narrow, frame).has_value());
  EXPECT_EQ(move_packing(narrow, frame)->base, 5U);
  EXPECT_FALSE(move_packing(wide, frame).has_value());
  EXPECT_FALSE(move_packing(none, frame).has_value());
  EXPECT_FALSE(move_packing(narrow, {}).has_value()) << "raw values hide what would be smaller";
}

TEST(ByteReader, RefusesVarintsThatAreTooLongOrCut) {
  const auto read = [](std::vector<unsigned char> raw) {
    ByteReader in(std::as_bytes(std::span(raw)));
    in.varint();
    return in.ok();
  };
  EXPECT_TRUE(read({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
  EXPECT_FALSE(read({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}));
  EXPECT_FALSE(read({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}));
  EXPECT_FALSE(read({0x80}));
  EXPECT_FALSE(read({}));
}

}  // namespace
}  // namespace streamflow::encoding
