#include "analytics/forecast/forecast_request.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>

namespace streamflow::analytics {
namespace {

Series monthly(std::size_t length) {
  Series out;
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal(0, 1);
  for (std::size_t t = 0; t < length; ++t) {
    const auto x = static_cast<double>(t);
    out.push_back(100 + 0.3 * x + 15 * std::sin(2 * std::numbers::pi * x / 12) + normal(random));
  }
  return out;
}

std::string message_of(const ForecastRequest& request, SeriesView series) {
  const auto answer = forecast(series, request);
  return answer.has_value() ? "accepted" : answer.error().message;
}

TEST(ForecastRequest, AnswersEveryModelWithFullColumns) {
  const Series series = monthly(72);
  for (const ModelDescription& description : model_catalogue()) {
    SCOPED_TRACE(description.name);
    EXPECT_FALSE(description.text.empty());
    ForecastRequest request;
    request.model = description.name;
    request.horizon = 5;
    request.period = 12;
    const auto answer = forecast(series, request);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
    EXPECT_EQ(answer->step, (std::vector<std::size_t>{1, 2, 3, 4, 5}));
    EXPECT_EQ(answer->mean.size(), 5U);
    ASSERT_EQ(answer->intervals.size(), 2U);
    EXPECT_EQ(answer->intervals[1].upper.size(), 5U);
    EXPECT_EQ(answer->fitted.size(), series.size());
    EXPECT_FALSE(answer->model.empty());
  }
}

TEST(ForecastRequest, ExplainsTheAutomaticChoice) {
  const auto answer = forecast(monthly(72), {});
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->period, 12U);
  EXPECT_GT(answer->leaderboard.size(), 5U);
  EXPECT_NE(answer->explanation.find("best was"), std::string::npos) << answer->explanation;
  EXPECT_NEAR(answer->mean[0], 100 + 0.3 * 72, 4);
}

TEST(ForecastRequest, FillsGapsAndScoresTheHoldout) {
  Series series = monthly(84);
  series[20] = series[21] = series[80] = std::nan("");
  ForecastRequest request;
  request.model = "ETS";
  request.holdout = 12;
  const auto answer = forecast(series, request);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(answer->filled, 3U);
  EXPECT_TRUE(std::isnan(answer->residuals[20]));
  EXPECT_FALSE(std::isnan(answer->fitted[20]));
  ASSERT_TRUE(answer->holdout.has_value());
  EXPECT_LT(answer->holdout->mean_absolute_error, 3);
  EXPECT_LE(answer->holdout->mean_absolute_error, answer->holdout->root_mean_squared_error);
  EXPECT_LT(*answer->holdout->mean_absolute_scaled_error, 1);
  EXPECT_EQ(answer->holdout->coverage.size(), 2U);
}

TEST(ForecastRequest, NamesWhatExistsWhenAskedForWhatDoesNot) {
  ForecastRequest request;
  request.model = "prophecy";
  const std::string unknown = message_of(request, monthly(40));
  EXPECT_NE(unknown.find("no model 'prophecy'"), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("arima"), std::string::npos) << unknown;
  const Status parameter = set_parameter(request, "horizn", "3");
  ASSERT_FALSE(parameter.has_value());
  EXPECT_NE(parameter.error().message.find("there are model, horizon, levels, period, holdout"), std::string::npos);
}

TEST(ForecastRequest, TakesParametersAsText) {
  ForecastRequest request;
  EXPECT_TRUE(set_parameter(request, "method", "Theta").has_value());
  EXPECT_TRUE(set_parameter(request, "horizon", "24").has_value());
  EXPECT_TRUE(set_parameter(request, "levels", "50, 90,99.5").has_value());
  EXPECT_TRUE(set_parameter(request, "period", "7").has_value());
  EXPECT_TRUE(set_parameter(request, "holdout", "3").has_value());
  EXPECT_EQ(request.model, "Theta");
  EXPECT_EQ(request.horizon, 24U);
  EXPECT_EQ(request.levels, (std::vector<double>{50, 90, 99.5}));
  EXPECT_EQ(request.period, 7U);
  EXPECT_EQ(request.holdout, 3U);
  EXPECT_TRUE(set_parameter(request, "period", "auto").has_value());
  EXPECT_FALSE(request.period.has_value());
  const std::pair<const char*, const char*> bad[] = {
      {"horizon", "many"}, {"horizon", "-1"}, {"horizon", ""},   {"levels", "95,"},     {"levels", "101"},
      {"levels", ""},      {"levels", "nan"}, {"period", "1.5"}, {"holdout", "3 days"}, {"model", "none"}};
  for (const auto& [name, value] : bad) {
    EXPECT_FALSE(set_parameter(request, name, value).has_value()) << name << value;
  }
}

TEST(ForecastRequest, RefusesValuesOutOfRange) {
  const Series series = monthly(40);
  ForecastRequest request;
  request.horizon = 0;
  EXPECT_NE(message_of(request, series).find("outside 1 to"), std::string::npos);
  request = {};
  request.levels = {0};
  EXPECT_NE(message_of(request, series).find("not inside (0, 100)"), std::string::npos);
  request.levels.assign(kLevelsMax + 1, 50);
  EXPECT_NE(message_of(request, series).find("at most 10"), std::string::npos);
  request = {};
  request.holdout = 40;
  EXPECT_NE(message_of(request, series).find("leaves nothing"), std::string::npos);
  request = {};
  EXPECT_NE(message_of(request, {}), "accepted");
  EXPECT_NE(message_of(request, Series(10, std::nan(""))), "accepted");
  EXPECT_NE(message_of(request, Series{1, 2, std::numeric_limits<double>::infinity(), 4}), "accepted");
}

}  // namespace
}  // namespace streamflow::analytics
