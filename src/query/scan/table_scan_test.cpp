// What the scan is asked for, and that what it takes over from DuckDB it applies exactly.
#include "query/scan/table_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kStart = 1'704'067'200'000'000'000;  // 2024-01-01T00:00:00Z

class TableScanTest : public testing::Test {
 protected:
  TableScanTest() { fill_cpu(*harness_.project); }
  storage::ScanRequest request_of(const std::string& sql) {
    const std::string result = harness_.rows(sql);
    EXPECT_THAT(result, Not(HasSubstr("ERROR"))) << sql;
    return harness_.project->last_request();
  }
  std::string explain(const std::string& sql) { return harness_.csv("EXPLAIN " + sql); }
  QueryHarness harness_;
};

TEST_F(TableScanTest, ReadsOnlyTheColumnsItNeeds) {
  EXPECT_EQ(request_of("SELECT usage FROM cpu").columns, (std::vector<std::string>{"usage"}));
  EXPECT_TRUE(request_of("SELECT count(*) FROM cpu").columns.empty());
  EXPECT_TRUE(request_of("SELECT count(*) FROM cpu WHERE host = 'a' AND time > '2024-01-01'").columns.empty());
}

TEST_F(TableScanTest, PushesTimeRanges) {
  const std::int64_t second = 1'000'000'000;
  const TimeRange all;
  const struct {
    const char* where;
    std::int64_t begin;
    std::int64_t end;
    const char* count;
  } cases[] = {
      {"time >= '2024-01-01T00:00:02Z'", kStart + 2 * second, to_ns(all.end), "4"},
      {"time > '2024-01-01T00:00:02.000000001Z'", kStart + 2 * second + 2, to_ns(all.end), "3"},
      {"time < '2024-01-01T00:00:02.000000001Z'", to_ns(all.begin), kStart + 2 * second + 1, "2"},
      {"time <= '2024-01-01T00:00:02.000000001Z'", to_ns(all.begin), kStart + 2 * second + 2, "3"},
      {"time = '2024-01-01T00:00:02.000000001Z'", kStart + 2 * second + 1, kStart + 2 * second + 2, "1"},
      {"'2024-01-01 00:00:02' <= time", kStart + 2 * second, to_ns(all.end), "4"},
      {"time BETWEEN '2024-01-01 00:00:01' AND '2024-01-01 00:00:03'", kStart + second, kStart + 3 * second + 1, "2"},
      {"time >= TIMESTAMP '2024-01-01 00:00:01' AND time < DATE '2024-01-02'", kStart + second, kStart + 86400 * second,
       "5"},
      {"time > TIMESTAMPTZ '2024-01-01 02:00:02+02'", kStart + 2 * second + 1, to_ns(all.end), "4"},
      {"time > '2024-01-01T02:00:02+02:00'", kStart + 2 * second + 1, to_ns(all.end), "4"},
      {"time >= '2024-01-01T00:00:10Z'::TIMESTAMP_NS - INTERVAL '8 seconds'", kStart + 2 * second, to_ns(all.end), "4"},
      {"time IN ('2024-01-01T00:00:01.000000001Z', '2024-01-01T00:00:03.000000001Z')", kStart + second + 1,
       kStart + 3 * second + 2, "2"},
      {"time < '2024-01-01T00:00:01Z' OR time < '2024-01-01T00:00:02Z'", to_ns(all.begin), kStart + 2 * second, "2"},
      {"time IS NOT NULL", to_ns(all.begin), to_ns(all.end), "6"},
      {"time <= 'infinity'", to_ns(all.begin), to_ns(all.end), "6"},
  };
  for (const auto& [where, begin, end, count] : cases) {
    SCOPED_TRACE(where);
    EXPECT_EQ(harness_.rows(std::string("SELECT count(*) FROM cpu WHERE ") + where), count);
    EXPECT_EQ(to_ns(harness_.project->last_request().range.begin), begin);
    EXPECT_EQ(to_ns(harness_.project->last_request().range.end), end);
  }
}

TEST_F(TableScanTest, NowIsFoldedIntoARange) {
  const auto request = request_of("SELECT count(*) FROM cpu WHERE time > now() - INTERVAL '5 minutes'");
  EXPECT_GT(to_ns(request.range.begin), kStart);
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE time < now()"), "6");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE time < current_timestamp"), "6");
}

