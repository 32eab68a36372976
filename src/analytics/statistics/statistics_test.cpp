#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "analytics/statistics/autocorrelation.h"
#include "analytics/statistics/diagnostics.h"
#include "analytics/statistics/distributions.h"
#include "analytics/statistics/golden_values.h"
#include "analytics/statistics/least_squares.h"
#include "analytics/statistics/robust.h"
#include "analytics/statistics/stationarity.h"

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const GoldenValues& golden() {
  static const GoldenValues kValues("statistics.txt");
  return kValues;
}

TEST(Distributions, AgreeWithScipy) {
  const auto& probabilities = golden()["probabilities"];
  const auto quantiles = [&](const auto& function) {
    std::vector<double> out(probabilities.size());
    std::transform(probabilities.begin(), probabilities.end(), out.begin(), function);
    return out;
  };
  EXPECT_LT(farthest(quantiles(normal_quantile), golden()["normal.quantile"]), 1e-12);
  for (const auto& [degrees, label] : std::map<double, std::string>{{1, "1"}, {2.5, "2.5"}, {7, "7"}, {300, "300"}}) {
    SCOPED_TRACE(label);
    const double d = degrees;
    EXPECT_LT(farthest(quantiles([&](double p) { return student_quantile(p, d); }), golden()["student." + label]),
              1e-9);
    EXPECT_LT(farthest(quantiles([&](double p) { return chi_squared_quantile(p, d); }), golden()["chi." + label]),
              1e-9);
    EXPECT_LT(farthest(quantiles([&](double p) { return fisher_quantile(p, d, 12); }), golden()["fisher." + label]),
              1e-9);
    std::vector<double> student, chi, fisher;
    for (const double x : {-4.0, -0.3, 0.0, 1.5, 9.0}) { student.push_back(student_probability(x, d)); }
    for (const double x : {0.01, 1.0, 5.0, 60.0, 400.0}) {
      chi.push_back(chi_squared_upper(x, d));
      fisher.push_back(fisher_upper(x, d, 12));
    }
    EXPECT_LT(farthest(student, golden()["student." + label + ".at"]), 1e-12);
    EXPECT_LT(farthest(chi, golden()["chi." + label + ".upper"]), 1e-12);
    EXPECT_LT(farthest(fisher, golden()["fisher." + label + ".upper"]), 1e-12);
  }
}

TEST(Distributions, AnswerAtTheEdges) {
  EXPECT_EQ(normal_quantile(0), -kInfinity);
  EXPECT_EQ(normal_quantile(1), kInfinity);
  EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(kNaN)));
  EXPECT_EQ(chi_squared_quantile(0, 3), 0);
  EXPECT_EQ(chi_squared_quantile(1, 3), kInfinity);
  EXPECT_EQ(student_quantile(0.5, 3), 0);
  EXPECT_EQ(student_probability(-kInfinity, 3), 0);
  EXPECT_EQ(fisher_upper(kInfinity, 3, 4), 0);
  EXPECT_EQ(fisher_probability(-1, 3, 4), 0);
  EXPECT_TRUE(std::isnan(gamma_lower_regularised(0, 1)));
}

class StatisticsGolden : public ::testing::TestWithParam<const char*> {
 protected:
  std::string name() const { return GetParam(); }
  const Series& series() const { return golden()[name() + ".series"]; }
};
INSTANTIATE_TEST_SUITE_P(Series, StatisticsGolden,
                         ::testing::Values("walk", "stationary", "trend", "volatile", "short"));

TEST_P(StatisticsGolden, AutocorrelationAgreesWithStatsmodels) {
  const auto& acf = golden()[name() + ".acf"];
  const auto& pacf = golden()[name() + ".pacf"];
  EXPECT_LT(farthest(*autocorrelation(series(), acf.size() - 1), acf), 1e-10);
  EXPECT_LT(farthest(*partial_autocorrelation(series(), pacf.size() - 1), pacf), 1e-9);
}

