// JSON and CSV results of SQL statements; Arrow's are in result_arrow_test.cpp.
#include <gtest/gtest.h>

#include "query/results/result_fixture.h"

namespace streamflow::query {
namespace {

using testing::encode_sql;

std::string encoded(ResultFormat format, const std::string& sql, const std::string& setup = "") {
  auto result = encode_sql(format, sql, setup);
  return result.has_value() ? result.value() : "error: " + result.error().message;
}

// The rows array of a JSON result.
std::string json_rows(const std::string& sql, const std::string& setup = "") {
  const std::string text = encoded(ResultFormat::kJson, sql, setup);
  const std::size_t begin = text.find(R"("rows":)") + 7;
  const std::size_t end = text.rfind(R"(,"row_count")");
  return end == text.npos ? text : text.substr(begin, end - begin);
}

// The lines after the header of a CSV result.
std::string csv_rows(const std::string& sql) {
  const std::string text = encoded(ResultFormat::kCsv, sql);
  return text.substr(text.find("\r\n") + 2);
}

TEST(JsonResult, HasColumnsRowsCountAndTime) {
  EXPECT_EQ(encoded(ResultFormat::kJson,
                    "SELECT 1::BIGINT AS a, 'x' AS \"b\"\"c\", 1.5::DECIMAL(4,2) AS d UNION ALL SELECT 2, NULL, NULL"),
            R"json({"columns":[{"name":"a","type":"BIGINT"},{"name":"b\"c","type":"VARCHAR"},)json"
            R"json({"name":"d","type":"DECIMAL(4,2)"}],)json"
            R"("rows":[[1,"x",1.50],[2,null,null]],"row_count":2,"elapsed_ms":1.5})"
            "\n");
}

TEST(JsonResult, IsWholeWithoutRows) {
  EXPECT_EQ(encoded(ResultFormat::kJson, "SELECT 1 AS a WHERE false"),
            "{\"columns\":[{\"name\":\"a\",\"type\":\"INTEGER\"}],\"rows\":[],\"row_count\":0,\"elapsed_ms\":1.5}\n");
}

TEST(JsonResult, WritesEveryNumberExactly) {
  EXPECT_EQ(json_rows("SELECT 9223372036854775807, (-9223372036854775808)::BIGINT, 18446744073709551615::UBIGINT"),
            "[[9223372036854775807,-9223372036854775808,18446744073709551615]]");
  EXPECT_EQ(json_rows("SELECT (-128)::TINYINT, 255::UTINYINT, (-32768)::SMALLINT, 65535::USMALLINT, "
                      "(-2147483648)::INTEGER, 4294967295::UINTEGER"),
            "[[-128,255,-32768,65535,-2147483648,4294967295]]");
  EXPECT_EQ(json_rows("SELECT 170141183460469231731687303715884105727::HUGEINT, (-1)::HUGEINT, "
                      "340282366920938463463374607431768211455::UHUGEINT, sum(i) FROM range(5) t(i)"),
            "[[170141183460469231731687303715884105727,-1,340282366920938463463374607431768211455,10]]");
  EXPECT_EQ(json_rows("SELECT 1.25::DECIMAL(4,2), -0.001::DECIMAL(9,3), 12.5::DECIMAL(18,1), 1.5::DECIMAL(38,10)"),
            "[[1.25,-0.001,12.5,1.5000000000]]");
  EXPECT_EQ(
      json_rows("SELECT 0.1::DOUBLE, 1e300, 0.1::FLOAT, -0.0::DOUBLE, 'nan'::DOUBLE, 'inf'::FLOAT, '-inf'::DOUBLE"),
      R"([[0.1,1e+300,0.1,-0,"NaN","Infinity","-Infinity"]])");
}

TEST(JsonResult, WritesTimesAsRfc3339) {
  EXPECT_EQ(json_rows("SELECT '2024-03-01 12:00:00.123456789'::TIMESTAMP_NS, '2024-03-01 12:00:00.5'::TIMESTAMP, "
                      "'2024-03-01 12:00:00.007'::TIMESTAMP_MS, '2024-03-01 12:00:00'::TIMESTAMP_S"),
            R"([["2024-03-01T12:00:00.123456789Z","2024-03-01T12:00:00.500Z",)"
            R"("2024-03-01T12:00:00.007Z","2024-03-01T12:00:00Z"]])");
  EXPECT_EQ(json_rows("SELECT '2024-03-01'::DATE, '-infinity'::DATE, 'infinity'::TIMESTAMP, '12:34:56.5'::TIME, "
                      "'0044-03-15 (BC)'::DATE, INTERVAL '1 year 2 days 3 seconds'"),
            R"([["2024-03-01","-infinity","infinity","12:34:56.500","-0043-03-15","P1Y2DT3S"]])");
  EXPECT_EQ(json_rows("SELECT '2024-03-01 12:00:00+02'::TIMESTAMPTZ"), R"([["2024-03-01T10:00:00Z"]])");
}

TEST(JsonResult, WritesOtherScalars) {
  EXPECT_EQ(json_rows("SELECT true, false, NULL, 'a\"b'||chr(10), 'ab'::BLOB, '\\xFF\\x00'::BLOB, "
                      "'01234567-89ab-cdef-fedc-ba9876543210'::UUID, '101'::BIT, '12:00:00+02'::TIMETZ"),
            R"([[true,false,null,"a\"b\n","YWI=","/wA=","01234567-89ab-cdef-fedc-ba9876543210","101","12:00:00+02"]])");
  EXPECT_EQ(json_rows("SELECT 'warm'::mood, 'cold'::mood, NULL::mood", "CREATE TYPE mood AS ENUM ('cold', 'warm')"),
            R"([["warm","cold",null]])");
  EXPECT_EQ(json_rows("SELECT union_value(k := 5)"), R"([["5"]])");
}

