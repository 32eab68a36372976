#include "query/functions/time_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

class TimeFunctions : public testing::Test {
 protected:
  std::string value(const std::string& expression) { return harness_.rows("SELECT " + expression); }
  QueryHarness harness_;
};

TEST_F(TimeFunctions, KeepNanoseconds) {
  const struct {
    const char* expression;
    const char* result;
  } cases[] = {
      {"TIMESTAMP_NS '2024-01-31 00:00:00.123456789' + INTERVAL '1 month'", "2024-02-29T00:00:00.123456789Z"},
      {"INTERVAL '1 day' + TIMESTAMP_NS '2024-01-31 00:00:00.123456789'", "2024-02-01T00:00:00.123456789Z"},
      {"TIMESTAMP_NS '2024-03-31 00:00:00.000000001' - INTERVAL '1 month'", "2024-02-29T00:00:00.000000001Z"},
      {"TIMESTAMP_NS '1969-12-31 23:59:59.999999999' + INTERVAL '1 microsecond'", "1970-01-01T00:00:00.000000999Z"},
      {"date_trunc('microsecond', TIMESTAMP_NS '1969-12-31 23:59:59.999999999')", "1969-12-31T23:59:59.999999000Z"},
      {"date_trunc('week', TIMESTAMP_NS '2024-02-29 12:00:00.5')", "2024-02-26T00:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-02-29 12:34:56.789')", "2024-02-29T12:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 month', TIMESTAMP_NS '1999-12-31 23:59:59.999999999')",
       "1999-12-01T00:00:00.000000000Z"},
      {"time_bucket(INTERVAL '1 hour', TIMESTAMP_NS '2024-02-29 12:34:56', INTERVAL '30 minutes')",
       "2024-02-29T12:30:00.000000000Z"},
      {"time_bucket(INTERVAL '7 days', TIMESTAMP_NS '2024-02-29 12:34:56', TIMESTAMP_NS '2024-02-28 "
       "00:00:00.000000001')",
       "2024-02-28T00:00:00.000000001Z"},
      {"typeof(now() - INTERVAL '1 hour')", "TIMESTAMP_NS"},
      {"typeof(current_timestamp)", "TIMESTAMP_NS"},
      {"now() = current_timestamp", "true"},
      {"epoch_ns(TIMESTAMP_NS '2024-01-01 00:00:00.000000007')", "1704067200000000007"},
      {"arg_max(v, t) FROM (VALUES (1, make_timestamp_ns(5)), (2, make_timestamp_ns(7)), (3, make_timestamp_ns(6))) "
       "x(v, t)",
       "2"},
      {"last(v, t) FROM (VALUES ('a', make_timestamp_ns(5)), ('b', make_timestamp_ns(4))) x(v, t)", "a"},
      {"first(v, t) FROM (VALUES (true, make_timestamp_ns(5)), (false, make_timestamp_ns(4))) x(v, t)", "false"},
      {"typeof(date_trunc('hour', TIMESTAMP '2024-02-29 12:34:56'))", "TIMESTAMP"},
      {"NULL::TIMESTAMP_NS + INTERVAL '1 day'", ""},
  };
  for (const auto& [expression, result] : cases) EXPECT_EQ(value(expression), result) << expression;
}

TEST_F(TimeFunctions, RefuseWhatHasNoNanoseconds) {
  for (const char* expression :
       {"TIMESTAMP_NS '2262-01-01' + INTERVAL '1 year'", "TIMESTAMP_NS '1678-01-01' - INTERVAL '1 year'",
        "now() + INTERVAL '2000000000 months'", "time_bucket(INTERVAL '0 seconds', now())",
        "time_bucket(INTERVAL '1 month 1 day', now())", "time_bucket(INTERVAL '-1 day', now())",
        "date_trunc('fortnight', now())"}) {
    EXPECT_EQ(harness_.error(std::string("SELECT ") + expression).code, ErrorCode::kInvalidArgument) << expression;
  }
}

TEST_F(TimeFunctions, ZonesMeetNanoseconds) {
  const std::string time = "TIMESTAMP_NS '2024-01-01 00:00:00.000000001'";
  const std::string zoned = "TIMESTAMPTZ '2024-01-01 02:00:00+02'";
  EXPECT_EQ(value(time + " > " + zoned), "true");
  EXPECT_EQ(value(zoned + " < " + time), "true");
  EXPECT_EQ(value(time + " BETWEEN " + zoned + " AND " + zoned + " + INTERVAL '1 second'"), "true");
  EXPECT_EQ(value("coalesce(NULL, " + time + ", " + zoned + ")"), "2024-01-01T00:00:00.000000001Z");
  EXPECT_EQ(harness_.csv("SELECT " + time + " > " + zoned + " AS later"), "later\ntrue\n");
}

// The built-ins on TIMESTAMP say what a bucket is.
TEST_F(TimeFunctions, BucketsAgreeWithDuckDbOnMicroseconds) {
  std::string sql =
      "SELECT count(*) FROM (SELECT make_timestamp(CAST(-5e15 + 1.3e10 * range AS BIGINT)) AS t FROM range(700000)) "
      "WHERE false";
  for (const char* width :
       {"1 second", "7 minutes", "1 hour", "5 days", "1 week", "1 month", "5 months", "1 year", "90 minutes"}) {
    sql += std::string(" OR time_bucket(INTERVAL '") + width + "', t) <> time_bucket(INTERVAL '" + width +
           "', t::TIMESTAMP_NS)";
  }
  for (const char* unit : {"microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter",
                           "year", "decade", "century", "isoyear"}) {
    sql += std::string(" OR date_trunc('") + unit + "', t) <> date_trunc('" + unit + "', t::TIMESTAMP_NS)";
  }
  EXPECT_EQ(harness_.rows(sql), "0");
  EXPECT_EQ(
      harness_.rows(
          "SELECT count(*) FROM (SELECT make_timestamp(CAST(-5e15 + 1.3e10 * range AS BIGINT)) AS t FROM "
          "range(700000)) "
          "WHERE t + INTERVAL '13 months 3 days 7 seconds' <> t::TIMESTAMP_NS + INTERVAL '13 months 3 days 7 seconds' "
          "OR t - INTERVAL '1 month' <> t::TIMESTAMP_NS - INTERVAL '1 month' "
          "OR t - TIMESTAMP '2000-01-01' <> t::TIMESTAMP_NS - TIMESTAMP_NS '2000-01-01'"),
      "0");
}

}  // namespace
}  // namespace streamflow::query
