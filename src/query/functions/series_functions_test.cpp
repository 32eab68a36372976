#include "query/functions/series_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "query/functions/function_registry.h"
#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

class SeriesFunctions : public testing::Test {
 protected:
  SeriesFunctions() { fill_cpu(*harness_.project); }
  // Over rows (value, seconds): "(1, 0), (2, 10)".
  std::string over(const std::string& expression, const std::string& rows) {
    return harness_.rows("SELECT " + expression +
                         " FROM (SELECT v, make_timestamp_ns(CAST(s AS BIGINT) * 1000000000) AS t FROM (VALUES " +
                         rows + ") x(v, s))");
  }
  QueryHarness harness_;
};

TEST_F(SeriesFunctions, EveryExampleOfTheRegistryRuns) {
  for (const FunctionHelp& function : function_registry()) {
    if (std::string_view(function.name) == "streamflow_storage") continue;  // the fixture has no disk
    const auto result = harness_.encoded(function.example, ResultFormat::kCsv);
    EXPECT_TRUE(result.has_value()) << function.name << ": " << (result.has_value() ? "" : result.error().message);
  }
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM streamflow_functions()"), std::to_string(function_registry().size()));
}

TEST_F(SeriesFunctions, CountersBeginAgainAtZero) {
  const std::string rows = "(10, 0), (20, 10), (5, 20), (15, 30)";
  EXPECT_EQ(over("increase(v, t)", rows), "25");
  EXPECT_EQ(over("rate(v, t) * 30", rows), "25");
  EXPECT_EQ(over("irate(v, t)", rows), "1");
  EXPECT_EQ(over("delta(v, t)", rows), "5");
  EXPECT_EQ(over("rate(v, t)", "(1, 0)"), "");
  EXPECT_EQ(over("increase(v::UBIGINT, t)", "(18446744073709551610, 0), (18446744073709551615, 1)"), "5");
  EXPECT_EQ(over("delta(v::BIGINT, t)", "(-9223372036854775808, 0), (9223372036854775807, 1)"), "18446744073709551616");
}

TEST_F(SeriesFunctions, AreasAndStates) {
  const std::string rows = "(0.0, 0), (10.0, 10), (10.0, 30)";
  EXPECT_EQ(over("integral(v, t)", rows), "250");
  EXPECT_EQ(over("integral(v, t, 'previous')", rows), "200");
  EXPECT_EQ(over("time_weighted_avg(v, t, 'locf') * 3", rows), "20");
  EXPECT_EQ(over("state_duration(v > 5, t)", rows), "20");
  EXPECT_EQ(over("derivative(v, t)", "(1.0, 0), (3.0, 1), (5.0, 2)"), "2");
  EXPECT_EQ(over("histogram(v, 0, 10, 2)", "(-1, 0), (0, 0), (4.9, 0), (5, 0), (10, 0)"), "\"[1,2,1,1]\"");
  EXPECT_THAT(harness_.error("SELECT integral(usage, time, 'cubic') FROM cpu").message, HasSubstr("'linear'"));
}

// The answer does not depend on the order of rows, the number of threads, or how the group is cut into parts.
TEST_F(SeriesFunctions, AnswersDoNotDependOnTheOrderOfRows) {
  const std::string rows =
      "SELECT make_timestamp_ns(range * 1000000000) AS t, (range * 7919) % 1009 AS v FROM range(200000)";
  for (const char* call :
       {"increase(v, t)", "rate(v, t)", "irate(v, t)", "delta(v, t)", "md5(lttb(v, t, 100)::VARCHAR)",
        "md5(minmax(v, t, 50)::VARCHAR)", "md5(m4(v, t, 50)::VARCHAR)", "ohlc(v, t)::VARCHAR", "integral(v, t)",
        "round(derivative(v, t), 9)"}) {
    const std::string select = std::string("SELECT ") + call + " FROM (";
    EXPECT_EQ(harness_.rows(select + rows + ")"), harness_.rows(select + rows + " ORDER BY hash(t))")) << call;
  }
}

TEST_F(SeriesFunctions, AreWindowFunctionsToo) {
  EXPECT_EQ(harness_.rows("SELECT delta(count, time) OVER (ORDER BY time ROWS 1 PRECEDING) FROM cpu ORDER BY time"),
            ";-3;5;1");
  EXPECT_EQ(harness_.rows("SELECT ewma(usage, 0.5) OVER (ORDER BY time) FROM cpu ORDER BY time"),
            "0.5;1;1.75;1.75;3.125;4.3125");
  EXPECT_EQ(harness_.rows("SELECT ewma(v, 0.5 ORDER BY v) FROM (VALUES (3), (1), (2)) x(v)"), "2.25");
}

TEST_F(SeriesFunctions, DownsamplingKeepsWhatIsSeen) {
  EXPECT_EQ(harness_.rows("SELECT unnest(minmax(usage, time, 1), recursive := true) FROM cpu"),
            "2024-01-01T00:00:00.000000001Z,0.5;2024-01-01T00:00:05.000000001Z,5.5");
  EXPECT_EQ(harness_.rows("SELECT len(lttb(range, make_timestamp_ns(range), 10)) FROM range(1000)"), "10");
  EXPECT_EQ(harness_.rows("SELECT lttb(usage, time, 10) IS NULL FROM cpu WHERE host = 'nobody'"), "true");
  for (const char* bad : {"lttb(usage, time, 2)", "lttb(usage, time, NULL)", "lttb(usage, time, count)",
                          "m4(usage, time, 0)", "minmax(usage, time, 100000000)"}) {
    EXPECT_EQ(harness_.error(std::string("SELECT ") + bad + " FROM cpu").code, ErrorCode::kInvalidArgument) << bad;
  }
}

// Aggregates hold their rows in accounted memory: a group that does not fit ends its statement, nothing else.
TEST_F(SeriesFunctions, ALargeGroupEndsAsOutOfMemory) {
  QueryHarness small{{.threads = 2, .memory_bytes_max = 64ULL << 20U}};
  const Error error = small.error("SELECT rate(range, make_timestamp_ns(range)) FROM range(50000000)");
  EXPECT_EQ(error.code, ErrorCode::kTooLarge) << error.message;
  EXPECT_EQ(small.rows("SELECT increase(range, make_timestamp_ns(range)) FROM range(1000)"), "999");
}

}  // namespace
}  // namespace streamflow::query
