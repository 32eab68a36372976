#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

class Insert : public testing::Test {
 protected:
  Insert() { fill_cpu(*harness_.project); }

  // The answer as CSV, or "ERROR …"; what was written is in the project.
  std::string run(const std::string& sql, bool may_write = true) {
    QueryRequest request{.project = {},
                         .text = sql,
                         .parameters = {},
                         .format = ResultFormat::kCsv,
                         .limits = harness_.limits,
                         .write = {}};
    if (may_write) {
      request.write = [this](RowBatch batch) -> Result<std::uint64_t> {
        ++writes_;
        if (failure_.has_value()) return *failure_;
        harness_.project->append(batch);
        return batch.row_count();
      };
    }
    auto stream = harness_.service->execute(std::move(request));
    std::string out;
    Result<bool> more = stream.has_value() ? Result<bool>(true) : stream.error();
    while (more.has_value() && *more) more = (*stream)->next(out);
    if (!more.has_value()) return "ERROR " + std::string(name_of(more.error().code)) + ": " + more.error().message;
    std::erase(out, '\r');
    return out;
  }
  QueryHarness harness_;
  int writes_ = 0;
  std::optional<Error> failure_;
};

TEST_F(Insert, WritesValuesOfEveryType) {
  EXPECT_EQ(run("INSERT INTO cpu VALUES ('2024-01-02 00:00:00.000000007', 'x', NULL, 1, -9223372036854775808, "
                "18446744073709551615, true, 'it''s')"),
            "Count\n1\n");
  EXPECT_EQ(harness_.rows("SELECT * FROM cpu WHERE host = 'x'"),
            "2024-01-02T00:00:00.000000007Z,x,,1,-9223372036854775808,18446744073709551615,true,it's");
}

TEST_F(Insert, TakesNamedColumnsInAnyOrder) {
  EXPECT_EQ(run("INSERT INTO CPU (usage, HOST, time) VALUES (7, 'y', '2024-01-03'), (8, NULL, '2024-01-04'), "
                "(NULL, 'y', '2024-01-05')"),
            "ERROR invalid argument: INSERT: row 3 has no field value");
  EXPECT_EQ(run("INSERT INTO cpu (usage, host, time) VALUES (7, 'y', '2024-01-03'), (8, NULL, '2024-01-04')"),
            "Count\n2\n");
  EXPECT_EQ(writes_, 1);
  EXPECT_EQ(harness_.rows("SELECT usage, host, region, count FROM cpu WHERE time > '2024-01-02' ORDER BY time"),
            "7,y,,;8,,,");
}

TEST_F(Insert, TakesTheRowsOfAQuery) {
  EXPECT_EQ(
      run("INSERT INTO cpu (time, host, usage) SELECT time + INTERVAL '1 year', host, avg(usage) FROM (SELECT * FROM "
          "cpu) GROUP BY ALL HAVING avg(usage) IS NOT NULL"),
      "Count\n5\n");
  EXPECT_EQ(run("INSERT INTO cpu (time, usage) SELECT avg(usage) AS usage FROM cpu SAMPLE BY 1d"), "Count\n2\n");
  EXPECT_EQ(run("INSERT INTO cpu (time, usage) SELECT now(), 1 WHERE false"), "Count\n0\n");
  EXPECT_EQ(run("INSERT INTO cpu (time, host, usage) SELECT make_timestamp_ns(range), 'h' || range % 700, range FROM "
                "range(100000)"),
            "Count\n100000\n");
  EXPECT_EQ(harness_.rows("SELECT count(*), count(DISTINCT host), sum(usage) FROM cpu WHERE time < '2000-01-01'"),
            "100000,700,4999950000");
}

TEST_F(Insert, RefusesBeforeAnythingIsWritten) {
  const struct {
    const char* sql;
    const char* message;
  } cases[] = {
      {"INSERT INTO nosuch VALUES (1)", "no table \"nosuch\""},
      {"INSERT INTO other.cpu (time, usage) VALUES (now(), 1)", "name the table alone"},
      {"INSERT INTO other.main.cpu (time, usage) VALUES (now(), 1)", "name the table alone"},
      {"INSERT INTO cpu (time, nosuch) VALUES (now(), 1)", "no column \"nosuch\""},
      {"INSERT INTO cpu (host, usage) VALUES ('a', 1)", "needs a time"},
      {"INSERT INTO cpu (time, usage, Usage) VALUES (now(), 1, 2)", "named twice"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), 1, 2)", "wanted 2 columns"},
      {"INSERT INTO cpu (time, usage) VALUES (NULL, 1)", "row 1 has no time"},
      {"INSERT INTO cpu (time, usage) VALUES ('infinity', 1)", "infinite time"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), 'much')", "Could not convert"},
      {"INSERT INTO cpu (time, total) VALUES (now(), -1)", "out of range"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), 1) ON CONFLICT DO NOTHING", "ON CONFLICT"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), 1) RETURNING usage", "RETURNING"},
      {"INSERT INTO cpu BY NAME SELECT now() AS time, 1 AS usage", "BY NAME"},
      {"INSERT INTO cpu DEFAULT VALUES", "not allowed"},
      {"WITH x AS (SELECT now() AS time, 1 AS usage) INSERT INTO cpu (time, usage) SELECT * FROM x", "not allowed"},
      {"INSERT INTO cpu (time, usage) SELECT make_timestamp_ns(range), 1 FROM range(2000000)", "1000000 rows"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), sleep_ms(1))", "not allowed"},
      {"INSERT INTO cpu (time, note) SELECT now(), content FROM read_text('/etc/passwd')", "not allowed"},
      {"EXPLAIN INSERT INTO cpu (time, usage) VALUES (now(), 1)", "not allowed"},
      {"EXPLAIN ANALYZE INSERT INTO cpu (time, usage) VALUES (now(), 1)", "not allowed"},
      {"INSERT INTO cpu (time, usage) VALUES (now(), 1); SELECT 1", "one statement"},
      {"SELECT * FROM (INSERT INTO cpu (time, usage) VALUES (now(), 1))", "ERROR"},
      {"DELETE FROM cpu", "not allowed"},
  };
  for (const auto& [sql, message] : cases) {
    const std::string answer = run(sql);
    EXPECT_THAT(answer, testing::StartsWith("ERROR")) << sql;
    EXPECT_THAT(answer, HasSubstr(message)) << sql;
  }
  EXPECT_EQ(writes_, 0);
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
}

TEST_F(Insert, NeedsTheRightToWrite) {
  EXPECT_THAT(run("INSERT INTO cpu (time, usage) VALUES (now(), 1)", false), HasSubstr("forbidden"));
  failure_ = Error{ErrorCode::kOverloaded, "the disk is full"};
  EXPECT_THAT(run("INSERT INTO cpu (time, usage) VALUES (now(), 1)"), HasSubstr("the disk is full"));
}

}  // namespace
}  // namespace streamflow::query
