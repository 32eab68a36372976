#include "access/token.h"

#include <gtest/gtest.h>

#include <set>

namespace streamflow::access {
namespace {

TEST(Token, RoundTripsThroughText) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const Token token = new_token().value();
    const std::string text = to_string(token);
    EXPECT_EQ(text.size(), 60U);
    const auto parsed = parse_token(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->id, token.id);
    EXPECT_EQ(parsed->secret, token.secret);
    seen.insert(token.id);
  }
  EXPECT_EQ(seen.size(), 200U);
}

TEST(Token, RefusesOtherText) {
  const std::string good = to_string(new_token().value());
  EXPECT_FALSE(parse_token("").has_value());
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_token(std::string_view(good).substr(0, length)).has_value());
  }
  EXPECT_FALSE(parse_token(good + "A").has_value());
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{16}, std::size_t{30}}) {
    std::string bad = good;
    bad[at] = '!';
    EXPECT_FALSE(parse_token(bad).has_value()) << bad;
  }
}

TEST(Token, HashesAsTheStandardSays) {
  // RFC 4231, test case 2.
  EXPECT_EQ(to_hex(hash_secret("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Token, HexRoundTripsAndRefusesOtherText) {
  const SecretHash hash = hash_secret("pepper", "secret");
  ASSERT_TRUE(hash_from_hex(to_hex(hash)).has_value());
  EXPECT_TRUE(equal(*hash_from_hex(to_hex(hash)), hash));
  EXPECT_FALSE(equal(hash_secret("other", "secret"), hash));
  EXPECT_FALSE(hash_from_hex("00").has_value());
  EXPECT_FALSE(hash_from_hex(std::string(64, 'z')).has_value());
}

}  // namespace
}  // namespace streamflow::access
