#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "analytics/decompose/box_cox.h"
#include "analytics/decompose/classical.h"
#include "analytics/decompose/difference.h"
#include "analytics/decompose/missing.h"
#include "analytics/decompose/mstl.h"
#include "analytics/decompose/period.h"
#include "analytics/decompose/stl.h"
#include "analytics/statistics/golden_values.h"

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const GoldenValues& golden() {
  static const GoldenValues kValues("decompose.txt");
  return kValues;
}
const GoldenValues& golden_r() {
  static const GoldenValues kValues("decompose_r.txt");
  return kValues;
}

void expect_parts(const Decomposition& got, const GoldenValues& want, const std::string& name) {
  SCOPED_TRACE(name);
  EXPECT_LT(farthest(got.trend, want[name + ".trend"]), 1e-8);
  EXPECT_LT(farthest(got.season, want[name + ".season"]), 1e-8);
  EXPECT_LT(farthest(got.weights, want[name + ".weights"]), 1e-8);
}

// A season of the given period, amplitude 1, and noise.
Series seasonal(std::size_t n, std::vector<std::size_t> periods, double noise, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, noise);
  Series out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = 20 + normal(random);
    for (const std::size_t period : periods) {
      out[i] += std::sin(2 * std::numbers::pi * static_cast<double>(i % period) / static_cast<double>(period)) +
                (i % period == 1 ? 0.7 : 0);
    }
  }
  return out;
}

TEST(Stl, AgreesWithStatsmodels) {
  const Series& monthly = golden()["monthly"];
  expect_parts(*stl(monthly, stl_exact(12)), golden(), "plain");
  expect_parts(*stl(monthly, stl_exact(12, Robustness::kRobust)), golden(), "robust");
  StlOptions wide = stl_exact(12);
  wide.season_window = 35;
  wide.trend_window = 31;
  wide.low_pass_window = 15;
  wide.season_degree = wide.trend_degree = 0;
  expect_parts(*stl(monthly, wide), golden(), "wide");
  StlOptions jumping = stl_exact(12, Robustness::kRobust);
  jumping.season_jump = 2;
  jumping.trend_jump = 5;
  jumping.low_pass_jump = 3;
  expect_parts(*stl(monthly, jumping), golden(), "jumping");
  const Series& nested = golden()["nested"];
  expect_parts(*stl(SeriesView(nested).first(40), stl_exact(7, Robustness::kRobust)), golden(), "seven");
}

TEST(Stl, AgreesWithR) {
  const Series& monthly = golden()["monthly"];
  expect_parts(*stl(monthly, stl_with_jumps(12, 7)), golden_r(), "r.plain");
  expect_parts(*stl(monthly, stl_with_jumps(12, 13)), golden_r(), "r.window13");
  const SeriesView odd = SeriesView(monthly).first(149);  // make_decompose.R says why
  expect_parts(*stl(odd, stl_with_jumps(12, 7, Robustness::kRobust)), golden_r(), "r.robust");
  expect_parts(*stl(monthly, stl_with_jumps(12, 0)), golden_r(), "r.periodic");
  expect_parts(*stl(odd, stl_with_jumps(12, 0, Robustness::kRobust)), golden_r(), "r.periodic.robust");
}

TEST(Stl, PartsAddUpToTheSeriesAndFollowItsScale) {
  const Series& monthly = golden()["monthly"];
  const Decomposition parts = *stl(monthly, stl_exact(12, Robustness::kRobust));
  Series moved = monthly;
  for (double& value : moved) { value = 1000 - 50 * value; }
  const Decomposition other = *stl(moved, stl_exact(12, Robustness::kRobust));
  for (std::size_t i = 0; i < monthly.size(); ++i) {
    EXPECT_NEAR(parts.trend[i] + parts.season[i] + parts.remainder[i], monthly[i], 1e-10);
    EXPECT_NEAR(other.season[i], -50 * parts.season[i], 1e-7);
    EXPECT_NEAR(other.trend[i], 1000 - 50 * parts.trend[i], 1e-7);
  }
}

TEST(Stl, RefusesWhatItCannotDecompose) {
  const Series good = seasonal(48, {12}, 0.1, 1);
  Series gap = good;
  gap[7] = kNaN;
  Series infinite = good;
  infinite[7] = kInfinity;
  StlOptions even = stl_exact(12);
  even.season_window = 8;
  for (const auto& result : {stl({}, stl_exact(12)), stl(SeriesView(good).first(23), stl_exact(12)),
                             stl(good, stl_exact(1)), stl(gap, stl_exact(12)), stl(infinite, stl_exact(12)),
                             stl(Series(48, 1e308), stl_exact(12)), stl(good, even)}) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_NE(stl(gap, stl_exact(12)).error().message.find("value 7"), std::string::npos);
}

