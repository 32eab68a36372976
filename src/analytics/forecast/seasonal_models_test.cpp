#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/forecast/complex_smoothing.h"
#include "analytics/forecast/intermittent.h"
#include "analytics/forecast/multi_seasonal.h"
#include "analytics/forecast/optimised_theta.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

double next(const ForecasterPointer& model, SeriesView series, std::size_t period = 1) {
  const auto fitted = model->fit(series, period);
  EXPECT_TRUE(fitted.has_value());
  return (*fitted)->predict(1)->mean[0];
}

double parameter(const FittedModel& model, const std::string& name) {
  for (const ModelParameter& parameter : model.summary().parameters) {
    if (parameter.name == name) { return parameter.value; }
  }
  return std::nan("");
}

double squares(const FittedModel& model, std::size_t from) {
  double sum = 0;
  for (std::size_t i = from; i < model.summary().residuals.size(); ++i) {
    sum += model.summary().residuals[i] * model.summary().residuals[i];
  }
  return sum;
}

TEST(OptimisedTheta, FollowsALineAndFitsNoWorseThanThetaTwo) {
  Series line, noisy;
  std::mt19937_64 random(4);
  std::normal_distribution<double> normal(0, 3);
  for (int t = 0; t < 60; ++t) {
    line.push_back(10 + 2 * t);
    noisy.push_back(100 + 1.5 * t + normal(random));
  }
  for (const ThetaLine kind : {ThetaLine::kFixed, ThetaLine::kDynamic}) {
    const auto model = make_optimised_theta(kind)->fit(line, 1);
    ASSERT_TRUE(model.has_value());
    const auto forecast = (*model)->predict(10);
    EXPECT_NEAR(forecast->mean[9], 10 + 2 * 69, 1.5) << (*model)->name();
    EXPECT_GE(parameter(**model, "theta"), 1);
  }
  const auto optimised = make_optimised_theta(ThetaLine::kFixed)->fit(noisy, 1);
  const auto plain = make_theta()->fit(noisy, 1);
  EXPECT_LE(squares(**optimised, 3), squares(**plain, 3));
}

TEST(OptimisedTheta, ForecastsOneStepAsItFitted) {
  Series series{12, 15, 11, 18, 21, 17, 24, 26, 22, 29, 33, 28};
  for (const ThetaLine kind : {ThetaLine::kFixed, ThetaLine::kDynamic}) {
    const auto model = make_optimised_theta(kind)->fit(series, 1);
    const double spread = std::sqrt(squares(**model, kind == ThetaLine::kFixed ? 0 : 2) / 9);
    const double levels[] = {95};
    const auto forecast = (*model)->predict(1, levels);
    EXPECT_NEAR(forecast->intervals[0].upper[0] - forecast->mean[0], 1.959964 * spread, 1e-4 * spread);
  }
}

TEST(ComplexSmoothing, FollowsLevelAndTrend) {
  Series flat, line;
  std::mt19937_64 random(8);
  std::normal_distribution<double> normal(0, 1);
  for (int t = 0; t < 80; ++t) {
    flat.push_back(50 + normal(random));
    line.push_back(50 + 2 * t + normal(random));
  }
  EXPECT_NEAR(next(make_complex_smoothing(), flat), 50, 1.5);
  const auto model = make_complex_smoothing()->fit(line, 1);
  EXPECT_NEAR((*model)->predict(3)->mean[2], 50 + 2 * 82, 4);
}

TEST(MultiSeasonal, RepeatsTwoSeasonsAndATrend) {
  Series series;
  const auto at = [](std::size_t t) {
    const auto x = static_cast<double>(t);
    return 200 + 0.05 * x + 10 * std::sin(x * 6.283185307179586 / 24) + 20 * std::sin(x * 6.283185307179586 / 168);
  };
  for (std::size_t t = 0; t < 168 * 5; ++t) { series.push_back(at(t)); }
  EXPECT_EQ(usual_periods(series.size(), 24), (std::vector<std::size_t>{24, 168}));
  EXPECT_EQ(usual_periods(400, 24), (std::vector<std::size_t>{24}));
  EXPECT_TRUE(usual_periods(400, 1).empty());
  for (const SeasonScale scale : {SeasonScale::kAdditive, SeasonScale::kLogarithmic}) {
    MultiSeasonalOptions options;
    options.scale = scale;
    const auto model = make_multi_seasonal(options)->fit(series, 24);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    const double levels[] = {95};
    const auto forecast = (*model)->predict(48, levels);
    for (std::size_t h = 0; h < 48; ++h) { EXPECT_NEAR(forecast->mean[h], at(series.size() + h), 4) << h; }
  }
}

TEST(MultiSeasonal, IsTheRestsModelWithoutAPeriod) {
  const Series series{4, 8, 6, 9, 7, 10, 8, 11};
  MultiSeasonalOptions options;
  options.rest = make_theta();
  EXPECT_EQ(next(make_multi_seasonal(options), series, 1), next(make_theta(), series, 1));
  EXPECT_EQ(next(make_multi_seasonal(options), series, 6), next(make_theta(), series, 1));
}

TEST(Intermittent, AgreesWithItsRecursions) {
  // Sizes 3, 5, 2 with gaps 2, 3, 1, smoothed by 0.1.
  const Series series{0, 3, 0, 0, 5, 2, 0};
  const double size = (3 + 0.1 * (5 - 3)) + 0.1 * (2 - 3.2);
  const double gap = (2 + 0.1 * (3 - 2)) + 0.1 * (1 - 2.1);
  EXPECT_NEAR(next(make_intermittent(Intermittent::kCroston), series), size / gap, 1e-12);
  EXPECT_NEAR(next(make_intermittent(Intermittent::kSyntetosBoylan), series), 0.95 * size / gap, 1e-12);
  double probability = 0;
  for (const double value : series) { probability += 0.1 * ((value > 0 ? 1 : 0) - probability); }
  EXPECT_NEAR(next(make_intermittent(Intermittent::kTeunter), series), size * probability, 1e-12);
}

TEST(Intermittent, AggregatesUntilTheGapsClose) {
  const Series series{0, 0, 6, 0, 0, 6, 0, 0, 6, 0, 0, 6};
  EXPECT_NEAR(demand_pattern(series).mean_gap, 3, 1e-12);
  EXPECT_TRUE(is_intermittent(series));
  EXPECT_NEAR(next(make_intermittent(Intermittent::kAdida), series), 2, 1e-12);
  const double imapa = next(make_intermittent(Intermittent::kImapa), series);
  EXPECT_GT(imapa, 1);
  EXPECT_LT(imapa, 3);
  EXPECT_FALSE(is_intermittent(Series{1, 2, 3, 4}));
  EXPECT_FALSE(is_intermittent(Series{}));
}

TEST(Intermittent, AnswersNothingForNoDemandAndStaysPositive) {
  const double levels[] = {95};
  for (const Intermittent method : {Intermittent::kCroston, Intermittent::kSyntetosBoylan, Intermittent::kTeunter,
                                    Intermittent::kAdida, Intermittent::kImapa}) {
    EXPECT_EQ(next(make_intermittent(method), Series(20, 0.0)), 0);
    const auto model = make_intermittent(method)->fit(Series{0, 0, 9, 0, 0, 0, 1, 0}, 1);
    EXPECT_GE((*model)->predict(2, levels)->intervals[0].lower[1], 0);
    EXPECT_FALSE(make_intermittent(method, {.size_smoothing = 0})->fit(Series{1, 2}, 1).has_value());
  }
}

}  // namespace
}  // namespace streamflow::analytics
