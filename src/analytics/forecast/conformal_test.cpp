#include "analytics/forecast/conformal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/forecast/metrics.h"
#include "analytics/forecast/naive.h"

namespace streamflow::analytics {
namespace {

constexpr double kLevels[] = {80, 95};

// Noise around a level: the naive model's widening intervals are far too wide for it.
TEST(Conformal, CoversWhatItPromisesWhereTheModelDoesNot) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(100, 5);
  double own = 0;
  double calibrated = 0;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    Series series(120);
    for (double& value : series) { value = normal(random); }
    const SeriesView view(series);
    const SeriesView test = view.last(12);
    const auto base = make_naive();
    own += *coverage(test, (*base->fit(view.first(108), 1))->predict(12, kLevels)->intervals[0]) / kRounds;
    calibrated +=
        *coverage(test, (*make_conformal(base)->fit(view.first(108), 1))->predict(12, kLevels)->intervals[0]) / kRounds;
  }
  EXPECT_GT(own, 90);
  EXPECT_NEAR(calibrated, 80, 5);
}

TEST(Conformal, KeepsTheMeansAndTheNestingOfLevels) {
  const Series series{3, 5, 2, 8, 6, 9, 7, 12, 10, 9, 14, 11, 13, 17, 12, 15, 16, 18, 14, 19, 20, 18, 21, 22};
  const Forecast own = *(*make_drift()->fit(series, 1))->predict(6, kLevels);
  const Forecast calibrated = *(*make_conformal(make_drift())->fit(series, 1))->predict(6, kLevels);
  EXPECT_EQ(own.mean, calibrated.mean);
  for (std::size_t h = 0; h < 6; ++h) {
    EXPECT_LE(calibrated.intervals[1].lower[h], calibrated.intervals[0].lower[h]);
    EXPECT_GE(calibrated.intervals[1].upper[h], calibrated.intervals[0].upper[h]);
  }
}

TEST(Conformal, LeavesShortSeriesTheirOwnIntervals) {
  const Series series{3, 5, 2, 8};
  const Forecast own = *(*make_naive()->fit(series, 1))->predict(3, kLevels);
  const Forecast calibrated = *(*make_conformal(make_naive())->fit(series, 1))->predict(3, kLevels);
  EXPECT_EQ(own.intervals[0].lower, calibrated.intervals[0].lower);
  EXPECT_FALSE(make_conformal(make_naive())->fit({}, 1).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
