#include "query/chart/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

constexpr std::int64_t kStart = 1'704'067'200'000'000'001;
constexpr std::int64_t kSecond = 1'000'000'000;

class Chart : public ::testing::Test {
 protected:
  void SetUp() override { fill_cpu(*harness_.project); }

  Result<ChartResult> draw(ChartRequest request) const {
    SF_TRY(run, harness_.service->chart(std::move(request)));
    return run->run();
  }
  ChartResult drawn(ChartRequest request) const {
    auto result = draw(std::move(request));
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result.has_value() ? *result : ChartResult{};
  }
  Error error(ChartRequest request) const {
    auto result = draw(std::move(request));
    EXPECT_FALSE(result.has_value());
    return result.has_value() ? Error{} : result.error();
  }
  static ChartRequest asking(std::string text) {
    ChartRequest request;
    request.text = std::move(text);
    return request;
  }
  static std::string text_of(const ChartSeries& series) {
    std::string text;
    for (std::size_t i = 0; i < series.values[0].size(); ++i) {
      text += series.times.empty() ? std::to_string(series.numbers[i])
                                   : std::to_string((series.times[i] - kStart) / kSecond);
      text += "=" + std::to_string(series.values[0][i]).substr(0, 4) + " ";
    }
    return text;
  }

  // `count` rows a second apart in several tasks, series a and b in turn; every 1000th value is NULL.
  void fill_waves(std::size_t count) {
    constexpr std::size_t kTaskRows = 5'000;
    for (std::size_t begin = 0; begin < count; begin += kTaskRows) {
      FakeRows rows("waves", {"host"}, {{"value", FieldType::kFloat64}, {"whole", FieldType::kInt64}});
      for (std::size_t i = begin; i < std::min(count, begin + kTaskRows); ++i) {
        const auto value = std::sin(static_cast<double>(i) / 500) + static_cast<double>(i * 7919 % 101) / 200;
        rows.add({i % 2 == 0 ? "a" : "b"}, kStart + static_cast<std::int64_t>(i) * kSecond,
                 {i % 1000 == 999 ? FakeValue() : FakeValue(value), static_cast<std::int64_t>(i)});
      }
      harness_.project->append(rows.batch());
    }
  }

  QueryHarness harness_;
};

TEST_F(Chart, PassesFewRowsUnchanged) {
  const ChartResult chart = drawn(asking("SELECT time, usage, count FROM cpu"));
  EXPECT_EQ(chart.method, ChartMethod::kNone);
  EXPECT_EQ(chart.x, "time");
  EXPECT_EQ(chart.rows_scanned, 6U);
  ASSERT_EQ(chart.series.size(), 2U);
  EXPECT_EQ(text_of(chart.series[0]), "0=0.50 1=1.50 2=2.50 3=nan 4=4.50 5=5.50 ");
  EXPECT_EQ(text_of(chart.series[1]), "0=1.00 1=-2.0 2=3.00 3=4.00 4=nan 5=6.00 ");
  ASSERT_TRUE(chart.range.has_value());
  EXPECT_EQ(std::get<std::int64_t>(chart.range->first), kStart);
  EXPECT_EQ(std::get<std::int64_t>(chart.range->second), kStart + 5 * kSecond + 1);
}

TEST_F(Chart, SplitsByAColumn) {
  ChartRequest request = asking("SELECT * FROM cpu");
  request.split_by = "region";
  request.y = {"usage"};
  const ChartResult chart = drawn(request);
  ASSERT_EQ(chart.series.size(), 3U);  // NULL, eu, us
  EXPECT_EQ(chart.series[0].part, std::nullopt);
  EXPECT_EQ(text_of(chart.series[0]), "4=4.50 5=5.50 ");
  EXPECT_EQ(chart.series[1].part, "eu");
  EXPECT_EQ(text_of(chart.series[1]), "0=0.50 1=1.50 ");
  EXPECT_EQ(chart.series[2].part, "us");
  EXPECT_EQ(text_of(chart.series[2]), "2=2.50 3=nan ");
}

