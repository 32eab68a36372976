// Statements that must be refused or stopped, each followed by an ordinary query that must still be answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/admission/memory_ledger.h"
#include "query/admission/statement_gate.h"
#include "query/testing/hostile_fixture.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kMiB = 1ULL << 20U;

using HostileSql = HostileFixture;

TEST_F(HostileSql, StatementsThatAreRefusedByName) {
  const struct {
    const char* sql;
    const char* name;
  } cases[] = {
      {"ATTACH '/tmp/x.db'", "ATTACH"},
      {"ATTACH ':memory:' AS m", "ATTACH"},
      {"DETACH \"default\"", "DETACH"},
      {"COPY cpu TO '/tmp/x.csv'", "COPY"},
      {"COPY (SELECT 1) TO '/tmp/x.parquet' (FORMAT parquet)", "COPY"},
      {"COPY cpu FROM '/etc/passwd'", "COPY"},
      {"COPY FROM DATABASE \"default\" TO system", "PRAGMA"},
      {"EXPORT DATABASE '/tmp/x'", "EXPORT"},
      {"IMPORT DATABASE '/tmp/x'", "PRAGMA"},
      {"INSTALL httpfs", "INSTALL"},
      {"FORCE INSTALL httpfs", "INSTALL"},
      {"LOAD httpfs", "LOAD"},
      {"LOAD '/tmp/x.duckdb_extension'", "LOAD"},
      {"UPDATE EXTENSIONS", "UPDATE"},
      {"SET threads = 64", "SET"},
      {"SET memory_limit = '100GB'", "SET"},
      {"SET GLOBAL enable_external_access = true", "SET"},
      {"SET lock_configuration = false", "SET"},
      {"SET VARIABLE x = 1", "SET"},
      {"RESET threads", "SET"},
      {"USE system", "SET"},
      {"PRAGMA database_list", "PRAGMA"},
      {"PRAGMA enable_profiling", "PRAGMA"},
      {"PRAGMA disable_optimizer", "PRAGMA"},
      {"CALL pragma_version()", "CALL"},
      {"CALL enable_logging(storage = 'file', storage_config = {'path': '/tmp/log'})", "CALL"},
      {"CHECKPOINT", "CALL"},
      {"FORCE CHECKPOINT", "CALL"},
      {"VACUUM", "VACUUM"},
      {"ANALYZE", "VACUUM"},
      {"BEGIN", "BEGIN"},
      {"COMMIT", "COMMIT"},
      {"PREPARE p AS SELECT 1", "PREPARE"},
      {"EXECUTE p", "EXECUTE"},
      {"DEALLOCATE p", "DROP"},
      {"CREATE TABLE t (a INTEGER)", "CREATE"},
      {"CREATE TEMP TABLE t AS SELECT 1", "CREATE"},
      {"CREATE MACRO now() AS 1", "CREATE"},
      {"CREATE SECRET s (TYPE s3, KEY_ID 'a')", "CREATE"},
      {"CREATE VIEW v AS SELECT 1", "CREATE"},
      {"CREATE INDEX i ON cpu (host)", "CREATE"},
      {"INSERT INTO cpu (host) VALUES ('x')", "INSERT"},
      {"UPDATE cpu SET host = 'x'", "UPDATE"},
      {"DELETE FROM cpu", "DELETE"},
      {"TRUNCATE cpu", "DELETE"},
      {"MERGE INTO cpu USING cpu c ON cpu.host = c.host WHEN MATCHED THEN DELETE", "MERGE"},
      {"ALTER TABLE cpu ADD COLUMN x INTEGER", "ALTER"},
      {"DROP TABLE cpu", "DROP"},
      {"COMMENT ON TABLE cpu IS 'x'", "ALTER"},
      {"EXPLAIN DELETE FROM cpu", "DELETE"},
      {"EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/x'", "COPY"},
      {"SELECT 1; DROP TABLE cpu", "DROP"},
  };
  for (const auto& [sql, name] : cases) {
    const Error error = harness_.error(sql);
    EXPECT_EQ(error.code, ErrorCode::kForbidden) << sql << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr(name)) << sql;
  }
  still_answers();
}

