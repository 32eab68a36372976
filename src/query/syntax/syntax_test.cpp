#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/syntax/clauses.h"
#include "query/syntax/tokens.h"
#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;
using testing::Not;

class Syntax : public testing::Test {
 protected:
  Syntax() { fill_cpu(*harness_.project); }
  QueryHarness harness_;
};

TEST(Tokens, AreNotFooledByStringsNamesAndComments) {
  const std::string text =
      "a 'SAMPLE BY ''x' \"LATEST \"\"q\" -- SAMPLE BY 5m\n/* LATEST /* nested */ ON */ e'\\'' $t$ SAMPLE $t$ 5m 1e3 "
      ".5 $1";
  std::vector<std::string> found;
  for (const Token& token : tokens_of(text)) found.emplace_back(token.text);
  EXPECT_THAT(found, testing::ElementsAre("a", "'SAMPLE BY ''x'", "\"LATEST \"\"q\"", "e'\\''", "$t$ SAMPLE $t$", "5",
                                          "m", "1e3", ".5", "$", "1"));
  for (const char* open : {"'abc", "\"abc", "/* abc", "$a$ abc", "e'\\"}) tokens_of(open);  // ends, whatever it finds
}

TEST(Clauses, KeepTheLengthOfTheText) {
  const std::string text = "SELECT avg(v) FROM t SAMPLE BY 5m ALIGN TO TIME ZONE 'x' FILL(linear, 0) ORDER BY 1";
  const auto marked = mark_clauses(text);
  ASSERT_TRUE(marked.has_value());
  EXPECT_EQ(marked->text.size(), text.size());
  EXPECT_THAT(marked->text, HasSubstr("t GROUP BY __0"));
  EXPECT_EQ(marked->samples.at(0).width, "INTERVAL '5 minutes'");
  EXPECT_EQ(marked->samples.at(0).fills.size(), 2U);
}

TEST_F(Syntax, SampleByIsABucketAndItsGroups) {
  const struct {
    const char* sql;
    const char* rows;
  } cases[] = {
      {"SELECT avg(usage) FROM cpu SAMPLE BY 2s",
       "2024-01-01T00:00:00.000000000Z,1;2024-01-01T00:00:02.000000000Z,2.5;2024-01-01T00:00:04.000000000Z,5"},
      {"SELECT host, time, count(*) AS n FROM cpu WHERE host <> 'b' SAMPLE BY 1m",
       "a,2024-01-01T00:00:00.000000000Z,2;c,2024-01-01T00:00:00.000000000Z,2"},
      {"SELECT count(*) FROM cpu SAMPLE BY INTERVAL '1 hour' HAVING count(*) > 6", ""},
      {"SELECT host, sum(count) FROM cpu SAMPLE BY 1d ORDER BY host DESC LIMIT 1",
       "2024-01-01T00:00:00.000000000Z,c,6"},
      {"SELECT max(n) FROM (SELECT count(*) AS n FROM cpu SAMPLE BY 3s)", "3"},
      {"WITH s AS (SELECT host, max(usage) AS m FROM cpu SAMPLE BY 1m) SELECT host FROM s WHERE m > 2 ORDER BY 1",
       "b;c"},
      {"SELECT count(*) FROM cpu SAMPLE BY 1d ALIGN TO TIME ZONE 'Europe/Berlin'", "2023-12-31T23:00:00.000000000Z,6"},
      {"SELECT count(*) FROM cpu SAMPLE BY 1d ALIGN TO OFFSET '6 hours'", "2023-12-31T06:00:00.000000000Z,6"},
      {"SELECT count(*) FROM cpu SAMPLE BY 4s ALIGN TO '2024-01-01 00:00:01'",
       "2023-12-31T23:59:57.000000000Z,1;2024-01-01T00:00:01.000000000Z,4;2024-01-01T00:00:05.000000000Z,1"},
      {"SELECT t.time, last(t.count, t.time) FROM cpu t SAMPLE BY 1mo", "2024-01-01T00:00:00.000000000Z,6"},
      {"SELECT count(*) FROM cpu SAMPLE BY 1q UNION ALL SELECT count(*) FROM cpu SAMPLE BY 1y",
       "2024-01-01T00:00:00.000000000Z,6;2024-01-01T00:00:00.000000000Z,6"},
      {"SELECT 'SAMPLE BY 5m' AS \"LATEST ON (x)\" -- SAMPLE BY 5m", "SAMPLE BY 5m"},
  };
  for (const auto& [sql, rows] : cases) EXPECT_EQ(harness_.rows(sql), rows) << sql;
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE usage > ? SAMPLE BY 1d", {Parameter(2.0)}),
            "2024-01-01T00:00:00.000000000Z,3");
}

