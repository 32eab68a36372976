#include "app/sql/result_table.h"

#include <gtest/gtest.h>

namespace streamflow::app {
namespace {

constexpr const char* kAnswer = R"({"columns":[{"name":"time","type":"TIMESTAMP_NS"},{"name":"host","type":"VARCHAR"},
  {"name":"usage","type":"DOUBLE"}],"rows":[["2023-11-14T22:13:20.000000000Z","a",42.50],
  ["2023-11-14T22:13:20.000000001Z","bb",null]],"row_count":2,"elapsed_ms":1.5})";

TEST(ParseResult, KeepsTheDigitsOfNumbers) {
  auto table = parse_result(R"({"columns":[{"name":"x","type":"DOUBLE"},{"name":"y","type":"HUGEINT"}],
    "rows":[[0.1000000000000000055511151231257827,18446744073709551616],[-5,18446744073709551615]]})");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->rows[0][0], "0.1000000000000000055511151231257827");
  EXPECT_EQ(table->rows[0][1], "18446744073709551616");
  EXPECT_EQ(table->rows[1][0], "-5");
  EXPECT_EQ(table->rows[1][1], "18446744073709551615");
}

TEST(ParseResult, NestedValuesStayJson) {
  auto table = parse_result(R"json({"columns":[{"name":"l","type":"INTEGER[]"},{"name":"s","type":"STRUCT(a INTEGER)"}],
    "rows":[[[1,null,[2,3]],{"a":1,"b":"x\"y"}],[[],{}]],"elapsed_ms":3})json");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->rows[0][0], "[1, null, [2, 3]]");
  EXPECT_EQ(table->rows[0][1], R"({"a": 1, "b": "x\"y"})");
  EXPECT_EQ(table->rows[1][0], "[]");
  EXPECT_EQ(table->rows[1][1], "{}");
}

TEST(ParseResult, RefusesWhatIsNoResult) {
  for (const char* text : {"", "[", "{\"columns\":[\"x\"]}", R"({"columns":[],"rows":[[1]]})",
                           R"({"columns":[{"name":"x"}],"rows":[[1],)"}) {
    SCOPED_TRACE(text);
    auto table = parse_result(text);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(ParseResult, AFailureAfterSomeRowsIsAFailure) {
  const std::string text =
      R"({"columns":[{"name":"a","type":"VARCHAR"}],"rows":[["x,\"error\":{"]],"row_count":1,)"
      R"("error":{"type":"t","title":"It took longer","status":504,"detail":"stopped after 30 s"}})";
  auto table = parse_result(text);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->error, "stopped after 30 s");
  EXPECT_EQ(error_in_tail(text), "stopped after 30 s");
  EXPECT_EQ(error_in_tail(R"(["x,\"error\":{"]],"row_count":1,"elapsed_ms":2})"), std::nullopt);
  EXPECT_EQ(error_in_tail(kAnswer), std::nullopt);
}

TEST(FormatTable, AlignsNumbersRightAndShowsNull) {
  auto table = parse_result(kAnswer);
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->elapsed_ms, 1.5);
  EXPECT_EQ(format_table(*table, {}),
            "time                           host      usage\n"
            "TIMESTAMP_NS                   VARCHAR  DOUBLE\n"
            "─────────────────────────────  ───────  ──────\n"
            "2023-11-14 22:13:20            a         42.50\n"
            "2023-11-14 22:13:20.000000001  bb         NULL\n");
}

TEST(FormatTable, DimsOnlyWithColour) {
  auto table = parse_result(kAnswer);
  ASSERT_TRUE(table);
  const TableStyle style{.terminal = {.interactive = true, .colour = true, .columns = 200}, .types = false};
  EXPECT_NE(format_table(*table, style).find("\033[2m NULL\033[0m"), std::string::npos);
}

TEST(FormatTable, CutsWideColumnsThenDropsThem) {
  ResultTable table;
  table.columns = {{"a", "VARCHAR"}, {"b", "VARCHAR"}};
  table.rows = {{std::string(50, 'x'), std::string(10, 'y')}};
  TableStyle style{.terminal = {.columns = 30}, .types = false};
  std::string text = format_table(table, style);
  EXPECT_NE(text.find("x…"), std::string::npos) << text;
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    EXPECT_LE(display_width(text.substr(at, end - at)), 30U) << text;
  }
  style.terminal.columns = 12;
  text = format_table(table, style);
  EXPECT_NE(text.find("1 more column"), std::string::npos) << text;
}

TEST(FormatTable, NumbersAndTimesAreDroppedRatherThanCut) {
  ResultTable table;
  table.columns = {{"time", "TIMESTAMP_NS"}, {"n", "BIGINT"}, {"s", "VARCHAR"}};
  table.rows = {{"2023-11-14T22:13:20.123456789Z", "12345678901234567890", std::string(40, 'x')}};
  const std::string text = format_table(table, {.terminal = {.columns = 51}, .types = false});
  EXPECT_NE(text.find("2023-11-14 22:13:20.123456789  12345678901234567890\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1 more column"), std::string::npos) << text;
}

TEST(FormatTable, CutsManyRowsFromTheMiddle) {
  ResultTable table;
  table.columns = {{"n", "BIGINT"}};
  for (int i = 0; i < 1000; ++i) table.rows.push_back({std::to_string(i)});
  const std::string text = format_table(table, {.rows_max = 4, .types = false});
  EXPECT_EQ(text, "  n\n───\n  0\n  1\n… 996 rows not shown …\n998\n999\n");
}

TEST(FormatTable, DataCannotSteerTheTerminal) {
  ResultTable table;
  table.columns = {{"a\033[2J", "VARCHAR"}};
  table.rows = {{"x\033]0;title\ay\nz"}};
  const std::string text = format_table(table, {.types = false});
  EXPECT_EQ(text.find('\033'), std::string::npos);
  EXPECT_NE(text.find("\\x1b"), std::string::npos);
}

}  // namespace
}  // namespace streamflow::app