TEST(JsonResult, WritesNestedValues) {
  EXPECT_EQ(json_rows("SELECT [1, NULL, 3], []::INTEGER[], NULL::INTEGER[], [['a'], NULL, ['b', 'c']]"),
            R"([[[1,null,3],[],null,[["a"],null,["b","c"]]]])");
  EXPECT_EQ(json_rows("SELECT {'a': 1, 'b\"': [DATE '2024-01-02']}, row(1, 'x'), NULL::STRUCT(a INTEGER)"),
            R"([[{"a":1,"b\"":["2024-01-02"]},[1,"x"],null]])");
  EXPECT_EQ(json_rows("SELECT MAP {'k': 1, 'l': NULL}, MAP {1: 'a'}, MAP {[1, 2]: true}, MAP {DATE '2024-01-02': 0}"),
            R"([[{"k":1,"l":null},{"1":"a"},{"[1,2]":true},{"2024-01-02":0}]])");
  EXPECT_EQ(json_rows("SELECT [1.5, 2.5]::DOUBLE[2], NULL::INTEGER[3], [[1, 2], [3, NULL]]::INTEGER[2][2]"),
            R"([[[1.5,2.5],null,[[1,2],[3,null]]]])");
}

// Constants, dictionaries and slices put nested children at other places than their rows.
TEST(JsonResult, FollowsEveryVectorForm) {
  EXPECT_EQ(
      json_rows("SELECT [i, i + 1], {'s': 'n' || i}, MAP {i: [i]}, 7, [5] FROM range(10) t(i) WHERE i % 4 = 1"),
      R"([[[1,2],{"s":"n1"},{"1":[1]},7,[5]],[[5,6],{"s":"n5"},{"5":[5]},7,[5]],[[9,10],{"s":"n9"},{"9":[9]},7,[5]]])");
  EXPECT_EQ(
      json_rows("SELECT l, s, a FROM (SELECT i, [i] AS l, {'x': i} AS s, [i, i]::BIGINT[2] AS a FROM range(4) t(i)) u "
                "JOIN (VALUES (2), (0), (2)) v(k) ON u.i = v.k ORDER BY i"),
      R"([[[0],{"x":0},[0,0]],[[2],{"x":2},[2,2]],[[2],{"x":2},[2,2]]])");
  EXPECT_EQ(json_rows("SELECT count(*), sum(len(l)) FROM (SELECT [i, NULL] AS l FROM range(5000) t(i))"),
            "[[5000,10000]]");
}

TEST(JsonResult, ManyChunksAreOneArray) {
  const std::string rows = json_rows("SELECT i FROM range(5000) t(i)");
  std::string wanted = "[";
  for (int i = 0; i < 5000; ++i) wanted += (i == 0 ? "[" : ",[") + std::to_string(i) + "]";
  EXPECT_EQ(rows, wanted + "]");
}

TEST(JsonResult, RefusesTypesNestedTooDeeply) {
  std::string type = "INTEGER";
  for (int i = 0; i < 70; ++i) type += "[]";
  for (const ResultFormat format : {ResultFormat::kJson, ResultFormat::kCsv, ResultFormat::kArrowStream}) {
    const auto result = encode_sql(format, "SELECT NULL::" + type + " AS deep");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(result.error().message.find("cast it to VARCHAR"), std::string::npos) << result.error().message;
  }
}

TEST(CsvResult, HasHeaderAndCrlf) {
  EXPECT_EQ(encoded(ResultFormat::kCsv, "SELECT 1 AS a, 'x,y' AS \"b,c\""), "a,\"b,c\"\r\n1,\"x,y\"\r\n");
  EXPECT_EQ(encoded(ResultFormat::kCsv, "SELECT 1 AS a WHERE false"), "a\r\n");
}

TEST(CsvResult, TellsNullFromEmpty) {
  EXPECT_EQ(csv_rows("SELECT NULL, '', NULL::VARCHAR, ''::BLOB, 'null', [NULL]"), ",\"\",,\"\",null,[null]\r\n");
}

TEST(CsvResult, WritesTimesWithNanoseconds) {
  EXPECT_EQ(
      csv_rows("SELECT '2024-03-01 12:00:00.123456789'::TIMESTAMP_NS, '2024-03-01'::TIMESTAMP, '2024-03-01'::DATE, "
               "'12:00:00'::TIME"),
      "2024-03-01T12:00:00.123456789Z,2024-03-01T00:00:00.000000000Z,2024-03-01,12:00:00.000000000\r\n");
}

TEST(CsvResult, WritesNumbersAndNestedValues) {
  EXPECT_EQ(csv_rows("SELECT 0.1::DOUBLE, 'nan'::DOUBLE, 1.50::DECIMAL(5,2), true, [1, 2], {'a': 'x'}, 'a\"b'"),
            "0.1,NaN,1.50,true,\"[1,2]\",\"{\"\"a\"\":\"\"x\"\"}\",\"a\"\"b\"\r\n");
}

}  // namespace
}  // namespace streamflow::query