TEST(Stl, ConstantSeriesHaveNoSeason) {
  for (const double level : {0.0, 5.0}) {
    const Decomposition parts = *stl(Series(40, level), stl_exact(4, Robustness::kRobust));
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_NEAR(parts.trend[i], level, 1e-12);
      EXPECT_NEAR(parts.season[i], 0, 1e-12);
    }
  }
}

TEST(Mstl, AgreesWithStatsmodels) {
  MstlOptions options;
  options.periods = {30, 7};  // any order
  const auto parts = mstl(golden()["nested"], options);
  ASSERT_TRUE(parts.has_value()) << parts.error().message;
  EXPECT_LT(farthest(parts->trend, golden()["mstl.trend"]), 1e-8);
  EXPECT_LT(farthest(parts->seasons[0], golden()["mstl.season.7"]), 1e-8);
  EXPECT_LT(farthest(parts->seasons[1], golden()["mstl.season.30"]), 1e-8);
}

TEST(Mstl, RefusesRepeatedAndTooLongPeriods) {
  MstlOptions options;
  EXPECT_FALSE(mstl(golden()["nested"], options).has_value());
  options.periods = {7, 7};
  EXPECT_FALSE(mstl(golden()["nested"], options).has_value());
  options.periods = {7, 80};
  EXPECT_FALSE(mstl(golden()["nested"], options).has_value());
  options.periods = {7};
  options.season_windows = {7, 9};
  EXPECT_FALSE(mstl(golden()["nested"], options).has_value());
}

TEST(Classical, AgreesWithStatsmodels) {
  for (const auto& [kind, label] :
       {std::pair{SeasonKind::kAdditive, "additive."}, {SeasonKind::kMultiplicative, "multiplicative."}}) {
    for (const std::size_t period : {12U, 7U}) {
      const std::string name = label + std::to_string(period);
      SCOPED_TRACE(name);
      const Decomposition got = *classical_decomposition(golden()["positive"], period, kind);
      EXPECT_LT(farthest(got.season, golden()[name + ".season"]), 1e-8);
      const Series& trend = golden()[name + ".trend"];  // missing at the ends
      ASSERT_EQ(got.trend.size(), trend.size());
      for (std::size_t i = 0; i < trend.size(); ++i) {
        EXPECT_TRUE(std::isfinite(got.trend[i]));
        if (!std::isnan(trend[i])) { EXPECT_NEAR(got.trend[i], trend[i], 1e-8 * trend[i]); }
      }
    }
  }
  EXPECT_FALSE(classical_decomposition(Series(24, 0.0), 12, SeasonKind::kMultiplicative).has_value());
  EXPECT_FALSE(classical_decomposition(Series(23, 1.0), 12, SeasonKind::kAdditive).has_value());
}

TEST(Strength, IsHighForASeasonAndLowForNoise) {
  EXPECT_GT(strength_of(*stl(seasonal(120, {12}, 0.05, 3), stl_exact(12))).season, 0.95);
  EXPECT_LT(strength_of(*stl(seasonal(360, {}, 1, 3), stl_with_jumps(12, 0))).season, 0.3);
}

TEST(BoxCox, ChoosesGuerrerosExponentAsR) {
  EXPECT_NEAR(*guerrero_exponent(golden()["monthly"], 12), golden_r()["guerrero.monthly"][0], 1e-3);
  EXPECT_NEAR(*guerrero_exponent(golden()["positive"], 12), golden_r()["guerrero.positive"][0], 1e-3);
  EXPECT_NEAR(*guerrero_exponent(golden()["positive"], 1), golden_r()["guerrero.plain"][0], 1e-3);
  EXPECT_EQ(*guerrero_exponent(Series(20, 3.0), 4), 1);
  EXPECT_FALSE(guerrero_exponent(Series(7, 3.0), 4).has_value());
}

