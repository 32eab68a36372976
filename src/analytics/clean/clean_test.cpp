// Injected corruption is found, by kind; filling is exact where it can be and reversible.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "analytics/clean/defects.h"
#include "analytics/clean/impute.h"

namespace streamflow::analytics {
namespace {

using std::chrono::seconds;

struct Recording {
  std::vector<Timestamp> times;
  Series values;
};

Recording season_with_noise(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Recording recording;
  for (std::size_t row = 0; row < length; ++row) {
    recording.times.push_back(Timestamp(seconds(1'700'000'000 + 60 * row)));
    recording.values.push_back(20.0 + 5.0 * std::sin(2.0 * M_PI * double(row) / 96.0) + 0.3 * normal(random));
  }
  return recording;
}

// Corrupts about ten places, far apart; returns the rows a defect of this kind must name.
std::set<std::size_t> corrupt(Recording& recording, DefectKind kind, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<std::size_t> rows;
  for (std::size_t row = 100; row + 100 < recording.values.size(); row += 150 + random() % 40) {
    std::size_t named = row;
    switch (kind) {
      case DefectKind::kMissing: recording.values[row] = std::numeric_limits<double>::quiet_NaN(); break;
      case DefectKind::kSentinel: recording.values[row] = -999.0; break;
      case DefectKind::kSpike: recording.values[row] += random() % 2 == 0 ? 15.0 : -15.0; break;
      case DefectKind::kStuck:
        for (std::size_t step = 1; step < 8 + random() % 20; ++step)
          recording.values[row + step] = recording.values[row];
        break;
      case DefectKind::kGap:
        recording.times.erase(recording.times.begin() + std::ptrdiff_t(row),
                              recording.times.begin() + std::ptrdiff_t(row + 4));
        recording.values.erase(recording.values.begin() + std::ptrdiff_t(row),
                               recording.values.begin() + std::ptrdiff_t(row + 4));
        break;
      case DefectKind::kDuplicate: recording.times[row] = recording.times[row - 1]; break;
      case DefectKind::kOutOfOrder:
        std::swap(recording.times[row], recording.times[row + 1]);
        named = row + 1;
        break;
    }
    rows.insert(named);
  }
  return rows;
}

TEST(Defects, InjectedOnesAreFoundByKind) {
  const std::pair<DefectKind, const char*> kinds[] = {
      {DefectKind::kMissing, "missing"},  {DefectKind::kGap, "gap"},     {DefectKind::kDuplicate, "duplicate"},
      {DefectKind::kOutOfOrder, "order"}, {DefectKind::kStuck, "stuck"}, {DefectKind::kSpike, "spike"},
      {DefectKind::kSentinel, "sentinel"}};
  for (const auto& [kind, name] : kinds) {
    double injected = 0.0, found = 0.0, reported = 0.0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Recording recording = season_with_noise(2000, seed);
      const std::set<std::size_t> rows = corrupt(recording, kind, seed + 100);
      const auto defects = find_defects(recording.times, recording.values);
      ASSERT_TRUE(defects.has_value());
      injected += double(rows.size());
      for (const Defect& defect : *defects) {
        // A doubled time leaves its own place empty: a gap follows it by nature.
        if (kind == DefectKind::kDuplicate && defect.kind == DefectKind::kGap) continue;
        reported += 1.0;
        if (defect.kind == kind && rows.count(defect.begin) == 1) found += 1.0;
      }
    }
    EXPECT_GE(found / injected, 0.95) << name;
    EXPECT_GE(found / reported, 0.9) << name;
  }
}

TEST(Defects, CleanSeriesOfManyKindsRaiseNothing) {
  Recording recording = season_with_noise(1500, 77);
  EXPECT_TRUE(find_defects(recording.times, recording.values)->empty());
  for (double& value : recording.values) value = std::round(value);  // repeats are usual in whole numbers
  EXPECT_TRUE(find_defects(recording.times, recording.values)->empty());
  for (double& value : recording.values) value = 4.0;
  const auto constant = find_defects(recording.times, recording.values);
  ASSERT_EQ(constant->size(), 1U);
  EXPECT_EQ((*constant)[0].kind, DefectKind::kStuck);
  EXPECT_EQ((*constant)[0].end, 1500U);
}

TEST(Defects, MeasuresTheGapAndSurvivesShortInput) {
  Recording recording = season_with_noise(50, 1);
  for (std::size_t row = 30; row < 50; ++row) recording.times[row] += seconds(600);
  const auto defects = find_defects(recording.times, recording.values);
  ASSERT_EQ(defects->size(), 1U);
  EXPECT_EQ((*defects)[0].kind, DefectKind::kGap);
  EXPECT_EQ((*defects)[0].begin, 30U);
  EXPECT_EQ((*defects)[0].measure, 10.0);
  EXPECT_EQ(usual_step(recording.times), seconds(60));
  for (std::size_t length = 0; length < 4; ++length) {
    const auto few = find_defects(std::span(recording.times).first(length), SeriesView(recording.values).first(length));
    EXPECT_TRUE(few->empty());
  }
  EXPECT_FALSE(find_defects(recording.times, SeriesView(recording.values).first(3)).has_value());
  EXPECT_EQ(usual_step({}), Duration{});
}

TEST(FillMissing, FollowsItsRuleAndIsReversible) {
  const Series series = {NAN, 1.0, NAN, NAN, 4.0, INFINITY};
  const auto linear = fill_missing(series, {});
  EXPECT_EQ(linear->values, (Series{1.0, 1.0, 2.0, 3.0, 4.0, 4.0}));
  EXPECT_EQ(linear->rows, (std::vector<std::size_t>{0, 2, 3, 5}));
  const auto previous = fill_missing(series, {FillRule::kPrevious, 0});
  EXPECT_EQ(previous->values, (Series{1.0, 1.0, 1.0, 1.0, 4.0, 4.0}));
  const Series back = restore(*linear);
  for (const std::size_t row : linear->rows) EXPECT_TRUE(std::isnan(back[row]));
  EXPECT_EQ(back[4], 4.0);
  EXPECT_TRUE(fill_missing({}, {})->values.empty());
  EXPECT_FALSE(fill_missing(Series{NAN, NAN}, {}).has_value());
  EXPECT_FALSE(fill_missing(series, {FillRule::kSeasonal, 0}).has_value());
}

TEST(FillMissing, SeasonalRestoresASeasonThatLinesMiss) {
  Series series;
  for (std::size_t row = 0; row < 240; ++row) series.push_back(10.0 * std::sin(2.0 * M_PI * double(row) / 24.0));
  const Series whole = series;
  for (std::size_t row = 100; row < 112; ++row) series[row] = NAN;
  const auto seasonal = fill_missing(series, {FillRule::kSeasonal, 24});
  const auto linear = fill_missing(series, {});
  double seasonal_error = 0.0, linear_error = 0.0;
  for (std::size_t row = 100; row < 112; ++row) {
    seasonal_error = std::max(seasonal_error, std::abs(seasonal->values[row] - whole[row]));
    linear_error = std::max(linear_error, std::abs(linear->values[row] - whole[row]));
  }
  EXPECT_LT(seasonal_error, 1e-9);
  EXPECT_GT(linear_error, 2.0);
}

}  // namespace
}  // namespace streamflow::analytics
