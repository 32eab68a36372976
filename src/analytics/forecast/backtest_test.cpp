#include "analytics/forecast/backtest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/forecast/naive.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

Series line(std::size_t length) {
  Series out;
  std::mt19937_64 random(2);
  std::normal_distribution<double> normal(0, 1);
  for (std::size_t t = 0; t < length; ++t) { out.push_back(10 + 3 * static_cast<double>(t) + normal(random)); }
  return out;
}

TEST(Backtest, ForecastsEachFoldFromWhatWasKnown) {
  const Series series{1, 2, 4, 8, 16, 32, 64, 128};
  BacktestOptions options;
  options.horizon = 2;
  options.folds = 3;
  const auto result = backtest(*make_naive(), series, 1, options);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  ASSERT_EQ(result->folds.size(), 3U);
  EXPECT_EQ(result->folds[0].origin, 2U);
  EXPECT_EQ(result->folds[2].origin, 6U);
  EXPECT_EQ(result->folds[2].forecast.mean, (Series{32, 32}));
  EXPECT_EQ(result->folds[2].actual, (Series{64, 128}));
  EXPECT_NEAR(result->folds[2].scores.mean_absolute_error, 64, 1e-12);
  EXPECT_NEAR(result->mean.mean_absolute_error, (4 + 16 + 64) / 3.0, 1e-12);
  EXPECT_NEAR(result->error_by_step[0], (2 + 8 + 32) / 3.0, 1e-12);
  EXPECT_NEAR(*result->folds[2].scores.mean_absolute_scaled_error, 64 / (31 / 5.0), 1e-12);
}

TEST(Backtest, SlidesItsWindow) {
  BacktestOptions options;
  options.horizon = 1;
  options.folds = 4;
  options.window = TrainingWindow::kSliding;
  options.training_length = 3;
  const Series series{1, 1, 1, 1, 10, 10, 10, 10, 10};
  const auto result = backtest(*make_historic_mean(), series, 1, options);
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_NEAR(result->folds[3].forecast.mean[0], 10, 1e-12);
  EXPECT_FALSE(result->folds[3].scores.mean_absolute_scaled_error.has_value());  // its training series is constant
  EXPECT_FALSE(result->mean.mean_absolute_scaled_error.has_value());
}

TEST(Backtest, TellsWhichOfTwoModelsIsBetter) {
  const Series series = line(120);
  BacktestOptions options;
  options.horizon = 3;
  options.folds = 20;
  const auto drift = backtest(*make_drift(), series, 1, options);
  const auto mean = backtest(*make_historic_mean(), series, 1, options);
  const auto better = compare_backtests(*drift, *mean);
  ASSERT_TRUE(better.has_value()) << better.error().message;
  EXPECT_LT(better->statistic, 0);
  EXPECT_LT(better->p_value, 0.01);
  options.folds = 5;
  const auto fewer = backtest(*make_drift(), series, 1, options);
  EXPECT_FALSE(compare_backtests(*drift, *fewer).has_value());
  EXPECT_FALSE(compare_backtests({}, {}).has_value());
}

TEST(Backtest, RefusesWhatItCannotDo) {
  BacktestOptions options;
  options.horizon = 0;
  EXPECT_FALSE(backtest(*make_naive(), line(20), 1, options).has_value());
  options.horizon = 20;
  EXPECT_FALSE(backtest(*make_naive(), line(20), 1, options).has_value());
  options.horizon = 5;
  EXPECT_FALSE(backtest(*make_naive(), Series{1, 2, std::nan(""), 4, 5, 6, 7, 8}, 1, options).has_value());
  const auto result = backtest(*make_window_average(18), line(20), 1, options);
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().message.find("fold with"), std::string::npos) << result.error().message;
}

}  // namespace
}  // namespace streamflow::analytics