TEST_F(TableScanTest, AnEmptyRangeAsksNothing) {
  const auto before = harness_.project->scan_count();
  EXPECT_EQ(harness_.rows("SELECT usage FROM cpu WHERE time > '2024-01-02' AND time < '2024-01-01'"), "");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE time > 'infinity'"), "0");
  EXPECT_EQ(harness_.project->scan_count(), before);
}

TEST_F(TableScanTest, PushesTagPredicates) {
  const struct {
    const char* where;
    const char* hosts;
  } cases[] = {
      {"host = 'a'", "a"},
      {"host <> 'a'", "b;c"},
      {"host IN ('a', 'c', 'x')", "a;c"},
      {"host NOT IN ('a', 'c')", "b"},
      {"host LIKE 'a%'", "a"},
      {"host NOT LIKE '%a'", "b;c"},
      {"host LIKE '_'", "a;b;c"},
      {"host ILIKE 'A'", "a"},
      {"host ~ '^[ab]$'", "a;b"},
      {"NOT regexp_matches(host, 'a')", "b;c"},
      {"region IS NULL", "c"},
      {"region IS NOT NULL", "a;b"},
      {"region = 'eu' OR region IS NULL", "a;c"},
      {"coalesce(region, 'none') = 'none'", "c"},
      {"upper(host) = 'B'", "b"},
      {"host > 'a' AND host < 'c'", "b"},
      {"host BETWEEN 'b' AND 'z'", "b;c"},
      {"CASE WHEN host = 'a' THEN true ELSE host > 'b' END", "a;c"},
      {"region IS DISTINCT FROM 'eu'", "b;c"},
      {"host = ''", ""},
      {"length(host) = 1 AND starts_with(host, 'c')", "c"},
  };
  for (const auto& [where, hosts] : cases) {
    SCOPED_TRACE(where);
    EXPECT_EQ(harness_.rows(std::string("SELECT DISTINCT host FROM cpu WHERE ") + where + " ORDER BY host"), hosts);
    EXPECT_FALSE(harness_.project->last_request().tag_predicates.empty());
    EXPECT_THAT(explain(std::string("SELECT usage FROM cpu WHERE ") + where), Not(HasSubstr("FILTER")));
  }
}

TEST_F(TableScanTest, LeavesTheRestToDuckDb) {
  const struct {
    const char* where;
    const char* count;
  } cases[] = {
      {"usage > 1 AND host = 'a'", "1"},
      {"host = 'a' OR usage > 5", "3"},
      {"host || region = 'aeu'", "2"},
      {"host = note", "0"},
      {"try_cast(host AS INTEGER) IS NULL", "6"},
      {"usage IS NULL", "1"},
      {"time::DATE = '2024-01-01'", "6"},
      {"time <> '2024-01-01T00:00:02.000000001Z'", "5"},
      {"note LIKE '%o%'", "3"},
      {"random() < 2 AND host = 'a'", "2"},
  };
  for (const auto& [where, count] : cases) {
    EXPECT_EQ(harness_.rows(std::string("SELECT count(*) FROM cpu WHERE ") + where), count) << where;
  }
}

// A cast may fail on a value that no row of the range has: it must see rows, not the dictionary.
TEST_F(TableScanTest, AFailingCastSeesOnlyItsRows) {
  harness_.project->append(FakeRows("n", {"k"}, {{"v", FieldType::kInt64}})
                               .add({"1"}, 10, {std::int64_t{1}})
                               .add({"x"}, 20, {std::int64_t{2}})
                               .batch());
  EXPECT_EQ(harness_.rows("SELECT v FROM n WHERE time < make_timestamp_ns(15) AND CAST(k AS INTEGER) = 1"), "1");
}

TEST_F(TableScanTest, ParametersArePushed) {
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE host = $1 AND time >= $2",
                          {std::string("c"), std::string("2024-01-01T00:00:05Z")}),
            "1");
  EXPECT_EQ(harness_.project->last_request().tag_predicates.size(), 1U);
  EXPECT_EQ(to_ns(harness_.project->last_request().range.begin), kStart + 5'000'000'000);
}

