#include "analytics/forecast/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

const Series kActual{10, 12, 8, 0};
const Series kForecast{11, 10, 8, 0};

TEST(Metrics, ScoreByHand) {
  EXPECT_NEAR(*mean_absolute_error(kActual, kForecast), 0.75, 1e-12);
  EXPECT_NEAR(*root_mean_squared_error(kActual, kForecast), std::sqrt(1.25), 1e-12);
  EXPECT_NEAR(*symmetric_percentage_error(kActual, kForecast), (200.0 / 21 + 400.0 / 22) / 4, 1e-12);
  const Series training{1, 3, 2, 6};
  EXPECT_NEAR(*absolute_scale(training, 1), 7.0 / 3, 1e-12);
  EXPECT_NEAR(*absolute_scale(training, 2), 2, 1e-12);
  EXPECT_NEAR(*squared_scale(training, 1), 7, 1e-12);
  EXPECT_NEAR(*mean_absolute_scaled_error(kActual, kForecast, 1.5), 0.5, 1e-12);
  EXPECT_NEAR(*root_mean_squared_scaled_error(kActual, kForecast, 1.25), 1, 1e-12);
  EXPECT_NEAR(overall_weighted_average(5, 1, 10, 2), 0.5, 1e-12);
}

TEST(Metrics, ScoreIntervalsByHand) {
  const ForecastInterval interval{80, {9, 9, 9, -1}, {12, 11, 10, 1}};
  EXPECT_NEAR(*coverage(kActual, interval), 50, 1e-12);
  // Widths 3 + 2 + 1 + 2, misses of 1 and 1, penalty 10.
  EXPECT_NEAR(*mean_scaled_interval_score(kActual, interval, 2), (8 + 20) / 4.0 / 2, 1e-12);
  EXPECT_NEAR(*pinball_loss(Series{10, 10}, Series{8, 13}, 0.9), (0.9 * 2 + 0.1 * 3) / 2, 1e-12);
  EXPECT_NEAR(*continuous_ranked_probability_score(kActual, {kForecast, {}}), 0.75, 1e-12);
}

TEST(Metrics, DieboldMarianoPrefersSmallerErrors) {
  const Series good{0.1, -0.2, 0.3, 0.1, -0.1, 0.2, -0.3, 0.1, 0.2, -0.1};
  const Series bad{1.1, -1.3, 0.9, 1.2, -1.0, 1.4, -0.8, 1.1, 1.2, -1.3};
  const auto better = *diebold_mariano(good, bad, 1);
  EXPECT_LT(better.statistic, 0);
  EXPECT_LT(better.p_value, 0.001);
  EXPECT_NEAR(diebold_mariano(bad, good, 1)->statistic, -better.statistic, 1e-12);
  EXPECT_FALSE(diebold_mariano(good, good, 1).has_value());
  EXPECT_FALSE(diebold_mariano(good, bad, 6).has_value());
}

TEST(Metrics, RefuseWhatCannotBeScored) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(mean_absolute_error({}, {}).has_value());
  EXPECT_FALSE(mean_absolute_error(kActual, Series{1}).has_value());
  EXPECT_FALSE(mean_absolute_error(Series{missing}, Series{1}).has_value());
  EXPECT_FALSE(absolute_scale(Series(5, 3.0), 1).has_value());
  EXPECT_FALSE(absolute_scale(Series{1, 2}, 2).has_value());
  EXPECT_FALSE(mean_absolute_scaled_error(kActual, kForecast, 0).has_value());
  EXPECT_FALSE(pinball_loss(kActual, kForecast, 1).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
