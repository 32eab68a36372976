// One contract for every detector: streaming equals batch, restarts change nothing, hostile series do no harm.
#include "analytics/anomaly/detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "analytics/anomaly/detectors.h"

namespace streamflow::analytics {
namespace {

using Maker = std::function<Result<std::unique_ptr<Detector>>()>;
struct Kind {
  const char* name;
  Maker make;
};

std::vector<Kind> kinds() {
  return {{"mean", [] { return make_rolling_detector({.rule = RollingRule::kMeanDeviation, .threshold = 5.0}); }},
          {"median", [] { return make_rolling_detector({}); }},
          {"quartiles", [] { return make_rolling_detector({.rule = RollingRule::kQuartileFences}); }},
          {"seasonal", [] { return make_rolling_detector({.window = 30, .period = 24, .threshold = 8.0}); }},
          {"extreme", [] { return make_extreme_value_detector({.calibration = 300}); }},
          {"drifting extreme", [] { return make_extreme_value_detector({.calibration = 300, .drift_window = 20}); }},
          {"forest", [] { return make_random_cut_forest_detector({.trees = 20, .size = 64}); }},
          {"residual", [] { return make_residual_detector({}); }},
          {"seasonal residual", [] { return make_residual_detector({.period = 24}); }},
          {"default", [] { return make_default_detector({}); }}};
}

Series noisy_season(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Series series(length);
  for (std::size_t index = 0; index < length; ++index) {
    series[index] = std::sin(2.0 * M_PI * double(index) / 24.0) + 0.3 * normal(random);
  }
  return series;
}

std::vector<double> plain(const std::vector<Score>& scores) {
  std::vector<double> result;
  for (const Score& score : scores) result.insert(result.end(), {score.score, score.low, score.high, score.expected});
  return result;
}

TEST(Detector, EveryKindFindsALargeJumpAndExplainsIt) {
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.name);
    const auto detector = kind.make();
    ASSERT_TRUE(detector.has_value());
    Series series = noisy_season(1500, 3);
    for (std::size_t index = 1400; index < 1500; ++index) series[index] += 40.0;
    const auto scores = score_history(**detector, series, {});
    ASSERT_EQ(scores->size(), series.size());
    std::size_t alarms_before = 0;
    for (std::size_t index = 0; index < 1400; ++index) alarms_before += (*scores)[index].score > 1.0 ? 1 : 0;
    EXPECT_LE(alarms_before, 28U);  // 2 %
    bool found = false;
    for (std::size_t index = 1400; index < 1410; ++index) {
      const Score& score = (*scores)[index];
      if (score.score <= 1.0) continue;
      found = true;
      EXPECT_TRUE(score.warm);
      EXPECT_FALSE(score.contributions.empty());
      EXPECT_NE(explain(score, series[index]).find("times the alarm level"), std::string::npos);
    }
    EXPECT_TRUE(found);
  }
}

TEST(Detector, RestartsChangeNothing) {
  const Series series = noisy_season(1300, 11);
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.name);
    const auto whole = kind.make();
    const auto wanted = score_history(**whole, series, {});
    auto running = kind.make();
    std::vector<Score> got;
    for (std::size_t index = 0; index < series.size(); ++index) {
      if (index % 217 == 100) {
        const std::string bytes = (*running)->save();
        running = kind.make();
        ASSERT_TRUE((*running)->load(bytes).has_value());
        EXPECT_EQ((*running)->save(), bytes);
      }
      got.push_back(*(*running)->update({&series[index], 1}, {}));
    }
    EXPECT_EQ(plain(got), plain(*wanted));
  }
}

TEST(Detector, RefusesForeignCutAndFlippedState) {
  const Series series = noisy_season(400, 2);
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.name);
    const auto detector = kind.make();
    ASSERT_TRUE(score_history(**detector, series, {}).has_value());
    const std::string bytes = (*detector)->save();
    EXPECT_FALSE((*detector)->load("").has_value());
    for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 50) {
      EXPECT_EQ((*detector)->load(bytes.substr(0, length)).error().code, ErrorCode::kCorrupt);
      std::string flipped = bytes;
      flipped[length] = char(flipped[length] ^ 4);
      EXPECT_FALSE((*detector)->load(flipped).has_value());
    }
    EXPECT_EQ((*detector)->save(), bytes);
    for (const Kind& other : kinds()) {
      if (std::string(other.name) == kind.name) continue;
      const auto foreign = other.make();
      EXPECT_FALSE((*foreign)->load(bytes).has_value()) << other.name;
    }
  }
}

