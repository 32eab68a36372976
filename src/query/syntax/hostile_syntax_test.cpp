// Statements that use TSQL's own syntax and functions to hurt: refused, stopped or answered cheaply, and each followed
// by an ordinary query that must still be answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/admission/memory_ledger.h"
#include "query/testing/hostile_fixture.h"

namespace streamflow::query {
namespace {

constexpr std::uint64_t kMiB = 1ULL << 20U;

std::string repeated(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

std::string numbered(const std::string& before, const std::string& after, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) {
    result.append(i == 0 ? "" : ", ").append(before).append(std::to_string(i)).append(after);
  }
  return result;
}

using HostileSyntax = HostileFixture;

TEST_F(HostileSyntax, StatementsBehindOurSyntaxAreGated) {
  for (const char* sql : {
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m; DROP TABLE cpu",
           "DROP TABLE cpu -- SAMPLE BY 5m",
           "COPY (SELECT avg(usage) FROM cpu SAMPLE BY 5m) TO '/tmp/x'",
           "CREATE TABLE x AS SELECT avg(usage) FROM cpu SAMPLE BY 5m",
           "CREATE VIEW x AS SELECT * FROM cpu LATEST ON (host)",
           "INSERT INTO cpu SELECT * FROM cpu LATEST ON (host)",
           "EXPLAIN ANALYZE DELETE FROM cpu /* LATEST ON (host) */",
           "PREPARE p AS SELECT avg(usage) FROM cpu SAMPLE BY 5m",
           "SHOW SERIES FROM cpu; DROP TABLE cpu",
           "SHOW SERIES FROM cpu WHERE (SELECT count(*) FROM read_text('/etc/passwd')) > 0",
           "SHOW TAG VALUES FROM cpu WHERE getenv('HOME') IS NOT NULL",
           "SELECT avg(usage) FROM cpu WHERE getenv('HOME') = 'x' SAMPLE BY 5m FILL(0)",
           "SELECT count(*) FROM read_csv('/etc/passwd') SAMPLE BY 5m",
           "SELECT * FROM glob('/etc/*') LATEST ON (file)",
           "SELECT streamflow_functions()",
           "SHOW SERIES FROM duckdb_settings()",
           "SHOW SERIES FROM duckdb_settings",
           "SHOW SERIES FROM \"/etc/passwd\"",
           "SHOW SERIES FROM '/etc/passwd'",
           "SHOW TAG KEYS FROM '; DROP TABLE cpu",
           "SHOW TAG VALUES FROM cpu WITH KEY = \"host\"\" FROM x; --\"",
           "SELECT avg(usage) FROM cpu SAMPLE BY '5m'', time); DROP TABLE cpu; --'",
           "SELECT avg(usage) FROM cpu SAMPLE BY INTERVAL '1 day) , getenv(''HOME'''",
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m ALIGN TO '2024'' || getenv(''HOME'') || '''",
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m ALIGN TO TIME ZONE '../../etc/passwd'",
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m FILL('x' || getenv('HOME'))",
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m FILL(getenv('HOME'))",
           "SELECT avg(usage) FROM cpu SAMPLE BY 5m FILL(1; DROP TABLE cpu)",
           "SELECT * FROM cpu LATEST ON (host\"; DROP TABLE cpu; --)",
           "SELECT __0 FROM cpu",
           "SELECT count(*) FROM cpu GROUP BY __0",
           "SELECT * FROM cpu QUALIFY __0",
           "SELECT __streamflow_line(1)",
           "SELECT * FROM __sampled",
           "SELECT system.main.rate(usage, time) OVER (ORDER BY time) FROM cpu",
           "SELECT main.lttb(usage, time, 3) OVER () FROM cpu",
       }) {
    const Error error = harness_.error(sql);
    EXPECT_TRUE(error.code == ErrorCode::kForbidden || error.code == ErrorCode::kInvalidArgument)
        << sql << ": " << name_of(error.code) << " " << error.message;
    EXPECT_EQ(error.message.find("root:"), std::string::npos) << error.message;
  }
  still_answers();
}

// Refused, stopped, or answered within the limits; what they took is given back.
TEST_F(HostileSyntax, BombsOfBucketsAndStates) {
  const std::uint64_t before = resident_bytes();
  for (const char* sql : {
           "SELECT avg(usage) FROM cpu SAMPLE BY 1us FILL(0)",
           "SELECT avg(usage) FROM cpu SAMPLE BY 1us ALIGN TO TIME ZONE 'Europe/Berlin' FILL(linear)",
           "SELECT len(time_buckets(INTERVAL '1 second', TIMESTAMP_NS '1700-01-01', TIMESTAMP_NS '2200-01-01'))",
           "SELECT len(time_buckets(INTERVAL '1 second', TIMESTAMP_NS '1700-01-01', now(), 'Europe/Berlin'))",
           "SELECT sum(len(time_buckets(INTERVAL '1 hour', TIMESTAMP_NS '1990-01-01', TIMESTAMP_NS '2024-01-01'))) "
           "FROM "
           "range(1000000)",
           "SELECT time_buckets(INTERVAL '1 month', TIMESTAMP_NS '1700-01-01', TIMESTAMP_NS '2200-01-01', INTERVAL "
           "'2000000000 months')",
           "SELECT time_bucket(INTERVAL '2000000000 months', time) FROM cpu",
           "SELECT time_bucket(INTERVAL '200000000 days', time) FROM cpu",
           "SELECT rate(range, make_timestamp_ns(range)) FROM range(1000000000)",
           "SELECT lttb(a.range, make_timestamp_ns(b.range), 1000000) FROM range(100000) a, range(100000) b",
           "SELECT m4(range, make_timestamp_ns(range), 1000000) FROM range(100000000)",
           "SELECT range, histogram(range, 0, 1, 10000) FROM range(10000000) GROUP BY range",
           "SELECT sum(r) FROM (SELECT rate(range, make_timestamp_ns(range)) OVER (ORDER BY range RANGE BETWEEN "
           "100000000 "
           "PRECEDING AND CURRENT ROW) AS r FROM range(10000000))",
           "SELECT sum(r) FROM (SELECT increase(range, make_timestamp_ns(range)) OVER (ORDER BY range ROWS 100000 "
           "PRECEDING) AS r FROM range(10000000))",
           "SELECT sum(r) FROM (SELECT delta(range, make_timestamp_ns(range)) OVER (ORDER BY range ROWS range "
           "PRECEDING) "
           "AS r FROM range(3000000))",
           "SELECT sum(r) FROM (SELECT ewma(range, 0.1) OVER (ORDER BY range) AS r FROM range(200000000))",
           "SELECT sum(r) FROM (SELECT interpolate(NULL::DOUBLE, make_timestamp_ns(range)) OVER (ORDER BY range) AS r "
           "FROM "
           "range(100000000))",
           "SELECT sum(r) FROM (SELECT moving_avg(range, 1000000) OVER (ORDER BY range) AS r FROM range(100000000))",
           "SELECT percentile(a.range, 99) FROM range(100000) a, range(100000) b",
           "SELECT count(*) FROM (SELECT make_timestamp_ns(range) AS time FROM range(1000000000) LATEST 1000000 ON ())",
           "SELECT sum(c) FROM (SELECT key, count(*) AS c FROM (SELECT make_timestamp_ns(range * 1000000) AS time, "
           "range AS "
           "key FROM range(1000000)) SAMPLE BY 1ms FILL(prev))",
           "SELECT time_bucket(INTERVAL '1 day', make_timestamp_ns(range * 100000000000000), 'GMT+0' || (range % 9) || "
           "':1' "
           "|| (range % 10)) AS b, count(*) FROM range(90000) GROUP BY b",
       }) {
    const auto result = harness_.encoded(sql, ResultFormat::kCsv);
    if (!result.has_value()) {
      const ErrorCode code = result.error().code;
      EXPECT_TRUE(code == ErrorCode::kInvalidArgument || code == ErrorCode::kTooLarge || code == ErrorCode::kTimeout)
          << sql << ": " << name_of(code) << " " << result.error().message;
    }
    still_answers();
  }
  EXPECT_LT(resident_bytes(), before + 128 * kMiB);
}

TEST_F(HostileSyntax, TextsThatAreTooLongOrTooDeep) {
  const std::string sampled = "SELECT count(*) AS c FROM cpu SAMPLE BY 1d";
  const struct {
    const char* what;
    std::string sql;
  } cases[] = {
      {"clauses", sampled + repeated(" UNION ALL " + sampled, 40)},
      {"fills", repeated("SELECT avg(c) AS c FROM (", 12) + sampled + repeated(") SAMPLE BY 1d FILL(0)", 12)},
      {"comments", "SELECT avg(usage) FROM cpu SAMPLE BY " + repeated("/*", 60'000)},
      {"nested", "SELECT * FROM " + repeated("(SELECT * FROM ", 40) + "cpu LATEST ON (host)" +
                     repeated(") LATEST ON (host)", 40)},
      {"names", "SELECT * FROM cpu LATEST ON (" + repeated("host, ", 40'000) + "host)"},
      {"options", "SELECT avg(usage) FROM cpu SAMPLE BY 1d FILL(" + repeated("0, ", 60'000) + "0)"},
      {"keys", "SHOW TAG VALUES FROM cpu WITH KEY IN (" + repeated("host, ", 30'000) + "host)"},
      {"latests", "SELECT 1 " + repeated("LATEST ON (", 20'000)},
      {"dollars", "SELECT " + repeated("$a$", 60'001)},
      {"quotes", "SHOW SERIES FROM " + repeated("\"", 200'001)},
      {"width", "SELECT count(*) FROM cpu SAMPLE BY " + repeated("9", 100'000) + "d"},
      {"count", "SELECT * FROM cpu LATEST " + repeated("9", 100'000) + " ON (host)"},
      {"zone", "SELECT count(*) FROM cpu SAMPLE BY 1d ALIGN TO TIME ZONE '" + repeated("x", 100'000) + "'"},
      {"groups", "SELECT count(*) FROM cpu GROUP BY " + numbered("host||", "", 17'000)},
      {"distinct", "SELECT DISTINCT " + numbered("host||", "", 17'000) + " FROM cpu"},
      {"states", "SELECT " + numbered("avg(usage+", ")", 9'000) + " FROM cpu GROUP BY host"},
      {"order", "SELECT host FROM cpu ORDER BY " + numbered("host||", "", 17'000)},
      {"join", "SELECT count(*) FROM (SELECT " + numbered("host||", "", 9'000) + " FROM cpu) NATURAL JOIN cpu"},
      {"partitions", "SELECT row_number() OVER (PARTITION BY " + numbered("host||", "", 17'000) + ") FROM cpu"},
      {"windows", "SELECT " + repeated("locf(", 60) + "usage" + repeated(") OVER (ORDER BY time)", 60) + " FROM cpu"},
      {"lines", "SELECT " + repeated("interpolate(usage, time) OVER (ORDER BY time) + ", 150) + "1 FROM cpu"},
  };
  for (const auto& [what, sql] : cases) {
    const Error error = harness_.error(sql);
    EXPECT_TRUE(error.code == ErrorCode::kTooLarge || error.code == ErrorCode::kInvalidArgument ||
                error.code == ErrorCode::kTimeout)
        << what << ": " << name_of(error.code) << " " << error.message.substr(0, 200);
    still_answers();
  }
}

}  // namespace
}  // namespace streamflow::query
