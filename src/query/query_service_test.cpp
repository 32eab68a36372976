#include "query/query_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

class QueryServiceTest : public testing::Test {
 protected:
  QueryServiceTest() { fill_cpu(*harness_.project); }
  QueryHarness harness_;
};

TEST_F(QueryServiceTest, VersionOfTheLibraryIsThePinnedOne) {
  const auto version = duckdb_version();
  ASSERT_TRUE(version.has_value()) << version.error().message;
  std::ifstream file(std::string(STREAMFLOW_SOURCE_DIR) + "/scripts/versions.env");
  std::stringstream pinned;
  pinned << file.rdbuf();
  EXPECT_THAT(pinned.str(), HasSubstr("DUCKDB_VERSION=" + version->substr(1) + "\n"));
}

TEST_F(QueryServiceTest, ReturnsEveryTypeAndNull) {
  EXPECT_EQ(harness_.csv("SELECT * FROM cpu"),
            "time,host,region,usage,count,total,ok,note\n"
            "2024-01-01T00:00:00.000000001Z,a,eu,0.5,1,10,true,one\n"
            "2024-01-01T00:00:01.000000001Z,a,eu,1.5,-2,20,false,\"two, \"\"x\"\"\"\n"
            "2024-01-01T00:00:02.000000001Z,b,us,2.5,3,18446744073709551615,true,\"\"\n"
            "2024-01-01T00:00:03.000000001Z,b,us,,4,40,true,four\n"
            "2024-01-01T00:00:04.000000001Z,c,,4.5,,50,,\n"
            "2024-01-01T00:00:05.000000001Z,c,,5.5,6,,false,six\n");
}

TEST_F(QueryServiceTest, AnswersStatements) {
  const struct {
    const char* sql;
    const char* rows;
  } cases[] = {
      {"SELECT count(*) FROM cpu", "6"},
      {"SELECT count(*) FROM CPU", "6"},
      {"SELECT count(*) FROM \"default\".main.cpu", "6"},
      {"SELECT count(*) FROM main.cpu", "6"},
      {"SELECT count(count), sum(count), min(note), max(total) FROM cpu", "5,12,\"\",18446744073709551615"},
      {"SELECT host, count(*) FROM cpu GROUP BY host ORDER BY host", "a,2;b,2;c,2"},
      {"SELECT region, sum(usage) FROM cpu GROUP BY region ORDER BY region NULLS LAST", "eu,2;us,2.5;,10"},
      {"SELECT first(usage, time), last(usage, time), arg_max(host, time) FROM cpu", "0.5,5.5,c"},
      {"SELECT host, last(usage, time) FROM cpu GROUP BY host ORDER BY host", "a,1.5;b,2.5;c,5.5"},
      {"FROM cpu SELECT host LIMIT 1", "a"},
      {"VALUES (1), (2)", "1;2"},
      {"WITH x AS (SELECT * FROM cpu) SELECT count(*) FROM x a, x b", "36"},
      {"WITH x AS NOT MATERIALIZED (SELECT * FROM cpu LIMIT 4) SELECT count(*) FROM x a JOIN x b USING (time)", "4"},
      {"SELECT count(*) FROM cpu a ASOF JOIN cpu b ON a.host = b.host AND a.time >= b.time", "6"},
      {"SELECT usage FROM cpu ORDER BY time DESC LIMIT 2", "5.5;4.5"},
      {"SELECT host FROM cpu WHERE usage = (SELECT max(usage) FROM cpu)", "c"},
      {"SHOW TABLES", "cpu"},
      {"SELECT column_name FROM (DESCRIBE cpu) WHERE column_type = 'UBIGINT'", "total"},
      {"SELECT column_name, \"count\" FROM (SUMMARIZE cpu) WHERE column_name = 'host'", "host,6"},
      {"SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'cpu' AND column_index <= 4",
       "time,time;host,tag;region,tag;usage,field"},
      {"SELECT table_catalog, data_type FROM information_schema.columns WHERE column_name = 'time'",
       "default,TIMESTAMP_NS"},
      {"SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid "
       "WHERE c.relname = 'cpu'",
       "8"},
      {"SELECT tablename FROM pg_tables WHERE schemaname = 'main'", "cpu"},
  };
  for (const auto& [sql, rows] : cases) EXPECT_EQ(harness_.rows(sql), rows) << sql;
}

TEST_F(QueryServiceTest, SeesNewRowsTablesAndColumns) {
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
  harness_.project->append(
      FakeRows("cpu", {"host", "zone"}, {{"load", FieldType::kFloat64}}).add({"a", "z1"}, 5, {7.0}).batch());
  EXPECT_EQ(harness_.rows("SELECT count(*), max(load), count(usage), max(zone) FROM cpu"), "7,7,5,z1");
  harness_.project->append(FakeRows("Mem", {}, {{"free", FieldType::kInt64}}).add({}, 1, {std::int64_t{9}}).batch());
  EXPECT_EQ(harness_.rows("SHOW TABLES"), "Mem;cpu");
  EXPECT_EQ(harness_.rows("SELECT free FROM mem"), "9");
}

