#include "query/scan/aggregate_pushdown.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;

QueryServiceOptions with(AggregatePushdown mode) {
  QueryServiceOptions options;
  options.aggregate_pushdown = mode;
  return options;
}

// Two batches of 600 rows of three hosts, one of them without a region; v has NULLs and a NaN, n is an integer.
void fill(FakeProject& project) {
  for (int part = 0; part < 2; ++part) {
    FakeRows rows("cpu", {"host", "region"},
                  {{"v", FieldType::kFloat64},
                   {"n", FieldType::kInt64},
                   {"u", FieldType::kUint64},
                   {"ok", FieldType::kBool},
                   {"note", FieldType::kString},
                   {"never", FieldType::kFloat64}});
    for (int row = 0; row < 600; ++row) {
      const int host = row % 3, at = part * 200 + row / 3;
      const FakeValue v = row % 7 == 0 ? FakeValue{} : FakeValue{row == 100 ? std::nan("") : row * 0.25};
      rows.add({"h" + std::to_string(host), host == 2 ? "" : "r" + std::to_string(host % 2)},
               kStart + at * 10 * kSecond,
               {v, std::int64_t{row} - 300, static_cast<std::uint64_t>(row), row % 2 == 0,
                std::string(row % 5 == 0 ? "x" : "y"), FakeValue{}});
    }
    project.append(rows.batch());
  }
}

class AggregatePushdownTest : public ::testing::Test {
 protected:
  AggregatePushdownTest() {
    fill(*pushed_.project);
    fill(*plain_.project);
  }
  bool is_pushed(const std::string& sql) const {
    return pushed_.rows("EXPLAIN " + sql).find("Pushed aggregates by") != std::string::npos;
  }
  QueryHarness pushed_{with(AggregatePushdown::kStatistics)};
  QueryHarness plain_{with(AggregatePushdown::kOff)};
};

TEST_F(AggregatePushdownTest, GivesTheSameAnswers) {
  // NOLINTBEGIN(bugprone-suspicious-missing-comma)
  const char* statements[] = {
      "SELECT count(*) FROM cpu",
      "SELECT count(*), count(v), sum(n), avg(n), min(v), max(v), min(n), max(u), min(ok), max(ok) FROM cpu",
      "SELECT avg(v), sum(v) FROM cpu WHERE host <> 'h1'",
      "SELECT count(never), sum(never), avg(never), min(never), first(never, time) FROM cpu",
      "SELECT min(time), max(time), count(time) FROM cpu",
      "SELECT count(*), sum(n), avg(v), min(n), min(time) FROM cpu WHERE host = 'nobody'",
      "SELECT host, count(*) FROM cpu WHERE host = 'nobody' GROUP BY host",
      "SELECT host, count(*), avg(n) FROM cpu GROUP BY host ORDER BY host",
      "SELECT region, host, sum(n) AS s FROM cpu GROUP BY ALL ORDER BY ALL",
      "SELECT region, max(v) FROM cpu GROUP BY region ORDER BY region",
      "SELECT time_bucket(INTERVAL '5 minutes', time) AS b, count(*), sum(n) FROM cpu GROUP BY b ORDER BY b",
      "SELECT time_bucket(INTERVAL '1 month', time) AS b, count(*), sum(n) FROM cpu GROUP BY b ORDER BY b",
      "SELECT host, time_bucket(INTERVAL '7 minutes', time) AS b, first(n, time), last(n, time) FROM cpu GROUP BY ALL "
      "ORDER BY ALL",
      "SELECT time_bucket(INTERVAL '10 minutes', time) AS b, avg(n) FROM cpu GROUP BY b HAVING avg(n) > -60 ORDER BY b",
      "SELECT date_trunc('minute', time) AS b, host, avg(n), max(v) FROM cpu GROUP BY ALL ORDER BY ALL",
      "SELECT date_trunc('hour', time) AS b, count(*), sum(n) FROM cpu GROUP BY b ORDER BY b",
      "SELECT datetrunc('DAY', time) AS b, region, min(n) FROM cpu GROUP BY ALL ORDER BY ALL",
      "SELECT date_trunc('week', time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT date_trunc('month', time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT date_trunc('quarter', time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT b, typeof(b), c FROM (SELECT date_trunc('years', time) AS b, count(*) AS c FROM cpu GROUP BY b)",
      "SELECT host, avg(n) + 1 AS x, sum(n) / count(*) AS y FROM cpu GROUP BY host ORDER BY x DESC, host LIMIT 2",
      "SELECT a.host, a.c, b.s FROM (SELECT host, count(*) AS c FROM cpu GROUP BY host) a JOIN"
      " (SELECT host, sum(n) AS s FROM cpu GROUP BY host) b USING (host) ORDER BY ALL",
      "WITH w AS (SELECT time_bucket(INTERVAL '5 minutes', time) AS b, host, avg(n) AS m FROM cpu GROUP BY ALL)"
      " SELECT host, max(m), min(m), count(*) FROM w GROUP BY host ORDER BY host",
      "SELECT host, m, rank() OVER (ORDER BY m, host) FROM (SELECT host, avg(n) AS m FROM cpu GROUP BY host) ORDER BY "
      "ALL",
      "SELECT count(*) FROM cpu WHERE time >= '2023-11-14 22:20:00' AND time < '2023-11-14 22:40:00.000000001'",
      "SELECT host, count(*) FROM cpu GROUP BY host UNION ALL SELECT 'all', count(*) FROM cpu ORDER BY ALL",
      "SELECT (SELECT max(n) FROM cpu) - (SELECT min(n) FROM cpu)",
  };
  // NOLINTEND(bugprone-suspicious-missing-comma)
  for (const char* sql : statements) {
    SCOPED_TRACE(sql);
    EXPECT_EQ(pushed_.csv(sql), plain_.csv(sql));
    EXPECT_TRUE(is_pushed(sql));
  }
}