TEST_F(HostileSql, FunctionsThatReachOutside) {
  for (const char* sql : {
           "SELECT * FROM read_csv('/etc/passwd')",
           "SELECT * FROM read_csv_auto('/etc/passwd')",
           "SELECT * FROM read_text('/etc/passwd')",
           "SELECT * FROM read_blob('/etc/passwd')",
           "SELECT * FROM read_parquet('/tmp/x.parquet')",
           "SELECT * FROM parquet_scan('s3://bucket/x')",
           "SELECT * FROM parquet_metadata('/tmp/x')",
           "SELECT * FROM read_json('https://example.com/x.json')",
           "SELECT * FROM read_ndjson_objects('/etc/passwd')",
           "SELECT * FROM system.main.read_text('/etc/passwd')",
           "SELECT * FROM glob('/etc/*')",
           "SELECT * FROM sniff_csv('/etc/passwd')",
           "SELECT * FROM query('SELECT 1')",
           "SELECT * FROM query_table('cpu')",
           "SELECT * FROM duckdb_secrets()",
           "SELECT * FROM duckdb_settings()",
           "SELECT * FROM pg_settings",
           "SELECT * FROM duckdb_extensions()",
           "SELECT * FROM duckdb_logs",
           "SELECT * FROM duckdb_memory()",
           "SELECT * FROM duckdb_temporary_files()",
           "SELECT * FROM which_secret('s3://x', 's3')",
           "SELECT * FROM enable_logging()",
           "SELECT * FROM checkpoint()",
           "SELECT * FROM json_execute_serialized_sql('{}')",
           "SELECT * FROM test_all_types()",
           "SELECT current_setting('secret_directory')",
           "SELECT getvariable('x')",
           "SELECT write_log('x')",
           "SELECT sleep_ms(100000)",
           "SELECT pg_sleep(100)",
           "SELECT system.main.sleep_ms(100000)",
           "SELECT json_serialize_plan('SELECT 1')",
           "SELECT bitstring_agg(range, 0, 1000000000) FROM range(10)",
       }) {
    EXPECT_EQ(harness_.error(sql).code, ErrorCode::kForbidden) << sql;
  }
  for (const char* sql :
       {"SELECT * FROM '/etc/passwd'", "SELECT * FROM 'x.parquet'", "SELECT * FROM \"https://example.com/x.csv\"",
        "SELECT getenv('HOME')", "SHOW threads", "SELECT * FROM system.main.nosuch"}) {
    EXPECT_EQ(harness_.error(sql).code, ErrorCode::kInvalidArgument) << sql;
  }
  still_answers();
}

// Each is refused before it allocates: the process grows by less than 64 MiB.
TEST_F(HostileSql, ArgumentsThatAreBombs) {
  const std::uint64_t before = resident_bytes();
  for (const char* sql : {
           "SELECT len(range(300000000))",
           "SELECT len(system.main.range(300000000))",
           "SELECT list_sort(range(20000000))",
           "SELECT range(host) FROM (SELECT 300000000 AS host FROM cpu)",
           "SELECT generate_series(1, 300000000)",
           "SELECT generate_series(TIMESTAMP '1700-01-01', TIMESTAMP '2200-01-01', INTERVAL '1 microsecond')",
           "SELECT repeat('x', 1000000000)",
           "SELECT 'x'.repeat(1000000000)",
           "SELECT repeat([1], 1000000000)",
           "SELECT repeat(host, 1000000000) FROM cpu",
           "SELECT lpad('x', 1000000000, 'y')",
           "SELECT rpad(host, 1000000000, 'y') FROM cpu",
           "SELECT list_resize([1], 1000000000)",
           "SELECT array_resize([1], 1000000000, 5)",
           "SELECT levenshtein(repeat('a', 60000), repeat('b', 60000))",
           "SELECT damerau_levenshtein(repeat('a', 60000), repeat('b', 60000))",
           "SELECT jaro_similarity(repeat('a', 60000), repeat('b', 60000))",
           "SELECT replace(repeat('a', 1000000), 'a', repeat('b', 1000000))",
           "SELECT regexp_replace(repeat('a', 1000000), 'a', repeat('b', 1000000), 'g')",
           "SELECT format('{:>1000000000}', 1)",
           "SELECT printf('%1000000000d', 1)",
           "SELECT printf('%*d', 1000000000, 1)",
           "SELECT format('{:{}}', 1, 1000000000)",
           "SELECT bitstring('1', 2000000000)",
           "SELECT CAST(NULL AS INTEGER[100000][100000])",
           "SELECT regexp_extract('a', repeat('a{0,1000}', 100))",
           "SELECT regexp_matches(host, repeat('a{0,1000}', 100)) FROM cpu",
           "SELECT host ~ 'a{1000}b{1000}' FROM cpu",
           "SELECT regexp_matches('a', host || repeat('(', 100000)) FROM cpu",
           "SELECT json_structure(repeat('[', 100000) || repeat(']', 100000))",
           "SELECT json_merge_patch(repeat('{\"a\":', 100000) || '1' || repeat('}', 100000), '{}')",
           "SELECT json_pretty(repeat('[', 100000) || repeat(']', 100000))",
           "SELECT json(repeat('[', 100000) || repeat(']', 100000))::VARIANT",
           "SELECT json_transform('1', repeat('[', 100000) || '\"INT\"' || repeat(']', 100000))",
           "SELECT 'a' GLOB '*a'",
           "SELECT parse_path(repeat('/', 1000000))",
           "SELECT strftime(now(), repeat('%c', 500000))",
       }) {
    const Error error = harness_.error(sql);
    EXPECT_TRUE(error.code == ErrorCode::kInvalidArgument || error.code == ErrorCode::kTooLarge ||
                error.code == ErrorCode::kForbidden)
        << sql << ": " << name_of(error.code) << " " << error.message;
  }
  still_answers();
  EXPECT_LT(resident_bytes(), before + 64 * kMiB);
}

