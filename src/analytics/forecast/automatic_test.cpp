#include "analytics/forecast/automatic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/forecast/combination.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

constexpr double kLevels[] = {80, 95};

Series trended(std::size_t length, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, 2);
  Series out;
  for (std::size_t t = 0; t < length; ++t) { out.push_back(100 + 2 * static_cast<double>(t) + normal(random)); }
  return out;
}

TEST(Automatic, RanksCandidatesByTheirPastErrorAndSaysSo) {
  AutomaticOptions options;
  options.candidates = {make_historic_mean(), make_drift(), make_naive()};
  options.horizon = 6;
  const auto fitted = fit_automatic(trended(60, 1), 1, options);
  ASSERT_TRUE(fitted.has_value()) << fitted.error().message;
  ASSERT_EQ(fitted->leaderboard.size(), 3U);
  EXPECT_EQ(fitted->leaderboard[0].name, "Drift");
  EXPECT_EQ(fitted->leaderboard[2].name, "HistoricMean");
  EXPECT_EQ(fitted->leaderboard[0].windows, 3U);
  EXPECT_GT(fitted->leaderboard[0].weight, fitted->leaderboard[1].weight);
  double total = 0;
  for (const CandidateResult& result : fitted->leaderboard) { total += result.weight; }
  EXPECT_NEAR(total, 1, 1e-12);
  EXPECT_NE(fitted->explanation.find("best was Drift"), std::string::npos) << fitted->explanation;
  EXPECT_NE(fitted->explanation.find("3 past windows of 6 steps"), std::string::npos) << fitted->explanation;
}

TEST(Automatic, CountsAllAlikeWhereThePastIsTooShort) {
  AutomaticOptions options;
  options.candidates = {make_drift(), make_naive(), make_window_average(50)};
  const auto fitted = fit_automatic(Series{1, 2, 3, 4, 5}, 1, options);
  ASSERT_TRUE(fitted.has_value());
  EXPECT_NEAR((*fitted->model->predict(1)).mean[0], 5.5, 1e-12);
  EXPECT_EQ(fitted->leaderboard[2].weight, 0);
  EXPECT_NE(fitted->leaderboard[2].note.find("too short"), std::string::npos) << fitted->leaderboard[2].note;
  EXPECT_NE(fitted->explanation.find("too short"), std::string::npos);
}

TEST(Automatic, StopsWhenTimeIsUpWithWhatItHas) {
  AutomaticOptions options;
  options.candidates = {make_naive(), make_drift(), make_theta()};
  int asked = 0;
  options.out_of_time = [&] { return ++asked > 1; };
  const auto fitted = fit_automatic(trended(60, 2), 1, options);
  ASSERT_TRUE(fitted.has_value());
  EXPECT_EQ(fitted->model->summary().parameters.size(), 2U);
  EXPECT_EQ(fitted->leaderboard.back().note, "no time was left");
  EXPECT_EQ((*fitted->model->predict(9, kLevels)).mean.size(), 9U);
}

TEST(Automatic, ChoosesCandidatesByTheSeriesNature) {
  const auto names = [](SeriesView series, std::size_t period) {
    std::string text;
    for (const ForecasterPointer& model : automatic_candidates(series, period)) { text += model->name() + " "; }
    return text;
  };
  EXPECT_NE(names(Series{0, 0, 3, 0, 0, 1, 0, 0}, 1).find("Croston"), std::string::npos);
  EXPECT_EQ(names(trended(60, 3), 1).find("MSTL"), std::string::npos);
  EXPECT_NE(names(trended(60, 3), 12).find("MSTL"), std::string::npos);
  EXPECT_NE(names(trended(600, 3), 24).find("SeasonalNaive[168]"), std::string::npos);
  EXPECT_EQ(names(trended(600, 3), 60).find("AutoETS "), std::string::npos);
}