TEST_F(Syntax, FillMakesARowOfEveryBucket) {
  FakeRows rows("gaps", {"host"}, {{"v", FieldType::kFloat64}, {"s", FieldType::kString}});
  const auto at = [](std::int64_t second) { return second * 1'000'000'000; };
  rows.add({"a"}, at(0), {1.0, std::string("x")}).add({"a"}, at(4), {5.0, std::string("y")});
  rows.add({"b"}, at(1), {7.0, std::monostate{}});
  harness_.project->append(rows.batch());
  const auto csv = [&](const std::string& fill) {
    return harness_.rows(
        "SELECT epoch_ns(time) // 1000000000, * EXCLUDE (time) FROM (SELECT host, time, avg(v) AS v FROM gaps "
        "SAMPLE BY 1s FILL(" +
        fill + ")) ORDER BY host, time");
  };
  EXPECT_EQ(csv("null"), "0,a,1;1,a,;2,a,;3,a,;4,a,5;0,b,;1,b,7;2,b,;3,b,;4,b,");
  EXPECT_EQ(csv("prev"), "0,a,1;1,a,1;2,a,1;3,a,1;4,a,5;0,b,;1,b,7;2,b,7;3,b,7;4,b,7");
  EXPECT_EQ(csv("linear"), "0,a,1;1,a,2;2,a,3;3,a,4;4,a,5;0,b,;1,b,7;2,b,;3,b,;4,b,");
  EXPECT_EQ(csv("-1.5"), "0,a,1;1,a,-1.5;2,a,-1.5;3,a,-1.5;4,a,5;0,b,-1.5;1,b,7;2,b,-1.5;3,b,-1.5;4,b,-1.5");
  EXPECT_EQ(csv("none"), "0,a,1;4,a,5;1,b,7");
  EXPECT_EQ(harness_.rows(
                "SELECT avg(v), count(*) FROM gaps WHERE host = 'a' SAMPLE BY 2s FILL(linear, 0) ORDER BY avg(v) DESC"),
            "1970-01-01T00:00:04.000000000Z,5,1;1970-01-01T00:00:02.000000000Z,3,0;1970-01-01T00:00:00.000000000Z,1,1");
  EXPECT_EQ(harness_.csv("SELECT avg(v), max(s) FROM gaps WHERE host = 'nobody' SAMPLE BY 2s FILL(prev)"),
            "time,avg(v),max(s)\n");
  EXPECT_THAT(harness_.error("SELECT max(s) FROM gaps SAMPLE BY 1s FILL(linear)").message, HasSubstr("VARCHAR"));
  EXPECT_THAT(harness_.error("SELECT max(v) FROM gaps SAMPLE BY 1s FILL(0, 1)").message, HasSubstr("2 options for 1"));
  EXPECT_THAT(harness_.error("SELECT max(v) FROM gaps SAMPLE BY 1us FILL(0)").message,
              HasSubstr("the limit is 1000000"));
}

// The limit is on buckets, not on buckets times groups.
TEST_F(Syntax, FillTakesManyGroups) {
  FakeRows rows("many", {"host"}, {{"v", FieldType::kFloat64}});
  for (std::int64_t i = 0; i < 600; ++i) rows.add({"h" + std::to_string(1000 + i)}, (i % 2) * 9'999'000'000'000, {1.0});
  harness_.project->append(rows.batch());
  EXPECT_EQ(
      harness_.rows("SELECT count(*), count(a), count(DISTINCT host) FROM (SELECT host, avg(v) AS a FROM many SAMPLE "
                    "BY 1s FILL(null))"),
      "6000000,600,600");
}

TEST_F(Syntax, StorageAggregatesWhatSampleByAsks) {
  FakeRows rows("dense", {"host"}, {{"usage", FieldType::kFloat64}});
  for (std::int64_t i = 0; i < 1000; ++i) rows.add({i % 2 == 0 ? "a" : "b"}, i, {1.0});
  harness_.project->append(rows.batch());
  for (const char* fill : {"", " FILL(prev)"}) {
    const std::string sql = "SELECT host, avg(usage), last(usage, time) FROM dense SAMPLE BY 1d" + std::string(fill);
    EXPECT_TRUE(harness_.csv("EXPLAIN " + sql).find("Pushed aggregates") != std::string::npos) << sql;
  }
}

TEST_F(Syntax, LatestOnKeepsTheNewestRowsOfEach) {
  EXPECT_EQ(harness_.rows("SELECT host, count FROM cpu LATEST ON (host) ORDER BY host"), "a,-2;b,4;c,6");
  EXPECT_EQ(harness_.rows("SELECT host, total FROM cpu WHERE ok LATEST 2 ON (host) ORDER BY host, time"),
            "a,10;b,18446744073709551615;b,40");
  EXPECT_EQ(harness_.rows("SELECT note FROM cpu LATEST ON ()"), "six");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM (SELECT * FROM cpu LATEST 1 ON (\"host\", region))"), "3");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu JOIN cpu latest ON (latest.time = cpu.time)"), "6");
}

TEST_F(Syntax, ShowStatementsAnswer) {
  EXPECT_EQ(harness_.rows("SHOW SERIES FROM cpu"),
            "a,eu,2,2024-01-01T00:00:00.000000001Z,2024-01-01T00:00:01.000000001Z;"
            "b,us,2,2024-01-01T00:00:02.000000001Z,2024-01-01T00:00:03.000000001Z;"
            "c,,2,2024-01-01T00:00:04.000000001Z,2024-01-01T00:00:05.000000001Z");
  EXPECT_EQ(
      harness_.csv("show series from CPU where host = 'c' and usage > 5;"),
      "host,region,rows,first_time,last_time\nc,,1,2024-01-01T00:00:05.000000001Z,2024-01-01T00:00:05.000000001Z\n");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
  EXPECT_THAT(harness_.csv("SHOW SERIES"), HasSubstr("table,host,region,rows"));
  EXPECT_EQ(harness_.rows("SHOW TAG KEYS FROM cpu"), "cpu,host;cpu,region");
  EXPECT_EQ(harness_.rows("SHOW TAG VALUES FROM cpu"), "host,a,2;host,b,2;host,c,2;region,eu,2;region,us,2");
  EXPECT_EQ(harness_.rows("SHOW TAG VALUES FROM cpu WITH KEY = region WHERE host <> 'a' LIMIT 5"), "region,us,2");
  EXPECT_EQ(harness_.rows("SHOW TAG VALUES FROM cpu WITH KEY IN (host) ORDER BY value DESC LIMIT 1"), "host,c,2");
  EXPECT_THAT(harness_.rows("SHOW FUNCTIONS"), HasSubstr("time_weighted_avg"));
  EXPECT_THAT(harness_.error("SHOW SERIES FROM nosuch").message, HasSubstr("nosuch"));
  EXPECT_THAT(harness_.error("SHOW TAG VALUES FROM cpu WITH KEY = nosuch").message, HasSubstr("^"));
}

TEST_F(Syntax, TimesOfTwoTablesMeet) {
  EXPECT_EQ(
      harness_.rows("SELECT a.host, b.host FROM cpu a ASOF JOIN (SELECT * FROM cpu WHERE host = 'b') b ON a.time >= "
                    "b.time ORDER BY a.time"),
      "b,b;b,b;c,b;c,b");
}

// Errors speak of the text that was sent, and point into it.
TEST_F(Syntax, ErrorsPointAtTheUsersText) {
  const struct {
    const char* sql;
    const char* message;
    const char* under;  // the caret
  } cases[] = {
      {"SELECT avg(nosuch) FROM cpu SAMPLE BY 5m", "nosuch", "nosuch"},
      {"SELECT avg(usage) FROM cpu SAMPLE BY 5m ORDER BY nosuch", "nosuch", "nosuch"},
      {"SELECT avg(usage) FROM cpu SAMPLE BY 5x", "no unit", "5x"},
      {"SELECT avg(usage) FROM cpu SAMPLE BY host", "wanted a width", "host"},
      {"SELECT avg(usage) FROM cpu SAMPLE BY 5m FILL(cubic)", "FILL takes", "cubic"},
      {"SELECT * FROM cpu SAMPLE BY 5m", "name the columns", "*"},
      {"SELECT time + INTERVAL '1 hour', avg(usage) FROM cpu SAMPLE BY 5m", "SELECT around", "time +"},
      {"SELECT avg(usage) FROM cpu SAMPLE BY 5m ALIGN 3", "TO behind ALIGN", "3"},
      {"SELECT avg(usage) FROM cpu GROUP BY host SAMPLE BY 5m", "syntax error", "SAMPLE BY"},
      {"SELECT * FROM cpu LATEST 0 ON (host)", "count from 1", "0 ON"},
      {"SELECT * FROM cpu LATEST ON (host, nosuch)", "nosuch", "LATEST"},
      {"SHOW SERIES FROM cpu WHERE nosuch = 1", "nosuch", "nosuch"},
      {"SHOW SERIES WHERE host = 'a'", "wanted FROM", "WHERE"},
      {"SELECT rate(usage, time) OVER (ORDER BY time) FROM cpu", "bounded frame", ""},
      {"SELECT locf(usage) FROM cpu", "window function", ""},
      {"SELECT ewma(usage, 0.1) FROM cpu", "wanted an order", ""},
      {"SELECT moving_avg(usage, 0) OVER (ORDER BY time) FROM cpu", "from 1 to", ""},
      {"SELECT interpolate(usage, time) OVER () FROM cpu", "ORDER BY", ""},
  };
  for (const auto& [sql, message, under] : cases) {
    const Error error = harness_.error(sql);
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << sql;
    EXPECT_THAT(error.message, HasSubstr(message)) << sql;
    EXPECT_THAT(error.message, Not(HasSubstr("__0"))) << sql;
    if (*under == '\0') continue;
    const auto line = error.message.find("LINE 1: ");
    const auto caret = error.message.find('^', line);
    ASSERT_NE(caret, std::string::npos) << error.message;
    const auto start = error.message.find('\n', line) + 1;
    EXPECT_EQ(error.message.substr(line + (caret - start), std::string(under).size()), under) << error.message;
  }
}

TEST_F(Syntax, WindowFunctionsFillWhatIsMissing) {
  EXPECT_EQ(harness_.rows("SELECT locf(usage) OVER (ORDER BY time) FROM cpu ORDER BY time"), "0.5;1.5;2.5;2.5;4.5;5.5");
  EXPECT_EQ(harness_.rows("SELECT interpolate(usage, time) OVER (ORDER BY time) FROM cpu ORDER BY time"),
            "0.5;1.5;2.5;3.5;4.5;5.5");
  EXPECT_EQ(harness_.csv("SELECT moving_avg(usage, 2) OVER w FROM cpu WHERE host = 'a' WINDOW w AS (ORDER BY time)"),
            "\"moving_avg(usage, 2) OVER (ORDER BY \"\"time\"\")\"\n0.5\n1\n");
}

}  // namespace
}  // namespace streamflow::query