TEST_F(AggregatePushdownTest, LeavesAloneWhatItCannotDo) {
  // NOLINTBEGIN(bugprone-suspicious-missing-comma)
  const char* statements[] = {
      "SELECT count(DISTINCT host), sum(n) FROM cpu",
      "SELECT sum(n) FILTER (WHERE ok) FROM cpu",
      "SELECT sum(n + u::BIGINT) FROM cpu",
      "SELECT sum(n) FROM cpu WHERE v > 10",
      "SELECT n, count(*) FROM cpu GROUP BY n ORDER BY n LIMIT 3",
      "SELECT host, region, sum(n) FROM cpu GROUP BY ROLLUP (host, region) ORDER BY ALL",
      "SELECT max(note), count(*) FROM cpu",
      "SELECT median(n) FROM cpu",
      "SELECT time_bucket(INTERVAL '5 minutes', time) AS a, time_bucket(INTERVAL '1 hour', time) AS b, count(*)"
      " FROM cpu GROUP BY ALL ORDER BY ALL",
      "SELECT time, count(*) FROM cpu GROUP BY time ORDER BY time LIMIT 2",
      "SELECT time_bucket(INTERVAL '1 second', time) AS b, sum(n) FROM cpu GROUP BY b ORDER BY b LIMIT 2",
      "SELECT date_trunc('decade', time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT date_trunc(host, time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT date_trunc('fortnight', time) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT date_trunc('hour', time::TIMESTAMP) AS b, count(*) FROM cpu GROUP BY b ORDER BY b",
      "SELECT sum(u), avg(ok::INT) FROM cpu",
      "SELECT count(*) FROM (SELECT * FROM cpu LIMIT 10)",
      "SELECT count(*) FROM cpu a JOIN cpu b USING (host, time)",
  };
  // NOLINTEND(bugprone-suspicious-missing-comma)
  for (const char* sql : statements) {
    SCOPED_TRACE(sql);
    EXPECT_EQ(pushed_.csv(sql), plain_.csv(sql));
    EXPECT_FALSE(is_pushed(sql));
  }
}

TEST_F(AggregatePushdownTest, PlanningMakesNoScan) {
  for (const char* sql : {"SELECT host, sum(n) FROM cpu GROUP BY host", "SELECT n FROM cpu WHERE host = 'h0'"}) {
    SCOPED_TRACE(sql);
    const std::uint64_t before = pushed_.project->scan_count();
    pushed_.rows(std::string("EXPLAIN ") + sql);
    EXPECT_EQ(pushed_.project->scan_count(), before);
    pushed_.rows(sql);
    EXPECT_EQ(pushed_.project->scan_count(), before + 1);
  }
}

TEST_F(AggregatePushdownTest, SaysWhatWentWrongInStorage) {
  pushed_.project->set_failure("cpu", Error{ErrorCode::kCorrupt, "block 7 of segment x is damaged"});
  const Error error = pushed_.error("SELECT host, sum(n) FROM cpu GROUP BY host");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_NE(error.message.find("block 7 of segment x"), std::string::npos);
}

TEST_F(AggregatePushdownTest, PreparedPlansReadThePresent) {
  const std::string sql = "SELECT count(*) FROM cpu WHERE host = 'h0'";
  EXPECT_EQ(pushed_.rows(sql), "400");
  fill(*pushed_.project);
  EXPECT_EQ(pushed_.rows(sql), "800");
}

TEST_F(AggregatePushdownTest, AFailingTagPredicateFailsTheStatement) {
  EXPECT_EQ(pushed_.csv("SELECT count(*) FROM cpu WHERE host::INT > 1"),
            plain_.csv("SELECT count(*) FROM cpu WHERE host::INT > 1"));
}

}  // namespace
}  // namespace streamflow::query