TEST_P(StatisticsGolden, DickeyFullerAgreesWithStatsmodels) {
  const auto expect = [&](const DickeyFullerOptions& options, const std::string& label) {
    SCOPED_TRACE(label);
    const auto& want = golden()[name() + ".adf." + label];
    const auto got = augmented_dickey_fuller(series(), options);
    ASSERT_TRUE(got.has_value()) << got.error().message;
    EXPECT_NEAR(got->statistic, want[0], 1e-6);
    EXPECT_NEAR(got->p_value, want[1], 1e-6);
    EXPECT_EQ(static_cast<double>(got->lags), want[2]);
    EXPECT_EQ(static_cast<double>(got->observations), want[3]);
  };
  expect({Deterministic::kNone, {}, true}, "n");
  expect({Deterministic::kConstant, {}, true}, "c");
  expect({Deterministic::kTrend, {}, true}, "ct");
  expect({Deterministic::kQuadraticTrend, {}, true}, "ctt");
  expect({Deterministic::kConstant, 2, false}, "fixed");
}

TEST_P(StatisticsGolden, KpssAgreesWithStatsmodels) {
  for (const auto& [deterministic, regression] :
       {std::pair{Deterministic::kConstant, ".kpss.c"}, {Deterministic::kTrend, ".kpss.ct"}}) {
    for (const auto& [rule, label] : {std::pair{KpssLags::kAutomatic, ".auto"}, {KpssLags::kLegacy, ".legacy"}}) {
      SCOPED_TRACE(std::string(regression) + label);
      const auto& want = golden()[name() + regression + label];
      const auto got = kpss(series(), {deterministic, rule, {}});
      ASSERT_TRUE(got.has_value()) << got.error().message;
      EXPECT_NEAR(got->statistic, want[0], 1e-6);
      EXPECT_NEAR(got->p_value, want[1], 1e-6);
      EXPECT_EQ(static_cast<double>(got->lags), want[2]);
    }
  }
}

TEST_P(StatisticsGolden, PhillipsPerronAgreesWithArch) {
  for (const auto& [deterministic, label] : {std::pair{Deterministic::kNone, ".pp.n"},
                                             {Deterministic::kConstant, ".pp.c"},
                                             {Deterministic::kTrend, ".pp.ct"}}) {
    SCOPED_TRACE(label);
    const auto& want = golden()[name() + label];
    const auto got = phillips_perron(series(), {deterministic, 4});
    ASSERT_TRUE(got.has_value()) << got.error().message;
    EXPECT_NEAR(got->statistic, want[0], 1e-6);
    EXPECT_NEAR(got->p_value, want[1], 1e-6);
  }
}

TEST_P(StatisticsGolden, DiagnosticsAgreeWithStatsmodels) {
  const auto& box = golden()[name() + ".ljung_box"];
  const PortmanteauOptions options{static_cast<std::size_t>(box[0]), 2};
  EXPECT_NEAR(ljung_box(series(), options)->statistic, box[1], 1e-8);
  EXPECT_NEAR(ljung_box(series(), options)->p_value, box[2], 1e-10);
  EXPECT_NEAR(box_pierce(series(), options)->statistic, box[3], 1e-8);
  EXPECT_NEAR(box_pierce(series(), options)->p_value, box[4], 1e-10);
  if (golden().contains(name() + ".arch_lm")) {
    const auto& arch = golden()[name() + ".arch_lm"];
    EXPECT_NEAR(arch_lm(series(), 4)->statistic, arch[0], 1e-7);
    EXPECT_NEAR(arch_lm(series(), 4)->p_value, arch[1], 1e-8);
  }
  const auto& normality = golden()[name() + ".jarque_bera"];
  const auto got = *jarque_bera(series());
  EXPECT_LT(farthest({got.statistic, got.p_value, got.skewness, got.kurtosis}, normality), 1e-9);
}

