// Random queries, answered by our catalog over FakeProject and by DuckDB's own table with the same rows.
// Values are multiples of 1/4, so that sums are exact in any order.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <sstream>

#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/main/query_result.hpp"
#include "query/results/result_encoder.h"
#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000'000'000;
constexpr std::int64_t kStep = 15'000'000'001;  // 15 s and a nanosecond
constexpr int kRows = 3000;
constexpr int kQueries = 600;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  template <class Options>
  std::string pick(const Options& options) {
    return std::string(options.begin()[below(static_cast<int>(options.size()))]);
  }
  std::string pick(std::initializer_list<const char*> options) {
    return options.begin()[below(static_cast<int>(options.size()))];
  }

 private:
  std::mt19937 engine_;
};

// One table of both worlds: m(time, host, dc, id BIGINT, v DOUBLE, u UBIGINT, b BOOLEAN, s VARCHAR).
struct World {
  QueryHarness ours;
  duckdb::DuckDB database{nullptr};
  duckdb::Connection connection{database};

  explicit World(Random& random) {
    const auto created = connection.Query(
        "SET TimeZone = 'UTC'; CREATE TABLE m (time TIMESTAMP_NS, host VARCHAR, dc VARCHAR, id BIGINT, v DOUBLE, u "
        "UBIGINT, b BOOLEAN, s VARCHAR)");
    EXPECT_FALSE(created->HasError()) << created->GetError();
    int id = 0;
    for (int task = 0; task < 5; ++task) append(random, task == 4 ? 7 : kRows / 4, id);
  }

  void append(Random& random, int count, int& id) {
    FakeRows rows("m", {"host", "dc"},
                  {{"id", FieldType::kInt64},
                   {"v", FieldType::kFloat64},
                   {"u", FieldType::kUint64},
                   {"b", FieldType::kBool},
                   {"s", FieldType::kString}});
    std::ostringstream sql;
    sql << "INSERT INTO m VALUES ";
    for (int i = 0; i < count; ++i, ++id) {
      const std::string host = "host_" + std::to_string(random.below(12));
      const std::string dc = random.one_in(5) ? "" : random.pick({"east", "west", "North"});
      const std::int64_t time = kStart + random.below(kRows) * kStep;
      const bool null_v = random.one_in(10);
      const bool null_s = random.one_in(4);
      const double v = (random.below(2000) - 1000) * 0.25;
      const bool nan = random.one_in(200);
      const auto u = static_cast<std::uint64_t>(random.below(100));
      const bool b = random.one_in(3);
      const std::string s = random.pick({"", "error: disk", "ok", "Ok", "warn 50%"});
      rows.add({host, dc}, time,
               {std::int64_t{id}, null_v ? FakeValue() : FakeValue(nan ? std::nan("") : v), u, b,
                null_s ? FakeValue() : FakeValue(s)});
      sql << (i == 0 ? "" : ",") << "(make_timestamp_ns(" << time << "),'" << host << "',"
          << (dc.empty() ? "NULL" : "'" + dc + "'") << ',' << id << ','
          << (null_v ? "NULL"
              : nan  ? "'NaN'"
                     : std::to_string(v))
          << ',' << u << ',' << (b ? "true" : "false") << ',' << (null_s ? "NULL" : "'" + s + "'") << ')';
    }
    ours.project->append(rows.batch());
    const auto inserted = connection.Query(sql.str());
    EXPECT_FALSE(inserted->HasError()) << inserted->GetError();
  }

