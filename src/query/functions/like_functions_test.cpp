#include "query/functions/like_functions.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace streamflow::query {
namespace {

// The definition, by trying everything.
bool naive(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') { return naive(text, pattern.substr(1)) || (!text.empty() && naive(text.substr(1), pattern)); }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) && naive(text.substr(1), pattern.substr(1));
}

TEST(Like, AgreesWithItsDefinition) {
  const unsigned seed = 20240101;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto word = [&](const std::string& letters, std::size_t length_max) {
    std::string result(random() % (length_max + 1), ' ');
    for (char& c : result) c = letters[random() % letters.size()];
    return result;
  };
  int matched = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = word("ab", 8);
    const std::string pattern = word("ab%_", 6);
    ASSERT_EQ(like_matches(text, pattern, '\0'), naive(text, pattern)) << text << " LIKE " << pattern;
    matched += naive(text, pattern) ? 1 : 0;
  }
  EXPECT_GT(matched, 1000);
}

TEST(Like, CountsCharactersAndEscapes) {
  EXPECT_TRUE(like_matches("é", "_", '\0'));
  EXPECT_FALSE(like_matches("é", "__", '\0'));
  EXPECT_TRUE(like_matches("aéb", "%_b", '\0'));
  EXPECT_TRUE(like_matches("50%", "50\\%", '\\'));
  EXPECT_FALSE(like_matches("500", "50\\%", '\\'));
  EXPECT_TRUE(like_matches("a_b", "%\\_b", '\\'));
  EXPECT_FALSE(like_matches("axb", "%\\_b", '\\'));
}

// Backtracking would need 10^24 steps.
TEST(Like, StaysLinearOnHostilePatterns) {
  std::string pattern;
  for (int i = 0; i < 12; ++i) pattern += "%a_";
  EXPECT_FALSE(like_matches(std::string(10000, 'a'), pattern + "b", '\0'));
}

}  // namespace
}  // namespace streamflow::query
