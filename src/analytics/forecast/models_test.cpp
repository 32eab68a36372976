#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "analytics/forecast/arima/arima.h"
#include "analytics/forecast/automatic.h"
#include "analytics/forecast/complex_smoothing.h"
#include "analytics/forecast/ensemble.h"
#include "analytics/forecast/ets.h"
#include "analytics/forecast/fleet.h"
#include "analytics/forecast/garch.h"
#include "analytics/forecast/intermittent.h"
#include "analytics/forecast/multi_seasonal.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/optimised_theta.h"
#include "analytics/forecast/prophet.h"
#include "analytics/forecast/theta.h"
#include "analytics/statistics/golden_values.h"

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLevels[] = {80, 95};

const GoldenValues& golden() {
  static const GoldenValues kValues("forecast_r.txt");
  return kValues;
}

struct Named {
  const char* name;
  std::size_t period;
};
constexpr Named kSeries[] = {{"monthly", 12}, {"quarterly", 4}, {"yearly", 1}, {"noise", 1}};

// Largest difference from R's forecast, relative to the mean level.
double distance(const Forecast& got, const std::string& name) {
  const Series& mean = golden()[name + ".mean"];
  const double scale = std::abs(mean[0]);
  double largest = 0;
  for (std::size_t h = 0; h < mean.size(); ++h) {
    largest = std::max(largest, std::abs(got.mean[h] - mean[h]) / scale);
    largest = std::max(largest, std::abs(got.intervals[1].lower[h] - golden()[name + ".lower"][h]) / scale);
    largest = std::max(largest, std::abs(got.intervals[1].upper[h] - golden()[name + ".upper"][h]) / scale);
  }
  return largest;
}

Forecast forecast_of(const ForecasterPointer& forecaster, const Named& series) {
  const auto model = forecaster->fit(golden()[series.name], series.period);
  EXPECT_TRUE(model.has_value()) << model.error().message;
  return *(*model)->predict(12, kLevels);
}

TEST(Naive, AgreesWithR) {
  for (const Named& series : kSeries) {
    SCOPED_TRACE(series.name);
    const std::string name = series.name;
    EXPECT_LT(distance(forecast_of(make_naive(), series), name + ".naive"), 1e-9);
    EXPECT_LT(distance(forecast_of(make_seasonal_naive(), series), name + ".snaive"), 1e-9);
    EXPECT_LT(distance(forecast_of(make_drift(), series), name + ".drift"), 1e-9);
  }
}

TEST(Naive, AveragesRepeat) {
  const Series series{1, 2, 3, 4, 5, 9};
  EXPECT_NEAR((*make_historic_mean()->fit(series, 1))->predict(3)->mean[2], 4, 1e-12);
  EXPECT_NEAR((*make_window_average(3)->fit(series, 1))->predict(3)->mean[2], 6, 1e-12);
  EXPECT_FALSE(make_window_average(7)->fit(series, 1).has_value());
}

TEST(Theta, AgreesWithR) {
  for (const Named& series : kSeries) {
    SCOPED_TRACE(series.name);
    const Forecast got = forecast_of(make_theta(), series);
    const Series& want = golden()[std::string(series.name) + ".theta.mean"];
    for (std::size_t h = 0; h < want.size(); ++h) { EXPECT_NEAR(got.mean[h] / want[h], 1, 1e-3) << "step " << h; }
  }
}