  std::string reference(const std::string& sql) {
    auto result = connection.Query(sql);
    if (result->HasError()) return "ERROR " + result->GetError();
    std::string out;
    auto encoder = make_result_encoder(ResultFormat::kCsv);
    bool good = encoder->begin(*connection.context, result->names, result->types, out).has_value();
    while (auto chunk = result->Fetch()) good = good && chunk->size() > 0 && encoder->chunk(*chunk, out).has_value();
    good = good && encoder->end(result->RowCount(), 0, out).has_value();
    EXPECT_TRUE(good);
    std::erase(out, '\r');
    return out;
  }
};

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  // Its rows come in no order unless `ordered`.
  struct Query {
    std::string sql;
    bool ordered = false;
  };

  Query query() {
    switch (random_.below(9)) {
      case 0: return {"SELECT " + columns("") + " FROM m" + where("") + " ORDER BY " + order() + limit(), true};
      case 1: return {"SELECT " + columns("") + " FROM m" + where(""), false};
      case 2:
      case 3: return {grouped(), false};
      case 4: return {joined(), false};
      case 5:
        return {"SELECT DISTINCT " + random_.pick({"host", "dc", "host, dc", "b, dc", "s"}) + " FROM m" + where(""),
                false};
      case 6: return {windowed(), true};
      case 7: return {nested(), false};
      default: return {combined(), false};
    }
  }

  std::string predicate(const std::string& prefix, int depth = 0) {
    if (depth < 3 && random_.one_in(2)) {
      const std::string left = predicate(prefix, depth + 1);
      const std::string right = predicate(prefix, depth + 1);
      return "(" + left + random_.pick({" AND ", " AND ", " OR "}) + right + ")";
    }
    const std::string negated = random_.one_in(6) ? "NOT " : "";
    switch (random_.below(3)) {
      case 0: return negated + "(" + time_atom(prefix) + ")";
      case 1: return negated + "(" + tag_atom(prefix) + ")";
      default: return negated + "(" + field_atom(prefix) + ")";
    }
  }

 private:
  std::string where(const std::string& prefix) { return random_.one_in(5) ? "" : " WHERE " + predicate(prefix); }
  std::string limit() {
    return random_.one_in(2) ? ""
                             : " LIMIT " + std::to_string(random_.below(30)) + (random_.one_in(3) ? " OFFSET 5" : "");
  }
  std::string order() {
    return random_.pick({"id", "time, id", "time DESC, id", "host, dc NULLS FIRST, id DESC", "v DESC NULLS LAST, id"});
  }

  std::string columns(const std::string& prefix) {
    std::string list = prefix + "id";
    for (const char* column : {"time", "host", "dc", "v", "u", "b", "s"}) {
      if (random_.one_in(2)) list += ", " + prefix + column;
    }
    return list;
  }

  std::string time_literal() {
    const std::string ns = std::to_string(kStart + random_.below(kRows) * kStep + random_.below(3) - 1);
    switch (random_.below(3)) {
      case 0: return "make_timestamp_ns(" + ns + ")";
      case 1:
        return random_.pick(
            {"'2023-11-14T23:00:00Z'", "'2023-11-15 04:30:00.123456789'", "'2023-11-15T05:00:00+02:00'"});
      default: return random_.pick({"TIMESTAMP '2023-11-15 00:00:00'", "DATE '2023-11-15'"});
    }
  }

  std::string time_atom(const std::string& prefix) {
    const std::string time = prefix + "time";
    switch (random_.below(5)) {
      case 0: return time + " BETWEEN " + time_literal() + " AND " + time_literal();
      case 1:
        return time + " IN (" + time_literal() + ", " + time_literal() + ", make_timestamp_ns(" +
               std::to_string(kStart + random_.below(kRows) * kStep) + "))";
      case 2: return time_literal() + random_.pick({" < ", " >= "}) + time;
      default: return time + random_.pick({" < ", " <= ", " > ", " >= ", " = ", " <> "}) + time_literal();
    }
  }

  std::string tag_atom(const std::string& prefix) {
    const std::string host = prefix + "host";
    const std::string dc = prefix + "dc";
    const std::string name = "'host_" + std::to_string(random_.below(14)) + "'";
    switch (random_.below(14)) {
      case 0: return host + " = " + name;
      case 1: return host + " <> " + name;
      case 2: return host + " IN (" + name + ", 'host_1', 'x')";
      case 3: return host + " NOT IN (" + name + ", 'host_2')";
      case 4: return host + " LIKE " + random_.pick({"'host_1%'", "'%3'", "'h%1_'", "'%'", "'host\\_1'"});
      case 5: return host + " ~ " + random_.pick({"'_[1-4]$'", "'^host'", "'9|10'"});
      case 6: return dc + " ILIKE " + random_.pick({"'NORTH'", "'%ST'", "'_ast'"});
      case 7: return dc + random_.pick({" IS NULL", " IS NOT NULL"});
      case 8: return dc + " = 'east' OR " + dc + " IS NULL";
      case 9: return "coalesce(" + dc + ", 'none') > 'eee'";
      case 10: return host + " > " + name + " AND " + dc + " IS DISTINCT FROM 'west'";
      case 11: return "length(" + host + ") = 7";
      case 12: return host + " BETWEEN 'host_10' AND " + name;
      default: return "upper(" + dc + ") = " + random_.pick({"'EAST'", "'NORTH'"});
    }
  }

  std::string field_atom(const std::string& prefix) {
    switch (random_.below(8)) {
      case 0:
        return prefix + "v" + random_.pick({" > ", " <= ", " = "}) +
               std::to_string((random_.below(2000) - 1000) * 0.25);
      case 1: return prefix + "v" + random_.pick({" IS NULL", " IS NOT NULL"});
      case 2: return prefix + "id % 7 = " + std::to_string(random_.below(7));
      case 3: return prefix + "u BETWEEN 10 AND " + std::to_string(random_.below(100));
      case 4: return prefix + "b";
      case 5: return prefix + "s LIKE " + random_.pick({"'%disk'", "'o%'", "'O_'"});
      case 6: return prefix + "s IN ('ok', '')";
      default: return prefix + "host = 'host_3' OR " + prefix + "v < 0";
    }
  }

  std::string aggregates() {
    std::string list;
    for (const char* aggregate : {"count(*)", "count(v)", "sum(u)", "sum(v)", "min(v)", "max(v)", "min(time)",
                                  "max(time)", "avg(u)", "count(DISTINCT host)", "count(DISTINCT dc)", "min(s)",
                                  "bool_or(b)", "sum(id) FILTER (b)", "arg_max(id, id)"}) {
      if (random_.one_in(4)) list += std::string(list.empty() ? "" : ", ") + aggregate;
    }
    return list.empty() ? "count(*)" : list;
  }

  std::string grouped() {
    const std::string key =
        random_.pick({"host", "dc", "host, dc", "time_bucket(INTERVAL '1 hour', time)", "date_trunc('hour', time)",
                      "time_bucket(INTERVAL '10 minutes', time), dc", "b", "upper(dc)"});
    if (random_.one_in(4)) return "SELECT " + aggregates() + " FROM m" + where("");
    return "SELECT " + key + ", " + aggregates() + " FROM m" + where("") + " GROUP BY " + key +
           (random_.one_in(3) ? " HAVING count(*) > 20" : "");
  }

  std::string joined() {
    return "SELECT a.host, count(*), sum(b.u) FROM m a " + random_.pick({"JOIN", "LEFT JOIN"}) +
           " m b ON a.time = b.time" + random_.pick({"", " AND a.host = b.host", " AND a.id < b.id"}) + where("a.") +
           " GROUP BY a.host";
  }

  std::string windowed() {
    return "SELECT id, row_number() OVER (PARTITION BY host ORDER BY time, id) AS n, sum(u) OVER (PARTITION BY dc "
           "ORDER BY time, id ROWS 3 PRECEDING) AS w, "
           "lag(v) OVER (PARTITION BY host ORDER BY time, id) AS l FROM m" +
           where("") + " ORDER BY id";
  }

  std::string nested() {
    switch (random_.below(4)) {
      case 0: return "SELECT id FROM m WHERE u > (SELECT avg(u) FROM m" + where("") + ") AND " + predicate("");
      case 1:
        return "SELECT id FROM m WHERE host IN (SELECT host FROM m" + where("") +
               " GROUP BY host HAVING count(*) > 100) AND " + predicate("");
      case 2:
        return "SELECT count(*) FROM m a WHERE EXISTS (SELECT 1 FROM m b WHERE b.host = a.host AND b.time > a.time "
               "AND " +
               predicate("b.") + ") AND " + predicate("a.");
      default:
        return "WITH x AS (SELECT host h, time t, u FROM m" + where("") +
               ") SELECT h, count(*), sum(u) FROM x WHERE t > '2023-11-14T23:00:00Z' AND h LIKE '%1%' GROUP BY h";
    }
  }

  std::string combined() {
    return "SELECT id, host FROM m" + where("") + random_.pick({" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "}) +
           "SELECT id, host FROM m" + where("");
  }

  Random& random_;
};

