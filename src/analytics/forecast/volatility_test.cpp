#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "analytics/forecast/garch.h"
#include "analytics/forecast/vector_autoregression.h"
#include "analytics/statistics/golden_values.h"

namespace streamflow::analytics {
namespace {

const GoldenValues& golden() {
  static const GoldenValues kValues("volatility_r.txt");
  return kValues;
}

TEST(Garch, FitsAtLeastAsWellAsR) {
  const auto fit = fit_garch(golden()["returns"]);
  ASSERT_TRUE(fit.has_value()) << fit.error().message;
  const Series& want = golden()["garch"];  // omega, alpha, beta
  EXPECT_NEAR(fit->omega, want[0], 0.15 * want[0]);
  EXPECT_NEAR(fit->alpha, want[1], 0.02);
  EXPECT_NEAR(fit->beta, want[2], 0.03);
  // The likelihood of R's coefficients, from the same first variance.
  const Series& returns = golden()["returns"];
  double now = 0;
  for (const double value : returns) { now += (value - fit->mean) * (value - fit->mean); }
  now /= static_cast<double>(returns.size());
  double likelihood = 0;
  for (const double value : returns) {
    const double square = (value - fit->mean) * (value - fit->mean);
    likelihood -= 0.5 * (std::log(2 * 3.141592653589793 * now) + square / now);
    now = want[0] + want[1] * square + want[2] * now;
  }
  EXPECT_GT(fit->log_likelihood, likelihood - 1e-2);
}

TEST(Garch, ForecastsVarianceTowardsItsMean) {
  const auto fit = *fit_garch(golden()["returns"]);
  const Series variance = fit.forecast_variance(2000);
  EXPECT_NEAR(variance[0], fit.next_variance, 1e-12);
  EXPECT_NEAR(variance.back(), fit.omega / (1 - fit.alpha - fit.beta), 1e-3 * variance.back());
  EXPECT_LT(fit.alpha + fit.beta, 1);
  const double levels[] = {95};
  const auto forecast = *(*make_garch()->fit(golden()["returns"], 1))->predict(3, levels);
  EXPECT_NEAR(forecast.intervals[0].upper[0] - fit.mean, 1.959964 * std::sqrt(variance[0]), 1e-6);
}

TEST(Garch, RefusesSeriesThatDoNotVary) {
  EXPECT_FALSE(fit_garch(Series(50, 3.0)).has_value());
  EXPECT_FALSE(fit_garch(Series{1, 2, 3}).has_value());
  EXPECT_FALSE(fit_garch(Series(50, std::nan(""))).has_value());
}

TEST(VectorAutoregression, AgreesWithLeastSquaresInR) {
  VectorAutoregressionOptions options;
  options.lags = 2;
  const auto fit = fit_vector_autoregression({golden()["var.first"], golden()["var.second"]}, options);
  ASSERT_TRUE(fit.has_value()) << fit.error().message;
  EXPECT_LT(farthest(fit->coefficients[0], golden()["var.coefficients.first"]), 1e-8);
  EXPECT_LT(farthest(fit->coefficients[1], golden()["var.coefficients.second"]), 1e-8);
  EXPECT_NEAR(fit->covariance[0][1], golden()["var.covariance"][0], 1e-8);
  const auto forecast = fit->predict(3);
  ASSERT_TRUE(forecast.has_value());
  EXPECT_LT(farthest((*forecast)[0].mean, golden()["var.mean.first"]), 1e-8);
  EXPECT_LT(farthest((*forecast)[1].mean, golden()["var.mean.second"]), 1e-8);
}

TEST(VectorAutoregression, ChoosesLagsAndWidensItsIntervals) {
  const auto fit = fit_vector_autoregression({golden()["var.first"], golden()["var.second"]});
  ASSERT_TRUE(fit.has_value());
  EXPECT_EQ(fit->lags, 1U);
  const double levels[] = {80, 95};
  const auto forecast = *fit->predict(10, levels);
  const auto width = [&](std::size_t h) {
    return forecast[0].intervals[1].upper[h] - forecast[0].intervals[1].lower[h];
  };
  EXPECT_NEAR(width(0), 2 * 1.959964 * std::sqrt(fit->covariance[0][0]), 1e-5);
  EXPECT_GT(width(9), width(0));
}

TEST(VectorAutoregression, RefusesWhatItCannotFit) {
  const auto message = [](const std::vector<Series>& series, std::optional<std::size_t> lags) {
    VectorAutoregressionOptions options;
    options.lags = lags;
    const auto fit = fit_vector_autoregression(series, options);
    return fit.has_value() ? std::string("accepted") : fit.error().message;
  };
  const Series& first = golden()["var.first"];
  EXPECT_NE(message({}, {}).find("no series"), std::string::npos);
  EXPECT_NE(message({first, {1, 2, 3}}, {}).find("series 1 has 3"), std::string::npos);
  EXPECT_NE(message({first, first}, 1).find("combination"), std::string::npos);
  EXPECT_NE(message({{1, 2, 3, 4, 5}}, 4).find("enough for"), std::string::npos);
  EXPECT_NE(message({first}, 0).find("at least 1"), std::string::npos);
  EXPECT_NE(message({Series(30, std::nan(""))}, 1).find("missing"), std::string::npos);
  const auto fit = *fit_vector_autoregression({first});
  EXPECT_FALSE(fit.predict(0).has_value());
  const double levels[] = {100};
  EXPECT_FALSE(fit.predict(3, levels).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