TEST(Ets, LikelihoodIsAtLeastAsGoodAsRs) {
  const std::pair<const char*, EtsForm> forms[] = {
      {"ANN", {EtsError::kAdditive, EtsTrend::kNone, EtsSeason::kNone}},
      {"AAN", {EtsError::kAdditive, EtsTrend::kAdditive, EtsSeason::kNone}},
      {"AANd", {EtsError::kAdditive, EtsTrend::kDamped, EtsSeason::kNone}},
      {"MNN", {EtsError::kMultiplicative, EtsTrend::kNone, EtsSeason::kNone}},
      {"MANd", {EtsError::kMultiplicative, EtsTrend::kDamped, EtsSeason::kNone}},
      {"ANA", {EtsError::kAdditive, EtsTrend::kNone, EtsSeason::kAdditive}},
      {"AAA", {EtsError::kAdditive, EtsTrend::kAdditive, EtsSeason::kAdditive}},
      {"MNM", {EtsError::kMultiplicative, EtsTrend::kNone, EtsSeason::kMultiplicative}},
      {"MAM", {EtsError::kMultiplicative, EtsTrend::kAdditive, EtsSeason::kMultiplicative}},
      {"MAAd", {EtsError::kMultiplicative, EtsTrend::kDamped, EtsSeason::kAdditive}}};
  int compared = 0;
  for (const Named& series : kSeries) {
    for (const auto& [label, form] : forms) {
      if (form.season != EtsSeason::kNone && series.period == 1) { continue; }
      const std::string name = std::string(series.name) + "." + label;
      SCOPED_TRACE(name);
      EtsOptions options;
      options.form = form;
      const auto model = make_ets(options)->fit(golden()[series.name], series.period);
      ASSERT_TRUE(model.has_value()) << model.error().message;
      const double gain = golden()[name + ".aicc"][0] - *(*model)->summary().aicc;
      EXPECT_GT(gain, -0.5);
      // At the same optimum the forecasts agree; where ours is better they may differ.
      if (gain < 0.1) {
        EXPECT_LT(distance(*(*model)->predict(12, kLevels), name), 0.15);
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 10);
}

TEST(Ets, ChoosesAFormAsGoodAsRs) {
  for (const Named& series : kSeries) {
    SCOPED_TRACE(series.name);
    const auto model = make_ets()->fit(golden()[series.name], series.period);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    EXPECT_LT(*(*model)->summary().aicc, golden()[std::string(series.name) + ".auto.aicc"][0] + 0.5);
  }
}

TEST(Ets, RefusesFormsThatDoNotFitTheData) {
  EtsOptions options;
  options.form = EtsForm{EtsError::kMultiplicative, EtsTrend::kNone, EtsSeason::kNone};
  EXPECT_FALSE(make_ets(options)->fit(Series{1, 2, -3, 4, 5, 6, 7, 8}, 1).has_value());
  options.form = EtsForm{EtsError::kAdditive, EtsTrend::kNone, EtsSeason::kAdditive};
  EXPECT_FALSE(make_ets(options)->fit(Series{1, 2, 3, 4, 5, 6, 7, 8}, 1).has_value());
}

TEST(Ets, StaysInTheAdmissibleRegion) {
  const EtsForm holt{EtsError::kAdditive, EtsTrend::kAdditive, EtsSeason::kNone};
  EXPECT_TRUE(is_admissible(holt, {0.5, 0.1, 0, 1}, 1));
  EXPECT_FALSE(is_admissible(holt, {2.1, 0.1, 0, 1}, 1));
  const EtsForm seasonal{EtsError::kAdditive, EtsTrend::kAdditive, EtsSeason::kAdditive};
  EXPECT_TRUE(is_admissible(seasonal, {0.3, 0.05, 0.1, 1}, 4));
  EXPECT_FALSE(is_admissible(seasonal, {0.3, 0.05, 1.9, 1}, 4));
}

std::vector<ForecasterPointer> all_models() {
  std::vector<ForecasterPointer> models{
      make_naive(),           make_seasonal_naive(), make_drift(), make_historic_mean(),
      make_window_average(2), make_theta(),          make_ets()};
  models.push_back(make_arima());
  models.push_back(make_automatic());
  models.push_back(make_fast_ensemble());
  models.push_back(make_prophet());
  models.push_back(make_garch());
  models.push_back(make_fourier_arima());
  models.push_back(make_optimised_theta(ThetaLine::kFixed));
  models.push_back(make_optimised_theta(ThetaLine::kDynamic));
  models.push_back(make_complex_smoothing());
  models.push_back(make_multi_seasonal());
  models.push_back(make_multi_seasonal({.periods = {}, .rest = make_theta(), .scale = SeasonScale::kLogarithmic}));
  for (const Intermittent method : {Intermittent::kCroston, Intermittent::kSyntetosBoylan, Intermittent::kTeunter,
                                    Intermittent::kAdida, Intermittent::kImapa}) {
    models.push_back(make_intermittent(method));
  }
  models.push_back(make_ensemble({make_theta(), make_ets(), make_naive()}, Combination::kMean));
  models.push_back(make_ensemble({make_theta(), make_ets(), make_drift()}, Combination::kMedian));
  return models;
}

void expect_sound(const Forecast& forecast, std::size_t horizon) {
  ASSERT_EQ(forecast.mean.size(), horizon);
  ASSERT_EQ(forecast.intervals.size(), 2U);
  for (std::size_t h = 0; h < horizon; ++h) {
    EXPECT_TRUE(std::isfinite(forecast.mean[h]));
    EXPECT_LE(forecast.intervals[0].lower[h], forecast.intervals[0].upper[h]);
    EXPECT_LE(forecast.intervals[1].lower[h], forecast.intervals[0].lower[h]);
    EXPECT_GE(forecast.intervals[1].upper[h], forecast.intervals[0].upper[h]);
  }
}

TEST(EveryModel, AnswersHostileSeriesWithAReasonOrFiniteValues) {
  const std::pair<const char*, Series> cases[] = {
      {"empty", {}},
      {"one", {3}},
      {"two", {3, 4}},
      {"three", {3, 4, 1}},
      {"missing", {1, 2, kNaN, 4, 5, 6, 7, 8, 9}},
      {"infinite", {1, 2, kInfinity, 4, 5, 6, 7, 8, 9}},
      {"minus infinite", {1, 2, -kInfinity, 4, 5, 6, 7, 8, 9}},
      {"zeros", Series(40, 0.0)},
      {"constant", Series(40, 7.5)},
      {"huge", Series(40, 1e308)},
      {"large", {1e99, -1e99, 1e99, 5, 1e98, -1e97, 1e99, 1e99, 2e99, 1e90, 3, 1e99}},
      {"tiny", {1e-300, 2e-300, 1e-300, 3e-300, 1e-300, 2e-300, 4e-300, 1e-300, 2e-300, 1e-300, 2e-300, 3e-300}},
      {"negative", {-1, -5, -2, -7, -3, -1, -9, -4, -2, -6, -5, -8, -1, -2}},
      {"mostly zero", {0, 0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0}},
  };
  for (const auto& [name, series] : cases) {
    for (const ForecasterPointer& model : all_models()) {
      for (const std::size_t period : {0U, 1U, 4U, 1000U}) {
        SCOPED_TRACE(std::string(name) + ", " + model->name() + ", period " + std::to_string(period));
        const auto fitted = model->fit(series, period);
        if (!fitted.has_value()) {
          EXPECT_EQ(fitted.error().code, ErrorCode::kInvalidArgument);
          EXPECT_FALSE(fitted.error().message.empty());
          continue;
        }
        EXPECT_EQ((*fitted)->summary().fitted.size(), series.size());
        const auto forecast = (*fitted)->predict(7, kLevels);
        if (forecast.has_value()) { expect_sound(*forecast, 7); }
      }
    }
  }
}

TEST(EveryModel, FollowsTheScaleOfTheSeries) {
  const Series& series = golden()["quarterly"];
  Series scaled = series;
  for (double& value : scaled) { value *= 1024; }  // exact in binary
  for (const ForecasterPointer& model : all_models()) {
    SCOPED_TRACE(model->name());
    const Forecast one = *(*model->fit(series, 4))->predict(8, kLevels);
    const Forecast other = *(*model->fit(scaled, 4))->predict(8, kLevels);
    for (std::size_t h = 0; h < 8; ++h) { EXPECT_NEAR(other.mean[h] / 1024, one.mean[h], 2e-3 * one.mean[h]); }
  }
}

// Models whose optimum does not depend on where zero lies follow a shift of the series.
TEST(EveryModel, FollowsAShiftOfTheSeriesWhereItsPaperDoes) {
  const Series& series = golden()["noise"];
  Series shifted = series;
  for (double& value : shifted) { value += 256; }
  ArimaOptions arima;
  arima.order = ArimaOrder{.p = 1, .q = 1, .constant = true};
  EtsOptions smoothing;
  smoothing.form = EtsForm{EtsError::kAdditive, EtsTrend::kDamped, EtsSeason::kNone};
  const ForecasterPointer models[] = {make_naive(), make_drift(),      make_historic_mean(), make_window_average(3),
                                      make_theta(), make_arima(arima), make_ets(smoothing),  make_garch()};
  for (const ForecasterPointer& model : models) {
    SCOPED_TRACE(model->name());
    const Forecast one = *(*model->fit(series, 1))->predict(8, kLevels);
    const Forecast other = *(*model->fit(shifted, 1))->predict(8, kLevels);
    for (std::size_t h = 0; h < 8; ++h) {
      EXPECT_NEAR(other.mean[h] - 256, one.mean[h], 0.02);
      EXPECT_NEAR(other.intervals[1].upper[h] - 256, one.intervals[1].upper[h], 0.05);
    }
  }
}

TEST(EveryModel, RefusesHorizonsAndLevelsOutsideTheirRange) {
  const auto model = make_theta()->fit(golden()["yearly"], 1);
  EXPECT_FALSE((*model)->predict(0).has_value());
  EXPECT_FALSE((*model)->predict(kHorizonMax + 1).has_value());
  for (const double level : {0.0, 100.0, -1.0, kNaN}) {
    EXPECT_FALSE((*model)->predict(3, std::vector<double>{level}).has_value());
  }
}

TEST(Ensemble, CombinesItsMembersAndSkipsThoseThatCannotFit) {
  const Series series{4, 8, 6, 9, 7, 10};
  const auto mean = make_ensemble({make_naive(), make_historic_mean(), make_window_average(50)}, Combination::kMean);
  const auto fitted = mean->fit(series, 1);
  ASSERT_TRUE(fitted.has_value());
  EXPECT_NEAR((*fitted)->predict(1)->mean[0], (10 + 44.0 / 6) / 2, 1e-12);
  EXPECT_EQ((*fitted)->summary().parameters.size(), 2U);
  EXPECT_FALSE(make_ensemble({}, Combination::kMean)->fit(series, 1).has_value());
  EXPECT_FALSE(make_ensemble({make_window_average(50)}, Combination::kMean)->fit(series, 1).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