std::string in_order(const std::string& csv, bool ordered) {
  if (ordered) return csv.substr(csv.find('\n') + 1);  // expressions may be named differently
  std::istringstream lines(csv.substr(csv.find('\n') + 1));
  std::multiset<std::string> sorted;
  for (std::string line; std::getline(lines, line);) sorted.insert(line);
  std::string result;
  for (const std::string& line : sorted) result += line + "\n";
  return result;
}

TEST(Differential, RandomQueriesAgreeWithDuckDbsOwnTable) {
  const unsigned seed = 20240229;
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  World world(random);
  ASSERT_EQ(world.ours.rows("SELECT count(*), sum(id) FROM m"), "3007,4519521");
  int empty = 0;
  for (int i = 0; i < kQueries; ++i) {
    const auto query = Generator(random).query();
    const std::string expected = world.reference(query.sql);
    ASSERT_FALSE(expected.starts_with("ERROR")) << query.sql << "\n" << expected;
    const std::string actual = world.ours.csv(query.sql);
    ASSERT_EQ(in_order(actual, query.ordered), in_order(expected, query.ordered)) << "query " << i << ": " << query.sql;
    empty += in_order(expected, true).empty() ? 1 : 0;
  }
  EXPECT_LT(empty, kQueries / 4);
}

}  // namespace
}  // namespace streamflow::query
