#include "app/sql/sql_completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace streamflow::app {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Vocabulary vocabulary() {
  return {{{"co2", {"time", "CO2", "adjusted CO2"}}, {"flights", {"time", "origin", "delay"}}}};
}

TEST(Complete, KeywordsFollowTheTypedCase) {
  EXPECT_THAT(complete("sel", vocabulary()).candidates, ElementsAre("select"));
  EXPECT_THAT(complete("SELECT a FR", vocabulary()).candidates, ElementsAre("FROM"));
  const Completion many = complete("SELECT a FROM b WHERE t", vocabulary());
  EXPECT_THAT(many.candidates, Contains("time_bucket"));
  EXPECT_EQ(many.begin, 22U);
}

TEST(Complete, AfterFromOnlyTables) {
  EXPECT_THAT(complete("SELECT * FROM ", vocabulary()).candidates, ElementsAre("co2", "flights"));
  EXPECT_THAT(complete("SELECT * FROM f", vocabulary()).candidates, ElementsAre("flights"));
  EXPECT_THAT(complete("\\d c", vocabulary()).candidates, ElementsAre("co2"));
}

TEST(Complete, ColumnsOfTheNamedTables) {
  EXPECT_THAT(complete("SELECT * FROM flights WHERE o", vocabulary()).candidates, Contains("origin"));
  EXPECT_THAT(complete("SELECT * FROM co2 WHERE or", vocabulary()).candidates, Not(Contains("origin")));
  EXPECT_THAT(complete("SELECT ori", vocabulary()).candidates, ElementsAre("origin"));
}

TEST(Complete, QuotesNamesThatNeedIt) {
  const Completion completion = complete("SELECT * FROM co2 WHERE \"adj", vocabulary());
  EXPECT_THAT(completion.candidates, ElementsAre("\"adjusted CO2\""));
  EXPECT_EQ(completion.begin, 24U);
  EXPECT_THAT(complete("SELECT adj", vocabulary()).candidates, ElementsAre("\"adjusted CO2\""));
  EXPECT_EQ(quoted_if_needed("a\"B"), "\"a\"\"B\"");
  EXPECT_EQ(quoted_if_needed("select"), "\"select\"");
  EXPECT_EQ(quoted_if_needed("delay_2"), "delay_2");
}

TEST(Complete, CommonPrefixIsWhatCanBeInserted) {
  const Completion completion = complete("SELECT a FROM b WHERE x = 1 ORDER BY y DES", vocabulary());
  EXPECT_THAT(completion.candidates, ElementsAre("DESC", "DESCRIBE"));
  EXPECT_EQ(completion.common, "DESC");
  EXPECT_TRUE(complete("zzz", vocabulary()).candidates.empty());
  EXPECT_TRUE(complete("", vocabulary()).candidates.empty());
  EXPECT_THAT(complete("\\t", vocabulary()).candidates, ElementsAre("\\timing"));
}

}  // namespace
}  // namespace streamflow::app
