#include "query/functions/zone_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

class ZoneFunctions : public testing::Test {
 protected:
  std::string value(const std::string& expression) { return harness_.rows("SELECT " + expression); }
  QueryHarness harness_;
};

TEST_F(ZoneFunctions, DaysAreAsLongAsTheClockSays) {
  const struct {
    const char* expression;
    const char* result;
  } cases[] = {
      // Berlin: the 31st of March 2024 has 23 hours, the 27th of October 25.
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2024-03-31 21:59:59.999999999', 'Europe/Berlin')",
       "2024-03-30T23:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2024-03-31 22:00:00', 'Europe/Berlin')",
       "2024-03-31T22:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2024-10-27 22:59:59', 'Europe/Berlin')",
       "2024-10-26T22:00:00.000000000Z"},
      // An hour that comes twice is two buckets.
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-10-27 00:30:00', 'Europe/Berlin')",
       "2024-10-27T00:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-10-27 01:30:00', 'Europe/Berlin')",
       "2024-10-27T01:00:00.000000000Z"},
      // Six hours of the wall clock: 0 to 6 lasts five hours in March, seven in October.
      {"time_bucket(INTERVAL '6 hours', TIMESTAMP_NS '2024-03-31 04:00:00', 'Europe/Berlin')",
       "2024-03-31T04:00:00.000000000Z"},
      {"time_bucket(INTERVAL '6 hours', TIMESTAMP_NS '2024-10-27 04:59:59', 'Europe/Berlin')",
       "2024-10-26T22:00:00.000000000Z"},
      // Zones off by half an hour; a change of half an hour; a midnight that does not exist, and one that comes twice.
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-01-01 00:15:00', 'Asia/Kolkata')",
       "2023-12-31T23:30:00.000000000Z"},
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2018-11-04 10:00:00', 'America/Sao_Paulo')",
       "2018-11-04T03:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2023-11-05 12:00:00', 'America/Havana')",
       "2023-11-05T04:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-04-06 15:15:00', 'Australia/Lord_Howe')",
       "2024-04-06T14:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 month', TIMESTAMP_NS '2024-07-15 00:00:00', 'America/New_York')",
       "2024-07-01T04:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 day', TIMESTAMP_NS '2024-07-15 03:00:00', INTERVAL '6 hours', 'UTC')",
       "2024-07-14T06:00:00.000000000Z"},
      {"date_trunc('year', TIMESTAMP_NS '2024-07-15 00:00:00', 'America/New_York')", "2024-01-01T05:00:00.000000000Z"},
      {"date_trunc('week', TIMESTAMP_NS '2024-04-03 00:00:00', 'Europe/Berlin')", "2024-03-31T22:00:00.000000000Z"},
      {"date_trunc('hour', TIMESTAMP_NS '2024-10-27 01:30:00', 'Europe/Berlin')", "2024-10-27T01:00:00.000000000Z"},
      {"len(time_buckets(INTERVAL '1 hour', TIMESTAMP_NS '2024-03-30 23:00', TIMESTAMP_NS '2024-03-31 21:59', "
       "'Europe/Berlin'))",
       "23"},
      {"len(time_buckets(INTERVAL '1 hour', TIMESTAMP_NS '2024-10-26 22:00', TIMESTAMP_NS '2024-10-27 22:59', "
       "'Europe/Berlin'))",
       "25"},
      {"len(time_buckets(INTERVAL '1 day', TIMESTAMP_NS '2024-01-01', TIMESTAMP_NS '2024-12-31 12:00', "
       "'Europe/Berlin'))",
       "366"},
      {"len(time_buckets(INTERVAL '1 month', TIMESTAMP_NS '2024-01-15', TIMESTAMP_NS '2025-01-15'))", "13"},
      {"time_bucket(INTERVAL '1 day', NULL::TIMESTAMP_NS, 'Europe/Berlin')", ""},
      {"time_bucket(INTERVAL '1 day', 'infinity'::TIMESTAMP_NS, 'Europe/Berlin')", "infinity"},
  };
  for (const auto& [expression, result] : cases) EXPECT_EQ(value(expression), result) << expression;
}

// Days between midnights of the zone, by DuckDB's own conversions, over twenty years and all hours.
TEST_F(ZoneFunctions, DaysAgreeWithTheClockOfTheLibrary) {
  const auto disagreeing = [](const std::string& zone) {
    const std::string local = "timezone('" + zone + "', t::TIMESTAMPTZ)";
    const std::string bucket = "time_bucket(INTERVAL '1 day', t::TIMESTAMP_NS, '" + zone + "')";
    return "SELECT count(*), count(*) FILTER (date_trunc('day', " + local + ") <> date_trunc('day', timezone('" + zone +
           "', " + bucket +
           "::TIMESTAMP::TIMESTAMPTZ))) FROM (SELECT make_timestamp(range * 1800000000 + 946684800000000) AS t FROM "
           "range(350640))";
  };
  for (const char* zone :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"}) {
    EXPECT_EQ(harness_.rows(disagreeing(zone)), "350640,0") << zone;
  }
}

TEST_F(ZoneFunctions, EveryTimeHasABucket) {
  const auto has_bucket = [](const std::string& width, const std::string& time, const std::string& rest) {
    const std::string bucket = "time_bucket(INTERVAL '" + width + "', " + time + rest + ")";
    return bucket + " <= " + time + " AND epoch_ns(" + bucket + ") IS NOT NULL";
  };
  const auto truncates = [](const std::string& unit, const std::string& time) {
    return "date_trunc('" + unit + "', " + time + ") <= " + time;
  };
  const std::string ends[] = {"make_timestamp_ns(-9223372036854775806)", "make_timestamp_ns(9223372036854775806)"};
  for (const std::string& time : ends) {
    for (const char* rest :
         {"", ", INTERVAL '5 minutes'", ", TIMESTAMP_NS '2000-01-01'", ", 'Europe/Berlin'", ", INTERVAL '1 month'"}) {
      for (const char* width : {"1 second", "1 day", "1 week", "1 month", "10 years", "100 years"}) {
        EXPECT_EQ(value(has_bucket(width, time, rest)), "true") << width << " " << time << rest;
      }
    }
    for (const char* unit : {"hour", "week", "century", "millennium", "isoyear"}) {
      EXPECT_EQ(value(truncates(unit, time)), "true") << unit;
    }
  }
}

TEST_F(ZoneFunctions, SayWhatIsWrong) {
  EXPECT_THAT(harness_.error("SELECT time_bucket(INTERVAL '1 day', now(), 'Mars/Base')").message,
              HasSubstr("Mars/Base"));
  EXPECT_THAT(harness_.error("SELECT time_buckets(INTERVAL '1 second', TIMESTAMP_NS '2000-01-01', now())").message,
              HasSubstr("the limit is 1000000"));
  EXPECT_THAT(harness_.error("SELECT time_buckets(INTERVAL '0 second', now(), now())").message,
              HasSubstr("more than zero"));
}

}  // namespace
}  // namespace streamflow::query