TEST_F(Chart, PushesTheRangeIntoTheScan) {
  for (const char* text : {"SELECT time, usage FROM cpu", "SELECT * FROM cpu ORDER BY usage",
                           "SELECT time AS t, usage * 2 AS twice FROM (SELECT * FROM cpu) WHERE usage > 0"}) {
    SCOPED_TRACE(text);
    ChartRequest request = asking(text);
    request.from = kStart + kSecond;
    request.to = kStart + 3 * kSecond;
    const ChartResult chart = drawn(request);
    EXPECT_EQ(chart.rows_scanned, 2U);
    EXPECT_EQ(to_ns(harness_.project->last_request().range.begin), kStart + kSecond);
    EXPECT_EQ(to_ns(harness_.project->last_request().range.end), kStart + 3 * kSecond);
  }
}

TEST_F(Chart, ReadsDerivedRowsOnceAndPlainScansTwice) {
  const auto scans = [this](const std::string& text) {
    const auto before = harness_.project->scan_count();
    drawn(asking(text));
    return harness_.project->scan_count() - before;
  };
  const auto derived = scans("SELECT time_bucket(INTERVAL 1 second, time) AS t, avg(usage) AS u FROM cpu GROUP BY t");
  const auto plain = scans("SELECT time, usage FROM cpu");
  EXPECT_GT(plain, derived);
}

