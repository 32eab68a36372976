#include "encoding/gorilla.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>

namespace streamflow::encoding {
namespace {

using Values = std::vector<std::uint64_t>;

std::uint64_t bits_of(double value) {
  return std::bit_cast<std::uint64_t>(value);
}

std::vector<Values> cases() {
  std::mt19937_64 random(51);
  std::vector<Values> all{
      {},
      {7},
      Values(100, bits_of(21.5)),
      {0, ~0ULL, 0, 1, 1ULL << 63U, 0},
      {bits_of(0.0), bits_of(-0.0), 0x7ff8000000000001, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff0000000000001}};
  Values decimals, noise, sparse;
  for (int i = 0; i < 2000; ++i) {
    decimals.push_back(bits_of(static_cast<double>(random() % 1000) / 10));
    noise.push_back(random());
    sparse.push_back(std::uint64_t{1} << (random() % 64));
  }
  all.insert(all.end(), {decimals, noise, sparse});
  return all;
}

TEST(Gorilla, RoundTripsEveryShape) {
  for (const Values& values : cases()) {
    Bytes bytes;
    encode_gorilla(values, bytes);
    Values out(values.size());
    ASSERT_TRUE(decode_gorilla(bytes, out)) << values.size();
    ASSERT_EQ(out, values);
  }
}

TEST(Gorilla, WritesTheBitsOfThePaper) {
  // 12, 24, 15, 12: the paper's example of section 4.1.2.
  Bytes bytes;
  encode_gorilla(Values{bits_of(12), bits_of(24), bits_of(15), bits_of(12)}, bytes);
  // 64 bits; "11", 11 leading zeros, 1 bit: 1; then 0x0016 << 48 needs a new window of 11 zeros and 4 bits: 1011;
  // again.
  const std::string want =
      "11"
      "01011"
      "000001"
      "1"
      "11"
      "01011"
      "000100"
      "1011"
      "10"
      "1011";
  std::string got;
  for (std::size_t i = 64; i < 64 + want.size(); ++i) {
    got += ((std::to_integer<unsigned>(bytes[i / 8]) >> (7 - i % 8)) & 1U) != 0 ? '1' : '0';
  }
  // 15 -> 12 is 0x0006 << 48: it fits the window of the value before.
  EXPECT_EQ(got.substr(0, want.size() - 6), want.substr(0, want.size() - 6));
  EXPECT_EQ(got.substr(want.size() - 6, 2), "10");
}

TEST(Gorilla, RefusesTruncationTrailingBytesAndBadWindows) {
  for (const Values& values : cases()) {
    Bytes bytes;
    encode_gorilla(values, bytes);
    Values out(values.size());
    for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 100) {
      ASSERT_FALSE(decode_gorilla(ByteSpan(bytes).first(size), out)) << size;
    }
    bytes.push_back(std::byte{0});
    ASSERT_FALSE(decode_gorilla(bytes, out));
  }
  Values out(2);
  Bytes bytes(20, std::byte{0});
  bytes[8] = std::byte{0b10000000};  // the last window, before there is one
  EXPECT_FALSE(decode_gorilla(bytes, out));
  bytes[8] = std::byte{0b11111111};  // 31 zeros and 63 bits
  bytes[9] = std::byte{0b11111111};
  EXPECT_FALSE(decode_gorilla(bytes, out));
}

TEST(Gorilla, SurvivesFlippedBits) {
  std::mt19937_64 random(52);
  for (const Values& values : cases()) {
    Bytes bytes;
    encode_gorilla(values, bytes);
    Values out(values.size());
    for (int round = 0; round < 200 && !bytes.empty(); ++round) {
      Bytes bad = bytes;
      bad[random() % bad.size()] ^= static_cast<std::byte>(1 + random() % 255);
      static_cast<void>(decode_gorilla(bad, out));
    }
  }
}

}  // namespace
}  // namespace streamflow::encoding