TEST_F(HostileSql, QueriesThatRunTooLongOrGrowTooLarge) {
  for (const char* sql : {
           "SELECT count(*) FROM range(100000000) a, range(100000000) b",
           // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one statement
           "SELECT count(*) FROM cpu a, cpu b, cpu c, cpu d, cpu e, cpu f, cpu g, cpu h, cpu i, cpu j, cpu k, cpu l, "
           "cpu m",
           "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
           "WITH RECURSIVE t(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t",
           "WITH RECURSIVE t(s) AS (SELECT [1] UNION ALL SELECT list_concat(s, s) FROM t) SELECT max(len(s)) FROM t",
           "SELECT list(a.range) FROM range(100000) a, range(100000) b",
           "SELECT string_agg('xxxxxxxxxxxxxxxxxxxxxxxxxxx', '') FROM range(100000) a, range(100000) b",
           "SELECT count(DISTINCT a.range * 100000 + b.range) FROM range(100000) a, range(100000) b",
           "SELECT a.range * 100000 + b.range AS x FROM range(100000) a, range(100000) b ORDER BY x",
           "SELECT median(a.range) FROM range(100000) a, range(100000) b",
           "SELECT array_agg(repeat('x', 10000)) FROM range(1000000)",
           "SELECT count(*) FROM cpu WHERE repeat('a', 10000) LIKE host || repeat('%a_', 20) || 'b' AND "
           "(SELECT count(*) FROM range(100000000) a, range(100000000) b) = 0",
       }) {
    const Error error = harness_.error(sql);
    EXPECT_TRUE(error.code == ErrorCode::kTimeout || error.code == ErrorCode::kTooLarge)
        << sql << ": " << name_of(error.code) << " " << error.message;
    still_answers();
  }
}

TEST_F(HostileSql, LikeDoesNotBacktrack) {
  EXPECT_EQ(harness_.rows("SELECT repeat('a', 10000) LIKE '%a_%a_%a_%a_%a_%a_%a_%b'"), "false");
  EXPECT_EQ(harness_.rows("SELECT bool_or(repeat('a', 10000) ILIKE host || repeat('%A_', 20) || 'b') FROM cpu"),
            "false");
}

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

TEST_F(HostileSql, SyntaxThatIsTooDeepOrTooLong) {
  const struct {
    const char* what;
    std::string sql;
  } cases[] = {
      {"sum", "SELECT 1" + repeated(" + 1", 5000)},
      {"short sum", "SELECT 1" + repeated(" + 1", 150)},
      {"not", "SELECT " + repeated("NOT ", 5000) + "true"},
      {"or", "SELECT count(*) FROM cpu WHERE host = 'a'" + repeated(" OR host = 'a'", 10000)},
      {"subqueries", "SELECT " + repeated("(SELECT ", 500) + "1" + repeated(")", 500)},
      {"from", "SELECT * FROM " + repeated("(SELECT * FROM ", 200) + "cpu" + repeated(")", 200)},
      {"joins", "SELECT 1 FROM cpu" + repeated(", cpu", 500)},
      {"unions", "SELECT 1" + repeated(" UNION SELECT 1", 5000)},
      {"case", "SELECT " + repeated("CASE WHEN true THEN ", 500) + "1" + repeated(" END", 500)},
      {"lists", "SELECT " + repeated("[", 5000) + repeated("]", 5000)},
      {"functions", "SELECT " + repeated("abs(", 1000) + "1" + repeated(")", 1000)},
      {"columns", "SELECT 1" + repeated(", 1", 60000)},
      {"text", "SELECT '" + std::string(300 * 1024, 'x') + "'"},
  };
  for (const auto& [what, sql] : cases) {
    const Error error = harness_.error(sql);
    EXPECT_TRUE(error.code == ErrorCode::kTooLarge || error.code == ErrorCode::kInvalidArgument)
        << what << ": " << error.message;
  }
  still_answers();
  EXPECT_EQ(harness_.rows("SELECT 1" + repeated(" + 1", 60)), "61");
  EXPECT_EQ(harness_.rows("SELECT " + repeated("(", 5000) + "1" + repeated(")", 5000)), "1");
  EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu WHERE host IN ('a'" + repeated(", 'x'", 5000) + ")"), "2");
}

TEST_F(HostileSql, CommonTablesDoNotMultiply) {
  std::string sql = "WITH t0 AS (SELECT 1 AS x)";
  for (int i = 1; i < 20; ++i) {
    const std::string last = "t" + std::to_string(i - 1);
    sql.append(", t").append(std::to_string(i)).append(" AS (SELECT a.x FROM ");
    sql.append(last).append(" a, ").append(last).append(" b)");
  }
  EXPECT_EQ(harness_.rows(sql + " SELECT count(*) FROM t19"), "1");
}

}  // namespace
}  // namespace streamflow::query