// Every method over many rows, against what SQL says of the same buckets.
TEST_F(Chart, CondensesManyRows) {
  fill_waves(40'000);
  ChartRequest request = asking("SELECT time, value FROM waves");
  request.width = 100;
  for (const auto method : {ChartMethod::kMinMax, ChartMethod::kM4, ChartMethod::kLargestTriangles}) {
    request.method = method;
    const ChartResult chart = drawn(request);
    EXPECT_EQ(chart.method, method);
    EXPECT_EQ(chart.rows_scanned, 40'000U);
    ASSERT_EQ(chart.series.size(), 1U);
    const auto& series = chart.series[0];
    EXPECT_LE(series.times.size(), method == ChartMethod::kM4 ? 501U : 301U);
    EXPECT_GE(series.times.size(), 100U);
    EXPECT_TRUE(std::is_sorted(series.times.begin(), series.times.end()));
    if (method == ChartMethod::kLargestTriangles) continue;
    std::vector<double> values = series.values[0];
    std::erase_if(values, [](double value) { return std::isnan(value); });
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    EXPECT_EQ(std::to_string(*low) + "," + std::to_string(*high),
              harness_.rows("SELECT printf('%.6f', min(value)), printf('%.6f', max(value)) FROM waves"));
  }
}

TEST_F(Chart, DrawsTheSameWithOneThreadAndWithMany) {
  fill_waves(40'000);
  ChartRequest request = asking("SELECT time, host, value, whole FROM waves");
  request.split_by = "host";
  request.method = ChartMethod::kM4;
  request.width = 77;
  const ChartResult two = drawn(request);
  QueryHarness other({.threads = 1});
  other.project = harness_.project;
  auto run = other.service->chart(request);
  ASSERT_TRUE(run.has_value());
  const auto one = (*run)->run();
  ASSERT_TRUE(one.has_value());
  ASSERT_EQ(two.series.size(), 4U);
  ASSERT_EQ(one->series.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(text_of(one->series[i]), text_of(two.series[i]));
    EXPECT_EQ(one->series[i].part, i < 2 ? "a" : "b");
  }
}

TEST_F(Chart, MakesCandlesOfRoundIntervals) {
  fill_waves(40'000);
  ChartRequest request = asking("SELECT time, whole FROM waves");
  request.method = ChartMethod::kCandles;
  request.width = 20;  // 2,000 s at least: 2 hours
  const ChartResult chart = drawn(request);
  ASSERT_EQ(chart.series.size(), 1U);
  const auto& series = chart.series[0];
  ASSERT_EQ(series.values.size(), 4U);
  ASSERT_EQ(series.times.size(), 12U);
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    EXPECT_EQ(series.times[i] % (3600 * kSecond), 0);
    EXPECT_EQ(series.values[0][i], series.values[2][i]);  // it rises: opens low, closes high
    EXPECT_EQ(series.values[3][i], series.values[1][i]);
  }
}

TEST_F(Chart, LeavesOutTheLastOfTooManySeries) {
  FakeRows rows("many", {"host"}, {{"value", FieldType::kFloat64}});
  for (int i = 0; i < 300; ++i) rows.add({"host_" + std::to_string(1000 + i)}, kStart + i, {1.0});
  harness_.project->append(rows.batch());
  ChartRequest request = asking("SELECT * FROM many");
  request.split_by = "host";
  const ChartResult chart = drawn(request);
  ASSERT_EQ(chart.series.size(), kChartSeriesMax);
  EXPECT_EQ(chart.series.back().part, "host_1199");
  EXPECT_EQ(chart.left_out_count, 100U);
  ASSERT_FALSE(chart.left_out.empty());
  EXPECT_EQ(chart.left_out.front(), "host_1200");
  request.width = kChartWidthMax;  // 104 series of 10,000 pixels are all the memory there is
  EXPECT_EQ(drawn(request).series.size(), kChartBucketsMax / kChartWidthMax);
}

TEST_F(Chart, DrawsOverANumber) {
  ChartRequest request = asking("SELECT usage, count FROM cpu");
  request.x = "usage";
  const ChartResult chart = drawn(request);
  EXPECT_FALSE(chart.x_is_time);
  ASSERT_EQ(chart.series.size(), 1U);
  EXPECT_EQ(text_of(chart.series[0]),
            "0.500000=1.00 1.500000=-2.0 2.500000=3.00 4.500000=nan 5.500000=6.00 ");  // NULL usage is nowhere
  request.from = 1.0;
  request.to = std::int64_t{3};
  EXPECT_EQ(drawn(request).rows_scanned, 2U);
}

TEST_F(Chart, DrawsOverOtherTimes) {
  for (const char* text : {"SELECT time::TIMESTAMP AS t, usage FROM cpu",
                           "SELECT time::TIMESTAMPTZ AS t, usage FROM cpu", "SELECT time::DATE AS t, usage FROM cpu"}) {
    SCOPED_TRACE(text);
    const ChartResult chart = drawn(asking(text));
    EXPECT_EQ(chart.rows_scanned, 6U);
    EXPECT_TRUE(chart.x_is_time);
    EXPECT_EQ(chart.series.at(0).times.at(0) / kSecond, kStart / kSecond);
  }
}

TEST_F(Chart, TakesParametersAndZones) {
  ChartRequest request = asking("SELECT time, usage FROM cpu WHERE host = ? AND time < now()::TIMESTAMPTZ");
  request.parameters = {std::string("a")};
  EXPECT_EQ(drawn(request).rows_scanned, 2U);
}

TEST_F(Chart, AnswersNothingForNothing) {
  const ChartResult chart = drawn(asking("SELECT time, usage FROM cpu WHERE host = 'nobody'"));
  EXPECT_TRUE(chart.series.empty());
  EXPECT_FALSE(chart.range.has_value());
  ChartRequest request = asking("SELECT time, usage FROM cpu");
  request.from = std::int64_t{0};
  request.to = std::int64_t{10};
  EXPECT_TRUE(drawn(request).series.empty());
  EXPECT_TRUE(drawn(request).range.has_value());
}

TEST_F(Chart, NamesWhatIsWrong) {
  const auto with = [](const char* text, auto change) {
    ChartRequest request = asking(text);
    change(request);
    return request;
  };
  const auto nothing = [](ChartRequest&) {};
  const struct {
    ChartRequest request;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {with("SELECT usage FROM cpu", nothing), ErrorCode::kInvalidArgument, "`x`: the statement has no time column"},
      {with("SELECT time, host FROM cpu", nothing), ErrorCode::kInvalidArgument, "`y`: the statement has no numeric"},
      {with("SELECT * FROM cpu", [](auto& r) { r.x = "nope"; }), ErrorCode::kInvalidArgument,
       "`x`: the statement has no column \"nope\""},
      {with("SELECT * FROM cpu", [](auto& r) { r.x = "host"; }), ErrorCode::kInvalidArgument,
       "`x`: \"host\" is VARCHAR"},
      {with("SELECT * FROM cpu", [](auto& r) { r.y = {"note"}; }), ErrorCode::kInvalidArgument,
       "`y`: \"note\" is VARCHAR"},
      {with("SELECT * FROM cpu", [](auto& r) { r.split_by = "nope"; }), ErrorCode::kInvalidArgument, "`split_by`: "},
      {with("SELECT * FROM cpu", [](auto& r) { r.width = 0; }), ErrorCode::kInvalidArgument,
       "`width`: wanted 1 to 10000"},
      {with("SELECT * FROM cpu", [](auto& r) { r.from = 1.5; }), ErrorCode::kInvalidArgument, "`from`: x is a time"},
      {with("SELECT * FROM cpu",
            [](auto& r) {
              r.from = std::int64_t{2};
              r.to = std::int64_t{2};
            }),
       ErrorCode::kInvalidArgument, "the range is empty"},
      {with("SELECT usage, count FROM cpu",
            [](auto& r) {
              r.x = "usage";
              r.method = ChartMethod::kCandles;
            }),
       ErrorCode::kInvalidArgument, "`method`: ohlc"},
      {with("SELECT 1 +", nothing), ErrorCode::kInvalidArgument, "syntax error"},
      {with("EXPLAIN SELECT * FROM cpu", nothing), ErrorCode::kInvalidArgument, "`x`"},
      {with("DROP TABLE cpu", nothing), ErrorCode::kForbidden, "not allowed"},
      {with("SELECT time, usage FROM nope", nothing), ErrorCode::kInvalidArgument, "nope"},
  };
  for (const auto& [request, code, says] : cases) {
    SCOPED_TRACE(says);
    const Error got = error(request);
    EXPECT_EQ(got.code, code) << got.message;
    EXPECT_NE(got.message.find(says), std::string::npos) << got.message;
  }
}

TEST_F(Chart, KeepsItsFunctionToItself) {
  EXPECT_EQ(harness_.error("SELECT __streamflow_chart(time, NULL, usage) FROM cpu").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      error(asking("SELECT time, usage, (SELECT __streamflow_chart(time, host, usage) FROM cpu) AS b FROM cpu")).code,
      ErrorCode::kInvalidArgument);
}

TEST_F(Chart, StopsAtItsTimeoutAndWhenCancelled) {
  const char* endless =
      "SELECT make_timestamp_ns(a.i * b.i) AS t, a.i AS v FROM range(1000000) a(i), range(1000000) b(i)";
  ChartRequest request = asking(endless);
  request.limits.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(error(request).code, ErrorCode::kTimeout);
  EXPECT_EQ(harness_.service->statistics().timed_out, 1U);

  auto run = harness_.service->chart(asking(endless));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  std::jthread canceller([&] { (*run)->cancel(); });
  EXPECT_EQ((*run)->run().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(harness_.service->statistics().failed, 2U);
}

TEST_F(Chart, PassesOnWhatStorageSays) {
  harness_.project->set_failure("cpu", Error{ErrorCode::kCorrupt, "block 7 fails its checksum"}, 1);
  const Error got = error(asking("SELECT time, usage FROM cpu"));
  EXPECT_EQ(got.code, ErrorCode::kCorrupt);
  EXPECT_EQ(got.message, "block 7 fails its checksum");
}

TEST_F(Chart, DrawsEveryRowOnlyOfSmallResults) {
  ChartRequest request = asking("SELECT make_timestamp_ns(i) AS t, i AS v FROM range(100001) s(i)");
  request.method = ChartMethod::kNone;
  const Error got = error(request);
  EXPECT_EQ(got.code, ErrorCode::kTooLarge);
  EXPECT_NE(got.message.find("more than 100000 rows"), std::string::npos);
  request = asking("SELECT make_timestamp_ns(i) AS t, i % 10 AS s, i AS v FROM range(500001) s(i)");
  request.method = ChartMethod::kNone;
  request.split_by = "s";
  EXPECT_NE(error(request).message.find("500001 rows"), std::string::npos);
}

}  // namespace
}  // namespace streamflow::query