TEST(Statistics, RefuseHostileSeriesAndSayWhy) {
  const std::pair<const char*, Series> cases[] = {
      {"at least", {}},
      {"at least", {1}},
      {"at least", {1, 2, 3}},
      {"constant", Series(50, 4.0)},
      {"constant", Series(50, 0.0)},
      {"value 3 is", {1, 2, 3, kNaN, 5, 6, 7, 8, 9, 1, 3, 2, 5, 3, 1, 5, 6, 7, 3}},
      {"value 3 is", {1, 2, 3, kInfinity, 5, 6, 7, 8, 9, 1, 3, 2, 5, 3, 1, 5, 6, 7, 3}},
  };
  const auto expect_refused = [](const auto& result, const char* reason) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(result.error().message.find(reason), std::string::npos) << result.error().message;
  };
  for (const auto& [reason, series] : cases) {
    expect_refused(augmented_dickey_fuller(series), reason);
    expect_refused(kpss(series), reason);
    expect_refused(phillips_perron(series), reason);
    expect_refused(ljung_box(series, {5, 0}), reason);
    expect_refused(autocorrelation(series, 5), reason);
    expect_refused(arch_lm(series, 2), reason);
  }
  const Series straight{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  EXPECT_FALSE(kpss(straight, {Deterministic::kTrend, KpssLags::kLegacy, {}}).has_value() &&
               !std::isfinite(kpss(straight, {Deterministic::kTrend, KpssLags::kLegacy, {}})->statistic));
  EXPECT_FALSE(ljung_box(straight, {2, 2}).has_value());
  EXPECT_FALSE(arch_lm(straight, 0).has_value());
  EXPECT_FALSE(augmented_dickey_fuller(straight, {Deterministic::kConstant, 40, true}).has_value());
}

TEST(Statistics, HugeValuesGiveFiniteAnswersOrAnError) {
  const Series huge{1e308, -1e308, 1e307, 1e308, -1e308, 3e307, 1e308, 1e308, -1e307, 1e308, 2e307, 1e306, 1e308};
  EXPECT_FALSE(augmented_dickey_fuller(huge).has_value());
  EXPECT_FALSE(kpss(huge).has_value());
  EXPECT_TRUE(std::isfinite(jarque_bera(huge)->statistic));
  EXPECT_TRUE(std::isfinite(ljung_box(huge, {3, 0})->statistic));
}

TEST(Autocorrelation, FourierAndDirectSumsAgree) {
  std::mt19937_64 random(7);
  Series series(1000);
  for (double& value : series) { value = static_cast<double>(random() % 1000); }
  const Series directly = *autocovariance(series, 64);
  const Series fourier = *autocovariance(series, 400);
  for (std::size_t lag = 0; lag <= 64; ++lag) { EXPECT_NEAR(directly[lag], fourier[lag], 1e-7); }
  EXPECT_EQ((*autocovariance(Series(5, 2.0), 2))[1], 0);
}

TEST(LeastSquares, RefusesDependentColumnsAndTooFewRows) {
  DesignMatrix design{3, {1, 1, 1, 2, 2, 2}};
  const auto dependent = least_squares(design, std::vector<double>{1, 2, 3});
  ASSERT_FALSE(dependent.has_value());
  EXPECT_NE(dependent.error().message.find("column 1"), std::string::npos);
  EXPECT_FALSE(least_squares(DesignMatrix{1, {1, 2}}, std::vector<double>{1}).has_value());
  const auto line = least_squares(DesignMatrix{3, {1, 1, 1, 0, 1, 2}}, std::vector<double>{1, 3, 5});
  EXPECT_LT(farthest(line->coefficients, std::vector<double>{1, 2}), 1e-12);
}

TEST(Robust, MeasuresKnownSamples) {
  const Series values{9, 1, 3, 7, 5, kNaN, 1000};
  EXPECT_EQ(median(values), 6);
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 1), 1000);
  EXPECT_NEAR(quantile(values, 0.3), 4, 1e-12);
  EXPECT_NEAR(interquartile_range(values), 8.5 - 3.5, 1e-12);
  EXPECT_NEAR(median_absolute_deviation(values), 1.482602218505602 * 3, 1e-12);
  EXPECT_NEAR(trimmed_mean(values, 0.2), 6, 1e-12);
  EXPECT_LT(std::abs(biweight_location(values) - 5), 1);
  EXPECT_EQ(biweight_location(Series(4, 2.0)), 2);
  EXPECT_TRUE(std::isnan(median({})));
  EXPECT_TRUE(std::isnan(quantile(values, 1.5)));
  EXPECT_TRUE(std::isnan(trimmed_mean(values, 0.5)));
}

}  // namespace
}  // namespace streamflow::analytics
