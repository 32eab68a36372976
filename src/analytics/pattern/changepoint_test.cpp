// Parity with ruptures: tests/golden/analytics/make_changepoint.py.
#include "analytics/pattern/changepoint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "analytics/pattern/drift_monitor.h"
#include "analytics/signal/golden_file.h"

namespace streamflow::analytics {
namespace {

const std::vector<double>& golden(const std::string& name) {
  static GoldenValues values = read_golden(STREAMFLOW_SOURCE_DIR "/tests/golden/analytics/changepoint.txt");
  return values[name];
}

// Ruptures ends its lists with the length of the series.
ChangePoints golden_points(const std::string& name) {
  ChangePoints points;
  for (const double value : golden(name)) points.push_back(static_cast<std::size_t>(value));
  EXPECT_FALSE(points.empty()) << name;
  if (!points.empty()) points.pop_back();
  return points;
}

Series noise(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Series series(length);
  for (double& value : series) value = normal(random);
  return series;
}

TEST(ChangePoints, EqualTheBreakListsOfRuptures) {
  const std::pair<const char*, SegmentModel> models[] = {
      {"mean", SegmentModel::kMean}, {"normal", SegmentModel::kNormal}, {"linear", SegmentModel::kLinear}};
  for (const auto& [label, model] : models) {
    const Series& series = golden(model == SegmentModel::kLinear ? "lines" : "steps");
    for (const int penalty : {3, 10, 40}) {
      const std::string suffix = std::string(label) + "_" + std::to_string(penalty);
      SCOPED_TRACE(suffix);
      const SegmentationOptions options{model, double(penalty), 3, 60};
      EXPECT_EQ(*pelt(series, options), golden_points("pelt_" + suffix));
      EXPECT_EQ(*binary_segmentation(series, options), golden_points("binary_" + suffix));
      EXPECT_EQ(*window_changepoints(series, options), golden_points("window_" + suffix));
    }
  }
}

TEST(ChangePoints, RefuseBadInputAndAcceptShortSeries) {
  const Series bad = {1.0, NAN, 2.0};
  EXPECT_FALSE(pelt(bad, {}).has_value());
  EXPECT_FALSE(pelt({}, {}).has_value());
  EXPECT_FALSE(pelt(Series{1, 2}, {.penalty = -1.0}).has_value());
  EXPECT_FALSE(binary_segmentation(Series{1, 2}, {.penalty = NAN}).has_value());
  EXPECT_FALSE(window_changepoints(Series{1, 2}, {.window = 1}).has_value());
  for (std::size_t length = 1; length < 5; ++length) {
    const Series constant(length, 2.0);
    EXPECT_TRUE(pelt(constant, {.penalty = 1.0})->empty());
    EXPECT_TRUE(binary_segmentation(constant, {.penalty = 1.0})->empty());
    EXPECT_TRUE(window_changepoints(constant, {.penalty = 1.0})->empty());
    const SeriesView column(constant);
    EXPECT_TRUE(changepoints({&column, 1})->points.empty());
  }
}

TEST(AutomaticChangePoints, FindStepsUnderASeasonAndMissingValues) {
  Series series = noise(400, 17);
  for (std::size_t index = 0; index < series.size(); ++index) {
    series[index] += 10.0 * std::sin(2.0 * M_PI * double(index) / 12.0) + (index < 150 ? 0.0 : 8.0);
  }
  series[40] = series[260] = NAN;
  const SeriesView column(series);
  const auto found = changepoints({&column, 1});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->periods, std::vector<std::size_t>{12});
  ASSERT_EQ(found->points.size(), 1U);
  EXPECT_NEAR(double(found->points[0]), 150.0, 2.0);
}

TEST(AutomaticChangePoints, StayQuietOnNoiseAndOnALine) {
  std::size_t alarms = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Series series = noise(300, seed);
    if (seed % 2 == 1) {
      for (std::size_t index = 0; index < series.size(); ++index) series[index] += 0.1 * double(index);
    }
    const SeriesView column(series);
    alarms += changepoints({&column, 1})->points.size();
  }
  EXPECT_LE(alarms, 2U);
}

