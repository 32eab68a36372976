#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "server/testing/gateway_fixture.h"

namespace streamflow::server::testing {
namespace {

using nlohmann::json;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kJson = "Accept: application/json\r\n";

class ChartRoute : public GatewayTest {
 protected:
  static query::ChartResult two_hosts() {
    query::ChartResult chart;
    chart.x = "time";
    chart.split_by = "host";
    chart.range = {std::int64_t{10}, std::int64_t{1'700'000'000'000'000'001}};
    chart.series.push_back({"usage", "a \"b\"", {10, 20}, {}, {{1.5, kNan}}});
    chart.series.push_back({"usage", std::nullopt, {}, {}, {{}}});
    chart.left_out = {"z"};
    chart.left_out_count = 1;
    chart.rows_scanned = 3;
    chart.elapsed_ms = 1.25;
    return chart;
  }
};

TEST_F(ChartRoute, ReadsEveryMember) {
  const Answer answer = post("/api/v1/chart?project=plant", R"({"query": "SELECT 1", "params": [1, "b"], "x": "t",
    "y": ["a", "b"], "split_by": "host", "from": "1970-01-01T00:00:01Z", "to": "1700000000000000001", "width": 77,
    "method": "m4", "timeout_ms": 500})");
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(charts_.size(), 1U);
  const query::ChartRequest& chart = charts_[0];
  EXPECT_EQ(chart.project.project, "plant");
  EXPECT_EQ(chart.text, "SELECT 1");
  EXPECT_EQ(chart.parameters.size(), 2U);
  EXPECT_EQ(chart.x, "t");
  EXPECT_EQ(chart.y, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(chart.split_by, "host");
  EXPECT_EQ(chart.from, query::ChartBound(std::int64_t{1'000'000'000}));
  EXPECT_EQ(chart.to, query::ChartBound(std::int64_t{1'700'000'000'000'000'001}));
  EXPECT_EQ(chart.width, 77U);
  EXPECT_EQ(chart.method, query::ChartMethod::kM4);
  EXPECT_EQ(chart.limits.timeout, std::chrono::milliseconds(500));
}

TEST_F(ChartRoute, AnswersFramesUnlessJsonIsPreferred) {
  chart_->result = two_hosts();
  const Answer frames = post("/api/v1/chart", R"({"query": "SELECT 1"})");
  EXPECT_EQ(frames.header("Content-Type"), "application/vnd.streamflow.frames");
  ASSERT_GE(frames.body.size(), 8U);
  EXPECT_EQ(frames.body.substr(0, 4), "SFC1");
  std::uint32_t header_bytes = 0;
  std::memcpy(&header_bytes, frames.body.data() + 4, 4);
  ASSERT_EQ(header_bytes % 8, 0U);
  const json header = json::parse(frames.body.substr(8, header_bytes));
  EXPECT_EQ(header["range"]["to"], "1700000000000000001");
  EXPECT_EQ(header["series"][0]["name"], "a \"b\"");
  EXPECT_EQ(header["series"][1]["tags"]["host"], nullptr);
  const std::string buffers = frames.body.substr(8 + header_bytes);
  ASSERT_EQ(buffers.size(), 32U);
  std::int64_t time = 0;
  std::memcpy(&time, buffers.data() + 8, 8);
  EXPECT_EQ(time, 20);
  EXPECT_EQ(header["series"][0]["columns"][1],
            json::parse(R"({"name":"usage","type":"float64","offset":16,"count":2})"));
  EXPECT_EQ(post("/api/v1/chart", R"({"query": "SELECT 1"})", "Accept: text/html\r\n").status, 406);
}

TEST_F(ChartRoute, AnswersJsonForPeople) {
  chart_->result = two_hosts();
  chart_->result->series[0].values[0].push_back(-kInfinity);
  chart_->result->series[0].times.push_back(30);
  const Answer answer = post("/api/v1/chart", R"({"query": "SELECT 1"})", kJson);
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  const json chart = parsed(answer);
  EXPECT_EQ(chart["series"][0]["columns"][0]["values"][0], "1970-01-01T00:00:00.000000010Z");
  EXPECT_EQ(chart["series"][0]["columns"][1]["values"], json::parse(R"([1.5, null, "-Infinity"])"));
  EXPECT_EQ(chart["left_out"]["count"], 1);
  EXPECT_EQ(chart["rows_scanned"], 3);
}

TEST_F(ChartRoute, NamesCandlesAndNumbers) {
  query::ChartResult candles;
  candles.x = "t";
  candles.method = query::ChartMethod::kCandles;
  candles.series.push_back({"price", std::nullopt, {1}, {}, {{1}, {4}, {0.5}, {2}}});
  chart_->result = candles;
  json chart = parsed(post("/api/v1/chart", R"({"query": "SELECT 1", "method": "ohlc"})", kJson));
  EXPECT_EQ(chart["method"], "ohlc");
  EXPECT_EQ(chart["series"][0]["columns"][2]["name"], "high");
  EXPECT_EQ(chart["series"][0]["columns"][2]["values"][0], 4.0);
  query::ChartResult numbers;
  numbers.x = "speed";
  numbers.x_is_time = false;
  numbers.range = {0.5, std::int64_t{3}};
  numbers.series.push_back({"force", std::nullopt, {}, {0.5, 3}, {{7, 8}}});
  chart_->result = numbers;
  chart = parsed(post("/api/v1/chart", R"({"query": "SELECT 1"})", kJson));
  EXPECT_EQ(chart["range"], json::parse(R"({"from": 0.5, "to": 3.0})"));
  EXPECT_EQ(chart["series"][0]["columns"][0]["values"], json::parse("[0.5, 3.0]"));
}

TEST_F(ChartRoute, NamesTheMemberThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "the body must be a JSON object"},
      {"{", "the body is not JSON"},
      {"{}", "`query` is missing"},
      {R"({"query": 1})", "`query`"},
      {R"({"query": "SELECT 1", "x": ""})", "`x`"},
      {R"({"query": "SELECT 1", "y": "a"})", "`y`"},
      {R"({"query": "SELECT 1", "y": [1]})", "`y`"},
      {R"({"query": "SELECT 1", "width": 0})", "`width`"},
      {R"({"query": "SELECT 1", "width": 10001})", "`width`"},
      {R"({"query": "SELECT 1", "width": 10.5})", "`width`"},
      {R"({"query": "SELECT 1", "method": "best"})", "`method`"},
      {R"({"query": "SELECT 1", "from": "yesterday"})", "`from`"},
      {R"({"query": "SELECT 1", "to": true})", "`to`"},
      {R"({"query": "SELECT 1", "from": 18446744073709551615})", "`from`"},
      {R"({"query": "SELECT 1", "params": {}})", "`params`"},
      {R"({"query": "SELECT 1", "timeout_ms": 0})", "`timeout_ms`"},
      {R"({"query": "SELECT 1", "colour": "red"})", "unknown member \"colour\""},
  };
  for (const auto& [body, says] : cases) {
    SCOPED_TRACE(body);
    const Answer answer = post("/api/v1/chart", body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(parsed(answer)["detail"].get<std::string>().find(says), std::string::npos) << answer.body;
  }
  EXPECT_TRUE(charts_.empty());
}

TEST_F(ChartRoute, TellsErrorsOfPlanningAndOfRunning) {
  chart_->result = Error{ErrorCode::kTimeout, "stopped after its timeout"};
  EXPECT_EQ(post("/api/v1/chart", R"({"query": "SELECT 1"})").status, 504);
  query_error_ = Error{ErrorCode::kForbidden, "statement not allowed: DROP"};
  EXPECT_EQ(post("/api/v1/chart", R"({"query": "DROP TABLE t"})").status, 403);
}

}  // namespace
}  // namespace streamflow::server::testing