TEST_F(QueryServiceTest, TakesParameters) {
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE host = ? AND usage > ?", {std::string("a"), 1.0}), "1");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE time >= $1", {std::string("2024-01-01T00:00:02Z")}), "4");
  EXPECT_EQ(harness_.rows("SELECT $2, $1", {std::int64_t{1}, true}), "true,1");
  EXPECT_EQ(harness_.rows("SELECT ? IS NULL", {std::monostate{}}), "true");
  EXPECT_EQ(harness_.error("SELECT ?").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error("SELECT 1", {std::int64_t{1}}).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error("SELECT count(*) FROM cpu WHERE time > ?", {std::string("yesterday")}).code,
            ErrorCode::kInvalidArgument);
}

TEST_F(QueryServiceTest, ErrorsSayWhere) {
  const Error syntax = harness_.error("SELECT usage FRM cpu WHERE");
  EXPECT_EQ(syntax.code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(syntax.message, HasSubstr("LINE 1"));
  EXPECT_THAT(harness_.error("SELECT nosuch FROM cpu").message, HasSubstr("nosuch"));
  EXPECT_THAT(harness_.error("SELECT 1 FROM nosuch").message, HasSubstr("nosuch"));
  EXPECT_EQ(harness_.error("").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error("SELECT 1; SELECT 2").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error(std::string("SELECT 1\0 FROM cpu", 18)).code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error("SELECT 'x'::INTEGER").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(harness_.error("SELECT rowid FROM cpu").code, ErrorCode::kInvalidArgument);
}

TEST_F(QueryServiceTest, StorageErrorsKeepTheirCode) {
  harness_.project->set_failure("cpu", Error{ErrorCode::kCorrupt, "segment 7, block 3: checksum"}, 1);
  const Error error = harness_.error("SELECT sum(usage) FROM cpu");
  EXPECT_EQ(error.code, ErrorCode::kCorrupt);
  EXPECT_EQ(error.message, "segment 7, block 3: checksum");
  harness_.project->set_failure("cpu", std::nullopt);
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
}

TEST_F(QueryServiceTest, UnknownProjectIsNotFound) {
  auto service = QueryService::open({}, [](const ProjectName&) { return nullptr; });
  ASSERT_TRUE(service.has_value());
  const auto result =
      (*service)->execute({.project = {"acme", "none"}, .text = "SELECT 1", .parameters = {}, .limits = {}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(result.error().message, HasSubstr("acme/none"));
}

TEST_F(QueryServiceTest, RefusesSenselessOptions) {
  const auto service = QueryService::open({.threads = 0}, [](const ProjectName&) { return nullptr; });
  ASSERT_FALSE(service.has_value());
  EXPECT_EQ(service.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(QueryServiceTest, ProjectsAreSeparateAndTheLeastUsedIsClosed) {
  std::map<std::string, std::shared_ptr<FakeProject>> projects;
  for (const char* name : {"p1", "p2", "p3"}) {
    projects[name] = std::make_shared<FakeProject>();
    projects[name]->append(
        FakeRows("only_" + std::string(name), {}, {{"v", FieldType::kInt64}}).add({}, 1, {std::int64_t{1}}).batch());
  }
  int opened = 0;
  auto service = QueryService::open({.instance_count_max = 2}, [&](const ProjectName& name) {
    ++opened;
    return projects.at(name.project);
  });
  ASSERT_TRUE(service.has_value());
  const auto tables_of = [&](const std::string& project) -> std::string {
    auto stream = (*service)->execute({.project = {"default", project},
                                       .text = "SHOW TABLES",
                                       .parameters = {},
                                       .format = ResultFormat::kCsv,
                                       .limits = {}});
    if (!stream.has_value()) return stream.error().message;
    std::string out;
    while (true) {
      auto more = (*stream)->next(out);
      if (!more.has_value()) return more.error().message;
      if (!*more) return out;
    }
  };
  for (const char* name : {"p1", "p2", "p3", "p2", "p1"})
    EXPECT_THAT(tables_of(name), HasSubstr("only_" + std::string(name)));
  EXPECT_EQ(opened, 4);  // p1 was closed for p3 and opened again
  const auto leak = (*service)->execute(
      {.project = {"default", "p1"}, .text = "SELECT * FROM p2.main.only_p2", .parameters = {}, .limits = {}});
  EXPECT_FALSE(leak.has_value());
}

TEST_F(QueryServiceTest, StopsAtItsTimeout) {
  harness_.limits.timeout = std::chrono::milliseconds(50);
  const Error error =
      harness_.error("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = -1");
  EXPECT_EQ(error.code, ErrorCode::kTimeout);
  EXPECT_THAT(error.message, HasSubstr("50 ms"));
  harness_.limits.timeout = std::chrono::seconds(30);
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
  EXPECT_EQ(harness_.service->statistics().timed_out, 1U);
}

TEST_F(QueryServiceTest, CancelsFromAnotherThread) {
  auto stream = harness_.service->execute(
      {.project = {}, .text = "SELECT range FROM range(10000000000)", .parameters = {}, .limits = {}});
  ASSERT_TRUE(stream.has_value()) << stream.error().message;
  EXPECT_EQ(harness_.service->statistics().running, 1U);
  std::string out;
  ASSERT_TRUE((*stream)->next(out).has_value());
  std::thread other([&] { (*stream)->cancel(); });
  other.join();
  auto result = (*stream)->next(out);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_FALSE(*(*stream)->next(out));  // over
  stream->reset();
  EXPECT_EQ(harness_.service->statistics().running, 0U);
  EXPECT_EQ(harness_.service->statistics().cancelled, 1U);
}

// An aggregate answers nothing until it is done: the first next() itself must be cancellable.
TEST_F(QueryServiceTest, CancelsBeforeTheFirstRow) {
  auto stream = harness_.service->execute(
      {.project = {},
       .text = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3",
       .parameters = {},
       .limits = {}});
  ASSERT_TRUE(stream.has_value()) << stream.error().message;
  std::thread other([&] { (*stream)->cancel(); });
  std::string out;
  const auto result = (*stream)->next(out);
  other.join();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(harness_.service->statistics().cancelled, 1U);
}

TEST_F(QueryServiceTest, AnAbandonedStreamHurtsNobody) {
  for (int i = 0; i < 3; ++i) {
    auto stream = harness_.service->execute(
        {.project = {}, .text = "SELECT * FROM range(1000000000)", .parameters = {}, .limits = {}});
    ASSERT_TRUE(stream.has_value());
    std::string out;
    ASSERT_TRUE((*stream)->next(out).has_value());
  }
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
  EXPECT_EQ(harness_.service->statistics().running, 0U);
}

TEST_F(QueryServiceTest, BoundsTextRowsAndBytes) {
  harness_.limits.text_bytes_max = 20;
  EXPECT_EQ(harness_.error("SELECT 1 AS a_rather_long_name").code, ErrorCode::kTooLarge);
  harness_.limits = {};
  harness_.limits.result_rows_max = 10;
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM (SELECT * FROM range(10))"), "10");
  EXPECT_EQ(harness_.error("SELECT * FROM range(11)").code, ErrorCode::kTooLarge);
  harness_.limits = {};
  harness_.limits.result_bytes_max = 1000;
  EXPECT_THAT(harness_.error("SELECT * FROM range(100000)").message, HasSubstr("1000 bytes"));
}

TEST_F(QueryServiceTest, ManyThreadsAskAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        if (harness_.rows("SELECT host, count(*) FROM cpu WHERE host <> 'b' GROUP BY host ORDER BY host") != "a,2;c,2")
          ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(harness_.service->statistics().queries, 100U);
  EXPECT_EQ(harness_.service->statistics().failed, 0U);
}

TEST_F(QueryServiceTest, NamesAndTypesOfTheResult) {
  auto stream = harness_.service->execute(
      {.project = {}, .text = "SELECT time, host, usage AS u FROM cpu", .parameters = {}, .limits = {}});
  ASSERT_TRUE(stream.has_value());
  ASSERT_EQ((*stream)->columns().size(), 3U);
  EXPECT_EQ((*stream)->columns()[0].type, "TIMESTAMP_NS");
  EXPECT_EQ((*stream)->columns()[1].type, "VARCHAR");
  EXPECT_EQ((*stream)->columns()[2].name, "u");
}

// Line protocol tells usage from Usage, SQL does not: each column gets a name of its own, and the project stays usable.
TEST(QueryService, ColumnsThatDifferOnlyInCaseHaveDistinctNames) {
  QueryHarness harness;
  FakeRows rows("cpu", {"host", "Host"},
                {{"usage", FieldType::kFloat64}, {"Usage", FieldType::kFloat64}, {"Time", FieldType::kInt64}});
  rows.add({"a", "b"}, 0, {1.0, 2.0, std::int64_t{3}});
  harness.project->append(rows.batch());
  EXPECT_EQ(harness.rows("SELECT host, Host_1, usage, Usage_1, Time_1 FROM cpu"), "a,b,1,2,3");
  EXPECT_EQ(harness.rows("SELECT Host_1, sum(Usage_1) FROM cpu WHERE Host_1 = 'b' GROUP BY Host_1"), "b,2");
  EXPECT_EQ(harness.rows("SHOW TABLES"), "cpu");
}

}  // namespace
}  // namespace streamflow::query