TEST(AutomaticChangePoints, PoolTheEvidenceOfColumns) {
  Series columns[4];
  std::vector<SeriesView> views;
  for (std::size_t column = 0; column < 4; ++column) {
    columns[column] = noise(200, 100 + column);
    for (std::size_t index = 90; index < 200; ++index) columns[column][index] += 3.0;
    views.emplace_back(columns[column]);
  }
  const auto found = changepoints(views);
  ASSERT_EQ(found->points.size(), 1U);
  EXPECT_NEAR(double(found->points[0]), 90.0, 2.0);
  views.emplace_back(SeriesView(columns[0]).first(5));
  EXPECT_FALSE(changepoints(views).has_value());
  EXPECT_FALSE(changepoints({}).has_value());
  const Series empty(4, NAN);
  const SeriesView missing(empty);
  EXPECT_FALSE(changepoints({&missing, 1}).has_value());
}

TEST(RunLengthFilter, MatchesTheUnprunedRecursion) {
  RunLengthFilter::Options options;
  options.prune_below = 0.0;
  RunLengthFilter filter(options);
  const Series& steps = golden("steps");
  for (std::size_t index = 60; index < 140; ++index) filter.update(steps[index]);
  ASSERT_EQ(filter.probabilities().size(), golden("run_lengths").size());
  for (std::size_t index = 0; index < filter.probabilities().size(); ++index) {
    EXPECT_NEAR(filter.probabilities()[index], golden("run_lengths")[index], 1e-10) << index;
  }
  EXPECT_EQ(filter.most_probable_length(), 50U);
}

TEST(RunLengthFilter, PruningKeepsTheAnswerAndBoundsTheState) {
  RunLengthFilter filter({});
  const Series series = noise(5000, 2);
  for (const double value : series) filter.update(value);
  filter.update(NAN);
  EXPECT_LT(filter.probabilities().size(), 400U);
  EXPECT_GT(filter.most_probable_length(), 3000U);
  for (int step = 0; step < 10; ++step) filter.update(6.0);
  EXPECT_LE(filter.most_probable_length(), 10U);
  EXPECT_GT(filter.probability_within(30), 0.99);
  EXPECT_LT(filter.probability_within(2), 0.1);
}

TEST(Cusum, AlarmsSoonAfterAShiftAndRestarts) {
  Cusum cusum({.threshold = 8.0});
  const Series series = noise(100, 4);
  for (const double value : series) EXPECT_FALSE(cusum.update(value));
  EXPECT_FALSE(cusum.update(NAN));
  std::size_t delay = 0;
  while (!cusum.update(-2.0)) ++delay;
  EXPECT_LE(delay, 6U);
  EXPECT_EQ(cusum.low(), 0.0);
}

TEST(PageHinkley, AlarmsOnDriftInEitherDirection) {
  for (const double shift : {3.0, -3.0}) {
    PageHinkley monitor({.delta = 0.1, .threshold = 60.0});
    const Series series = noise(500, 6);
    for (const double value : series) EXPECT_FALSE(monitor.update(value));
    std::size_t delay = 0;
    while (!monitor.update(shift)) ++delay;
    EXPECT_LE(delay, 40U);
  }
}

TEST(Adwin, ShrinksAfterAChangeAndGrowsWithout) {
  Adwin adwin;
  const Series series = noise(2000, 12);
  std::size_t alarms = 0;
  for (const double value : series) alarms += adwin.update(value) ? 1 : 0;
  EXPECT_LE(alarms, 1U);
  EXPECT_GT(adwin.width(), 1000U);
  bool shrank = false;
  for (const double value : noise(400, 13)) shrank = adwin.update(value + 3.0) || shrank;
  EXPECT_TRUE(shrank);
  EXPECT_LT(adwin.width(), 600U);
  EXPECT_NEAR(adwin.mean(), 3.0, 0.4);
}

}  // namespace
}  // namespace streamflow::analytics
