#include "analytics/forecast/adaptive_conformal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace streamflow::analytics {
namespace {

TEST(AdaptiveConformal, KeepsItsCoverageWhileErrorsGrow) {
  for (const double level : {80.0, 95.0}) {
    auto intervals = *AdaptiveConformal::make({.level = level, .gamma = 0.02, .window = 200});
    std::mt19937_64 random(19);
    std::normal_distribution<double> normal;
    double inside = 0;
    constexpr int kSteps = 6000;
    for (int t = 0; t < kSteps; ++t) {
      const double spread = 1 + t * 0.005;  // thirty times as wide at the end
      inside += *intervals.observe(spread * normal(random)) ? 1 : 0;
    }
    EXPECT_NEAR(100 * inside / kSteps, level, 1.5) << "seed 19";
  }
}

TEST(AdaptiveConformal, IsTheQuantileOfItsWindow) {
  auto intervals = *AdaptiveConformal::make({.level = 80, .gamma = 0, .window = 4});
  EXPECT_TRUE(std::isinf(intervals.half_width()));
  for (const double error : {100.0, -1.0, 2.0, -3.0, 4.0}) { ASSERT_TRUE(intervals.observe(error).has_value()); }
  EXPECT_EQ(intervals.half_width(), 4);  // of 1, 2, 3, 4: the fourth; 100 has left
  EXPECT_FALSE(*intervals.observe(5));
  EXPECT_TRUE(*intervals.observe(0));
}

TEST(AdaptiveConformal, MovesItsAimAfterEachOutcome) {
  auto intervals = *AdaptiveConformal::make({.level = 90, .gamma = 0.05, .window = 100});
  EXPECT_TRUE(*intervals.observe(1));  // nothing was claimed yet: an infinite interval
  EXPECT_NEAR(intervals.miss_rate_aimed_at(), 0.1 + 0.05 * 0.1, 1e-12);
}

TEST(AdaptiveConformal, RefusesBadOptionsAndErrors) {
  EXPECT_FALSE(AdaptiveConformal::make({.level = 0}).has_value());
  EXPECT_FALSE(AdaptiveConformal::make({.level = 100}).has_value());
  EXPECT_FALSE(AdaptiveConformal::make({.level = 90, .gamma = 2}).has_value());
  EXPECT_FALSE(AdaptiveConformal::make({.level = 90, .gamma = std::nan("")}).has_value());
  EXPECT_FALSE(AdaptiveConformal::make({.level = 90, .gamma = 0.1, .window = 0}).has_value());
  auto intervals = *AdaptiveConformal::make({});
  EXPECT_FALSE(intervals.observe(std::nan("")).has_value());
  EXPECT_FALSE(intervals.observe(std::numeric_limits<double>::infinity()).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