TEST(BoxCox, InverseUndoesTheTransform) {
  const Series values{1e-3, 0.5, 1, 7, 1e4};
  for (const double exponent : {-1.0, -0.3, 0.0, 1e-12, 0.5, 1.0, 2.0}) {
    SCOPED_TRACE(exponent);
    const Series back = box_cox_inverse(*box_cox(values, exponent), exponent);
    for (std::size_t i = 0; i < values.size(); ++i) { EXPECT_NEAR(back[i] / values[i], 1, 1e-9); }
  }
  EXPECT_EQ(box_cox_inverse(Series{-3}, 0.5)[0], 0);
  EXPECT_TRUE(std::isfinite(box_cox_inverse(Series{3}, -0.5)[0]));
  EXPECT_TRUE(std::isfinite(box_cox_inverse(Series{1e5}, 0)[0]));
  for (const double bad : {0.0, -1.0, kNaN, kInfinity}) { EXPECT_FALSE(box_cox(Series{1, bad}, 1).has_value()); }
}

TEST(Difference, IntegratesBackAtEveryLagAndOrder) {
  const Series series = seasonal(60, {7}, 1, 9);
  for (const std::size_t lag : {1U, 7U}) {
    for (const std::size_t order : {1U, 2U, 3U}) {
      const Series differences = *difference(series, {lag, order});
      ASSERT_EQ(differences.size(), series.size() - lag * order);
      const SeriesView history = SeriesView(series).first(40);
      const Series back = *integrate(SeriesView(differences).subspan(40 - lag * order), history, {lag, order});
      ASSERT_EQ(back.size(), 20U);
      for (std::size_t i = 0; i < back.size(); ++i) { EXPECT_NEAR(back[i], series[40 + i], 1e-9); }
    }
  }
  EXPECT_FALSE(difference(series, {30, 2}).has_value());
  EXPECT_FALSE(difference(series, {0, 1}).has_value());
  EXPECT_FALSE(difference({}, {1, 1}).has_value());
}

TEST(Missing, FillsAlongLineAndSeason) {
  EXPECT_EQ(fill_missing(Series{kNaN, 1, kNaN, kNaN, 4, kNaN})->values, (Series{1, 1, 2, 3, 4, 4}));
  const Series whole = seasonal(96, {12}, 0.01, 2);
  Series gaps = whole;
  for (std::size_t i = 40; i < 50; ++i) { gaps[i] = kNaN; }
  const FilledSeries filled = *fill_missing(gaps, 12);
  EXPECT_EQ(filled.filled, 10U);
  for (std::size_t i = 0; i < whole.size(); ++i) { EXPECT_NEAR(filled.values[i], whole[i], i % 50 < 40 ? 1e-9 : 0.35); }
  EXPECT_FALSE(fill_missing(Series{kNaN, kNaN}).has_value());
  EXPECT_FALSE(fill_missing({}).has_value());
  EXPECT_FALSE(fill_missing(Series{1, kInfinity}).has_value());
}

std::vector<std::size_t> periods_of(const Series& series) {
  std::vector<std::size_t> periods;
  const auto detected = detect_periods(series);
  EXPECT_TRUE(detected.has_value());
  periods.reserve(detected->size());
  for (const DetectedPeriod& found : *detected) { periods.push_back(found.period); }
  std::sort(periods.begin(), periods.end());
  return periods;
}

TEST(Period, FindsOneAndSeveral) {
  EXPECT_EQ(periods_of(seasonal(144, {12}, 0.3, 5)), std::vector<std::size_t>{12});
  EXPECT_EQ(periods_of(seasonal(70, {7}, 0.2, 6)), std::vector<std::size_t>{7});
  EXPECT_EQ(periods_of(seasonal(1500, {24, 168}, 0.2, 7)), (std::vector<std::size_t>{24, 168}));
  Series trending = seasonal(120, {12}, 0.3, 8);
  for (std::size_t i = 0; i < trending.size(); ++i) { trending[i] += 1e-3 * static_cast<double>(i * i); }
  EXPECT_EQ(periods_of(trending), std::vector<std::size_t>{12});
}

TEST(Period, FindsNoneInNoiseConstantsAndShortSeries) {
  int found = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) { found += periods_of(seasonal(200, {}, 1, seed)).empty() ? 0 : 1; }
  EXPECT_LE(found, 1) << "false alarms in 50 series of white noise";
  EXPECT_TRUE(periods_of(Series(50, 3.0)).empty());
  EXPECT_TRUE(periods_of({1, 2, 3}).empty());
  EXPECT_TRUE(periods_of({}).empty());
  EXPECT_TRUE(periods_of(Series(50, 1e308)).empty());
  EXPECT_FALSE(detect_periods(Series{1, kNaN, 2, 3, 4, 5, 6, 7}).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
