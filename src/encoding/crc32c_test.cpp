#include "encoding/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string_view>
#include <vector>

namespace streamflow::encoding {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes;
  for (const char c : text) { bytes.push_back(static_cast<std::byte>(c)); }
  return bytes;
}

std::vector<std::byte> ascending(int first, int step) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < 32; ++i) { bytes.push_back(static_cast<std::byte>(first + i * step)); }
  return bytes;
}

TEST(Crc32c, MatchesPublishedVectors) {
  const struct {
    const char* name;
    std::vector<std::byte> input;
    std::uint32_t expected;
  } cases[] = {{"empty", {}, 0x00000000U},
               {"check value of the catalogue", bytes_of("123456789"), 0xE3069283U},
               {"RFC 3720 B.4: 32 zeroes", std::vector<std::byte>(32), 0x8A9136AAU},
               {"RFC 3720 B.4: 32 ones", std::vector<std::byte>(32, std::byte{0xFF}), 0x62A8AB43U},
               {"RFC 3720 B.4: 0 to 31", ascending(0, 1), 0x46DD794EU},
               {"RFC 3720 B.4: 31 to 0", ascending(31, -1), 0x113FDB5CU}};
  for (const auto& [name, input, expected] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(crc32c(input), expected);
    EXPECT_EQ(crc32c_software(input), expected);
  }
}

TEST(Crc32c, HardwareEqualsSoftwareAtEveryLengthAndAlignment) {
  std::mt19937_64 random(20240229);
  std::vector<std::byte> data(16 << 10);
  for (std::byte& b : data) { b = static_cast<std::byte>(random()); }
  for (std::size_t length = 0; length < 64; ++length) {
    for (std::size_t start = 0; start < 9; ++start) {
      const auto part = std::span(data).subspan(start, length);
      ASSERT_EQ(crc32c(part), crc32c_software(part)) << start << ' ' << length;
    }
  }
  for (int round = 0; round < 300; ++round) {  // long enough for several turns of the three lanes
    const std::size_t start = random() % 64;
    const auto part = std::span(data).subspan(start, random() % (data.size() - start));
    const auto seed = static_cast<std::uint32_t>(random());
    ASSERT_EQ(crc32c(part, seed), crc32c_software(part, seed)) << start << ' ' << part.size();
  }
}

TEST(Crc32c, ContinuesFromSeed) {
  std::mt19937_64 random(7);
  std::vector<std::byte> data(10'000);
  for (std::byte& b : data) { b = static_cast<std::byte>(random()); }
  for (const std::size_t cut : {0UL, 1UL, 7UL, 3072UL, 5000UL, 9999UL, 10'000UL}) {
    EXPECT_EQ(crc32c(std::span(data).subspan(cut), crc32c(std::span(data).first(cut))), crc32c(data)) << cut;
  }
}

TEST(Crc32c, SeesEveryFlippedBit) {
  std::vector<std::byte> data(4096, std::byte{0x5A});
  const std::uint32_t good = crc32c(data);
  for (std::size_t bit = 0; bit < data.size() * 8; bit += 37) {
    data[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_NE(crc32c(data), good) << bit;
    data[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
}

}  // namespace
}  // namespace streamflow::encoding