TEST_F(TableScanTest, JoinsAndSubqueriesKeepTheirOwnFilters) {
  EXPECT_EQ(
      harness_.rows("SELECT count(*) FROM cpu a JOIN cpu b ON a.time = b.time WHERE a.host = 'a' AND b.region = 'eu'"),
      "2");
  EXPECT_EQ(
      harness_.rows("SELECT (SELECT count(*) FROM cpu WHERE host = 'a'), (SELECT count(*) FROM cpu WHERE host = 'b')"),
      "2,2");
  EXPECT_EQ(harness_.rows("WITH x AS (SELECT host h, usage FROM cpu) SELECT count(*) FROM x WHERE h = 'c'"), "2");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu a LEFT JOIN cpu b ON a.time = b.time AND b.host = 'a'"), "6");
}

TEST_F(TableScanTest, ExplainShowsWhatWasPushedAndWhatItDid) {
  const std::string plan = explain("SELECT usage FROM cpu WHERE host = 'a' AND time > '2024-01-01T00:00:01Z'");
  EXPECT_THAT(plan, HasSubstr("Pushed time range"));
  EXPECT_THAT(plan, HasSubstr("host = 'a'"));
  const std::string analyzed = harness_.csv("EXPLAIN ANALYZE SELECT usage FROM cpu WHERE host = 'a'");
  EXPECT_THAT(analyzed, HasSubstr("Blocks decoded"));
  EXPECT_THAT(analyzed, HasSubstr("Rows scanned: 2"));
}

TEST_F(TableScanTest, ExplainAnalyzeCountsAllTasksAndHalfReadOnes) {
  for (std::int64_t task = 0; task < 16; ++task) {
    FakeRows rows("wide", {"host"}, {{"n", FieldType::kInt64}});
    for (std::int64_t i = 0; i < 5000; ++i) rows.add({"h" + std::to_string(task)}, i, {i});
    harness_.project->append(rows.batch());
  }
  for (int round = 0; round < 20; ++round) {
    EXPECT_THAT(harness_.csv("EXPLAIN ANALYZE SELECT n FROM wide WHERE n % 7 = 0"), HasSubstr("Rows scanned: 80000"));
    EXPECT_THAT(harness_.csv("EXPLAIN ANALYZE SELECT host, sum(n) FROM wide GROUP BY host"),
                HasSubstr("Rows scanned: 80000"));
  }
  const std::string limited = harness_.csv("EXPLAIN ANALYZE SELECT n FROM wide LIMIT 1");
  EXPECT_THAT(limited, HasSubstr("Rows scanned: "));
  EXPECT_THAT(limited, ::testing::Not(HasSubstr("Rows scanned: 0")));
}

TEST_F(TableScanTest, ManyTasksKeepTheirOrder) {
  for (std::int64_t task = 0; task < 8; ++task) {
    FakeRows rows("big", {"host"}, {{"n", FieldType::kInt64}});
    for (std::int64_t i = 0; i < 5000; ++i) rows.add({"h" + std::to_string(task)}, i, {task * 5000 + i});
    harness_.project->append(rows.batch());
  }
  EXPECT_EQ(harness_.rows("SELECT count(*), sum(n), min(n), max(n), count(DISTINCT host) FROM big"),
            "40000,799980000,0,39999,8");
  EXPECT_EQ(harness_.rows("SELECT bool_and(ok) FROM (SELECT n > lag(n, 1, -1) OVER () AS ok FROM big)"), "true");
  EXPECT_EQ(harness_.rows("SELECT n FROM big WHERE n % 7 = 0 LIMIT 3"), "0;7;14");
}

// One chunk changes between constant and coded tags, and strings cross chunk ends.
TEST_F(TableScanTest, MixedChunksGroupCorrectly) {
  FakeRows rows("mix", {"k"}, {{"s", FieldType::kString}, {"b", FieldType::kBool}});
  for (int i = 0; i < 6000; ++i) {
    rows.add({i < 3000 ? "" : "k" + std::to_string(i % 3)}, i,
             {i % 5 == 0 ? FakeValue() : FakeValue("text number " + std::to_string(i % 10)), i % 2 == 0});
  }
  harness_.project->append(rows.batch());
  EXPECT_EQ(harness_.rows("SELECT k, count(*), count(s), count(DISTINCT s), count(*) FILTER (b) FROM mix GROUP BY k "
                          "ORDER BY k NULLS FIRST"),
            ",3000,2400,8,1500;k0,1000,800,8,500;k1,1000,800,8,500;k2,1000,800,8,500");
}

}  // namespace
}  // namespace streamflow::query