TEST(Detector, HostileSeriesDoNoHarm) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double most = std::numeric_limits<double>::max();
  std::vector<Series> hostile = {{}, {1.0}, {1.0, 2.0}, {1.0, 2.0, 3.0}, Series(900, 0.0), Series(900, 7.5)};
  Series mixed = noisy_season(900, 5);
  for (std::size_t index = 5; index < mixed.size(); index += 17) mixed[index] = index % 2 == 0 ? NAN : infinity;
  hostile.push_back(mixed);
  Series steps(900, 1.0);
  steps[600] = -infinity;
  steps[700] = 2.0;
  hostile.push_back(steps);
  Series tiny = noisy_season(900, 6);
  for (double& value : tiny) value *= 1e-300;
  hostile.push_back(tiny);
  Series huge = noisy_season(900, 7);
  for (double& value : huge) value *= 1e100;
  huge[800] = most / 1e60;
  hostile.push_back(huge);
  for (const Kind& kind : kinds()) {
    for (std::size_t at = 0; at < hostile.size(); ++at) {
      SCOPED_TRACE(std::string(kind.name) + " on series " + std::to_string(at));
      const auto detector = kind.make();
      const auto scores = score_history(**detector, hostile[at], {});
      ASSERT_TRUE(scores.has_value());
      for (std::size_t index = 0; index < scores->size(); ++index) {
        const Score& score = (*scores)[index];
        ASSERT_TRUE(std::isfinite(score.score) && score.score >= 0.0) << index;
        ASSERT_TRUE(std::isfinite(score.low) && std::isfinite(score.high) && std::isfinite(score.expected)) << index;
        if (!std::isfinite(hostile[at][index])) { ASSERT_EQ(score.score, 0.0); }
      }
    }
  }
}

TEST(Detector, MissingValuesTeachNothing) {
  for (const Kind& kind : kinds()) {
    SCOPED_TRACE(kind.name);
    const auto detector = kind.make();
    ASSERT_TRUE(score_history(**detector, noisy_season(500, 9), {}).has_value());
    const std::string before = (*detector)->save();
    const double missing = NAN;
    EXPECT_EQ((*detector)->update({&missing, 1}, {})->score, 0.0);
    EXPECT_EQ((*detector)->save(), before);
  }
}

TEST(Detector, RefusesWrongWidthTimesAndOptions) {
  const auto detector = make_default_detector({});
  const double values[] = {1.0, 2.0};
  EXPECT_FALSE((*detector)->update(values, {}).has_value());
  EXPECT_FALSE(score_history(**detector, values, std::vector<Timestamp>(3)).has_value());
  EXPECT_FALSE(make_default_detector({.memory = 10}).has_value());
  EXPECT_FALSE(make_rolling_detector({.window = 1}).has_value());
  EXPECT_FALSE(make_rolling_detector({.period = 0}).has_value());
  EXPECT_FALSE(make_rolling_detector({.threshold = NAN}).has_value());
  EXPECT_FALSE(make_extreme_value_detector({.risk = 0.7}).has_value());
  EXPECT_FALSE(make_extreme_value_detector({.calibration = 10}).has_value());
  EXPECT_FALSE(make_random_cut_forest_detector({.trees = 0}).has_value());
  EXPECT_FALSE(make_residual_detector({.smoothing = 0.0}).has_value());
  EXPECT_FALSE(make_residual_detector({.residuals = 100, .p_value = 0.001}).has_value());
}

TEST(ExtremeValueDetector, RaisesFewFalseAlarmsOnIndependentNoise) {
  const double risk = 1e-3;
  std::size_t alarms = 0;
  constexpr std::size_t kRuns = 5, kLength = 20'000;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    Series series(kLength);
    for (double& value : series) value = normal(random);
    const auto detector = make_extreme_value_detector({.risk = risk});
    const auto scores = score_history(**detector, series, {});
    for (const Score& score : *scores) alarms += score.score > 1.0 ? 1 : 0;
  }
  const double expected = 2.0 * risk * double(kRuns * kLength);  // both tails
  EXPECT_GT(double(alarms), 0.5 * expected);
  EXPECT_LT(double(alarms), 2.0 * expected);
}

TEST(DefaultDetector, OneAlarmStandsForItsEpisode) {
  Series series = noisy_season(2000, 4);
  for (std::size_t index = 1500; index < 1550; ++index) series[index] += 30.0;
  const auto detector = make_default_detector({});
  const auto scores = score_history(**detector, series, {});
  std::size_t alarms = 0;
  for (std::size_t index = 1500; index < 1600; ++index) alarms += (*scores)[index].score > 1.0 ? 1 : 0;
  EXPECT_EQ(alarms, 1U);
}

}  // namespace
}  // namespace streamflow::analytics