TEST(Automatic, FindsASeasonNobodyNamed) {
  Series weeks;
  std::mt19937_64 random(41);
  std::normal_distribution<double> normal(0, 1);
  const auto season = [](std::size_t t) { return 20 * std::sin(static_cast<double>(t) * 6.283185307179586 / 52); };
  for (std::size_t t = 0; t < 312; ++t) { weeks.push_back(100 + season(t) + normal(random)); }
  const auto candidates = automatic_candidates(weeks, 1);
  EXPECT_NE(candidates.back()->name().find("[52]"), std::string::npos) << candidates.back()->name();
  AutomaticOptions options;
  options.horizon = 26;
  const auto forecast = (*make_automatic(options)->fit(weeks, 1))->predict(26);
  double error = 0;
  for (std::size_t h = 0; h < 26; ++h) { error += std::abs(forecast->mean[h] - 100 - season(312 + h)) / 26; }
  EXPECT_LT(error, 6) << "seed 41";
  EXPECT_EQ(automatic_candidates(SeriesView(weeks).first(90), 1).back()->name().find('['), std::string::npos);
}

TEST(Automatic, RefusesMissingValuesAndNoValues) {
  EXPECT_FALSE(fit_automatic({}, 1).has_value());
  EXPECT_FALSE(fit_automatic(Series{1, std::nan(""), 3}, 1).has_value());
  AutomaticOptions options;
  options.candidates = {make_window_average(50)};
  EXPECT_FALSE(fit_automatic(Series{1, 2, 3}, 1, options).has_value());
}

TEST(Automatic, IntervalsCoverWhatTheyClaim) {
  std::mt19937_64 random(12);
  std::normal_distribution<double> normal(0, 1);
  double inside80 = 0, inside95 = 0, count = 0;
  for (int round = 0; round < 300; ++round) {
    Series walk;
    double level = 50;
    for (int t = 0; t < 92; ++t) { walk.push_back(level += normal(random)); }
    AutomaticOptions options;
    options.horizon = 12;
    options.candidates = {make_naive(), make_drift(), make_theta()};
    const auto fitted = fit_automatic(SeriesView(walk).first(80), 1, options);
    const auto forecast = fitted->model->predict(12, kLevels);
    for (std::size_t h = 0; h < 12; ++h) {
      const double actual = walk[80 + h];
      inside80 += forecast->intervals[0].lower[h] <= actual && actual <= forecast->intervals[0].upper[h] ? 1 : 0;
      inside95 += forecast->intervals[1].lower[h] <= actual && actual <= forecast->intervals[1].upper[h] ? 1 : 0;
      count += 1;
    }
  }
  EXPECT_NEAR(100 * inside80 / count, 80, 6) << "seed 12";
  EXPECT_NEAR(100 * inside95 / count, 95, 4) << "seed 12";
}

TEST(Combination, SetsAsideTheExtremesOfFive) {
  EXPECT_NEAR(trimmed_weighted_mean(Series{1, 2, 3, 4, 100}, Series(5, 1.0)), 3, 1e-12);
  EXPECT_NEAR(trimmed_weighted_mean(Series{1, 2, 3, 100}, Series(4, 1.0)), 26.5, 1e-12);
  EXPECT_NEAR(trimmed_weighted_mean(Series{7, 7, 7, 7, 7}, Series{1, 2, 3, 4, 5}), 7, 1e-12);
  EXPECT_NEAR(trimmed_weighted_mean(Series{2, 4}, Series{3, 1}), 2.5, 1e-12);
}

TEST(Calibration, WidensAsFarAsScoresTell) {
  Calibration calibration;
  EXPECT_NEAR(calibration.factor(95, 80), 1.959964 / 1.281552, 1e-5);
  Forecast yardstick{Series(1000, 0.0), {{80, Series(1000, -1.0), Series(1000, 1.0)}}};
  Series actual;
  for (int i = 1; i <= 1000; ++i) { actual.push_back(i * 0.004); }  // scores evenly over (0, 4]
  calibration.add(yardstick, actual);
  EXPECT_EQ(calibration.scores(), 1000U);
  EXPECT_NEAR(calibration.factor(80, 80), 3.2, 0.1);
  EXPECT_GT(calibration.factor(95, 80), calibration.factor(80, 80));
}

}  // namespace
}  // namespace streamflow::analytics
