#include "analytics/forecast/arima/arima.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <random>

#include "analytics/forecast/arima/arima_differences.h"
#include "analytics/forecast/arima/arma_filter.h"
#include "analytics/statistics/golden_values.h"

namespace streamflow::analytics {
namespace {

const GoldenValues& golden() {
  static const GoldenValues kValues("arima_r.txt");
  return kValues;
}

struct Named {
  const char* name;
  std::size_t period;
};
constexpr Named kSeries[] = {{"ar", 1}, {"arma", 1}, {"walk", 1}, {"airline", 12}, {"quarters", 4}, {"hours", 24}};

ArimaOrder order_of(const std::string& name) {
  const Series& o = golden()[name + ".order"];
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(o[i]); };
  return {at(0), at(1), at(2), at(3), at(4), at(5), o[6] > 0};
}

double parameter(const FittedModel& model, const std::string& name) {
  for (const ModelParameter& parameter : model.summary().parameters) {
    if (parameter.name == name) { return parameter.value; }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

TEST(Arima, AgreesWithROnFixedOrders) {
  for (const auto& [label, period] : kSeries) {
    const std::string name = label;
    SCOPED_TRACE(name);
    ArimaOptions options;
    options.order = order_of(name);
    const auto model = make_arima(options)->fit(golden()[name], period);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    EXPECT_NEAR(parameter(**model, "log_likelihood"), golden()[name + ".likelihood"][0], 1e-2);
    EXPECT_NEAR(parameter(**model, "sigma2") / golden()[name + ".sigma2"][0], 1, 5e-3);
    const Series& coefficients = golden()[name + ".coefficients"];
    for (std::size_t i = 0; i < coefficients.size(); ++i) {
      EXPECT_NEAR((*model)->summary().parameters[i].value, coefficients[i], 1e-3) << "coefficient " << i;
    }
    const double levels[] = {95};
    const auto forecast = (*model)->predict(12, levels);
    ASSERT_TRUE(forecast.has_value());
    const double spread = std::sqrt(golden()[name + ".sigma2"][0]);
    for (std::size_t h = 0; h < 12; ++h) {
      EXPECT_NEAR(forecast->mean[h], golden()[name + ".mean"][h], 0.01 * spread);
      EXPECT_NEAR(forecast->intervals[0].upper[h], golden()[name + ".upper"][h], 0.02 * spread);
    }
  }
}

TEST(Arima, ChoosesOrdersAsGoodAsRs) {
  for (const auto& [label, period] : kSeries) {
    const std::string name = label;
    SCOPED_TRACE(name);
    const auto model = make_arima()->fit(golden()[name], period);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    SCOPED_TRACE((*model)->name());
    EXPECT_LT(*(*model)->summary().aicc, golden()[name + ".auto.aicc"][0] + 0.5);
  }
}

TEST(Arima, ExplainsBySeveralRegressors) {
  ArimaOptions options;
  options.order = ArimaOrder{.p = 1, .constant = true};
  options.regressors = {{"x", golden()["explained.x"]}, {"z", golden()["explained.z"]}};
  const auto model = make_arima(options)->fit(golden()["explained"], 1);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const Series& want = golden()["explained.coefficients"];
  const char* names[] = {"ar1", "mean", "x", "z"};
  for (std::size_t i = 0; i < 4; ++i) { EXPECT_NEAR(parameter(**model, names[i]), want[i], 1e-3) << names[i]; }
  EXPECT_NEAR(parameter(**model, "log_likelihood"), golden()["explained.likelihood"][0], 1e-2);
  const auto forecast = (*model)->predict(10);
  ASSERT_TRUE(forecast.has_value());
  for (std::size_t h = 0; h < 10; ++h) { EXPECT_NEAR(forecast->mean[h], golden()["explained.mean"][h], 5e-3); }
  const auto beyond = (*model)->predict(11);
  ASSERT_FALSE(beyond.has_value());
  EXPECT_NE(beyond.error().message.find("end 10 steps after"), std::string::npos) << beyond.error().message;
}

TEST(Arima, RefusesBadRegressorsAndOrders) {
  const Series& series = golden()["explained"];
  const auto message = [&](const ArimaOptions& options, std::size_t period) {
    const auto model = make_arima(options)->fit(series, period);
    return model.has_value() ? std::string("accepted") : model.error().message;
  };
  ArimaOptions options;
  options.regressors = {{"short", Series(10, 1.0)}};
  EXPECT_NE(message(options, 1).find("regressor 'short'"), std::string::npos) << message(options, 1);
  options.order = ArimaOrder{.p = 1};
  options.regressors = {{"x", golden()["explained.x"]}, {"again", golden()["explained.x"]}};
  EXPECT_NE(message(options, 1).find("regressor 'again' is a combination"), std::string::npos) << message(options, 1);
  options.regressors.clear();
  options.order = ArimaOrder{.P = 1};
  EXPECT_NE(message(options, 1).find("period of at least 2"), std::string::npos);
  options.order = ArimaOrder{.d = 2, .constant = true};
  EXPECT_NE(message(options, 1).find("parabola"), std::string::npos);
  options.order = ArimaOrder{.p = 51};
  EXPECT_NE(message(options, 1).find("up to 50"), std::string::npos);
  options.order = ArimaOrder{.p = 30, .d = 1, .q = 40};
  EXPECT_NE(message(options, 1).find("needs at least 74"), std::string::npos) << message(options, 1);
}

TEST(Arima, AnswersConstantSeriesWithThemselves) {
  for (const std::size_t period : {1U, 12U}) {
    const auto model = make_arima()->fit(Series(60, 7.0), period);
    ASSERT_TRUE(model.has_value()) << model.error().message;
    EXPECT_NEAR((*model)->predict(5)->mean[4], 7, 1e-9) << (*model)->name();
  }
}

TEST(Arima, DescribesLongSeasonsByFourierTerms) {
  Series series;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0, 0.1);
  const auto season = [](std::size_t t) { return std::sin(static_cast<double>(t) * 6.283185307179586 / 60); };
  for (std::size_t t = 0; t < 400; ++t) { series.push_back(20 + 5 * season(t) + normal(random)); }
  const auto model = make_arima()->fit(series, 60);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_NE((*model)->name().find("Fourier"), std::string::npos) << (*model)->name();
  const auto forecast = (*model)->predict(60);
  for (std::size_t h = 0; h < 60; ++h) { EXPECT_NEAR(forecast->mean[h], 20 + 5 * season(400 + h), 0.3); }
}

// Errors and determinant of the same Gaussian, from its whole covariance matrix.
TEST(ArmaFilter, AgreesWithTheCovarianceMatrix) {
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> uniform(-0.8, 0.8);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("seed 17, round " + std::to_string(round));
    const ArimaOrder order{.p = random() % 3, .q = random() % 3, .P = random() % 2, .Q = random() % 2};
    Series factors;
    for (const std::size_t size : {order.p, order.q, order.P, order.Q}) {
      Series partials(size);
      for (double& partial : partials) { partial = uniform(random); }
      for (const double coefficient : coefficients_from_partials(partials)) { factors.push_back(coefficient); }
    }
    // A moving average's signs are the opposite of an autoregression's.
    for (std::size_t i = 0; i < order.q; ++i) { factors[order.p + i] *= -1; }
    for (std::size_t i = 0; i < order.Q; ++i) { factors[order.p + order.q + order.P + i] *= -1; }
    const ArmaProcess process = expand(factors, order, 4);
    constexpr Eigen::Index kLength = 60;
    const Series psi = level_weights(process, {}, 4, 3000);
    Eigen::MatrixXd covariance(kLength, kLength);
    for (Eigen::Index lag = 0; lag < kLength; ++lag) {
      double sum = 0;
      for (std::size_t j = 0; j + static_cast<std::size_t>(lag) < psi.size(); ++j) {
        sum += psi[j] * psi[j + static_cast<std::size_t>(lag)];
      }
      for (Eigen::Index i = 0; i + lag < kLength; ++i) { covariance(i, i + lag) = covariance(i + lag, i) = sum; }
    }
    Series values(kLength);
    for (double& value : values) { value = uniform(random); }
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
    const Eigen::VectorXd want = factor.matrixL().solve(Eigen::Map<const Eigen::VectorXd>(values.data(), kLength));
    const Eigen::MatrixXd lower = factor.matrixL();
    ArmaFilter filter(process, FilterStart::kExact);
    std::vector<FilteredColumn> out;
    const double determinant = filter.run({values}, out);
    EXPECT_NEAR(determinant, 2 * lower.diagonal().array().log().sum(), 1e-6);
    for (Eigen::Index i = 0; i < kLength; ++i) {
      EXPECT_NEAR(out[0].errors[static_cast<std::size_t>(i)], want(i), 1e-6);
    }
  }
}

TEST(ArmaFilter, KeepsItsPrecisionOverLongSeasons) {
  std::mt19937_64 random(23);
  std::normal_distribution<double> normal;
  for (const std::size_t period : {24U, 168U}) {
    const ArimaOrder order{.p = 1, .q = 1, .P = 1, .Q = 1};
    const Series factors{0.7, -0.3, 0.5, -0.6};
    const ArmaProcess process = expand(factors, order, period);
    Series errors(2000), values(2000);
    for (std::size_t t = 0; t < values.size(); ++t) {
      values[t] = errors[t] = normal(random);
      for (std::size_t i = 1; i <= std::min(t, process.ar.size()); ++i) {
        values[t] += process.ar[i - 1] * values[t - i];
      }
      for (std::size_t i = 1; i <= std::min(t, process.ma.size()); ++i) {
        values[t] += process.ma[i - 1] * errors[t - i];
      }
    }
    ArmaFilter filter(process, FilterStart::kExact);
    std::vector<FilteredColumn> out;
    ASSERT_TRUE(std::isfinite(filter.run({values}, out)));
    for (std::size_t t = 1900; t < values.size(); ++t) { EXPECT_NEAR(out[0].errors[t], errors[t], 0.05) << t; }
    // The forecast one step ahead is what the filter expects of a further value.
    Series longer = values;
    longer.push_back(0);
    std::vector<FilteredColumn> further;
    filter.run({longer}, further);
    EXPECT_NEAR(filter.forecast_from(out[0].end_state, 1)[0], -further[0].errors.back(), 1e-6);
  }
}

TEST(ArimaOrder, KnowsItsRoots) {
  EXPECT_TRUE(has_roots_outside(Series{}, 1));
  EXPECT_TRUE(has_roots_outside(Series{0.5}, 1));
  EXPECT_FALSE(has_roots_outside(Series{0.5}, 2));
  EXPECT_FALSE(has_roots_outside(Series{1.0}, 1));
  EXPECT_TRUE(has_roots_outside(Series{0.6, -0.3}, 1));
  EXPECT_FALSE(has_roots_outside(Series{0.6, 0.5}, 1));
}

TEST(ArimaDifferences, FollowsTrendAndSeason) {
  Series walk, season;
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  double level = 0;
  for (std::size_t t = 0; t < 144; ++t) {
    level += 0.5 + normal(random);
    walk.push_back(level);
    season.push_back(10 * std::sin(static_cast<double>(t) * 6.283185307179586 / 12) + normal(random));
  }
  EXPECT_EQ(differences_needed(walk, 1).d, 1U);
  EXPECT_EQ(differences_needed(season, 12).D, 1U);
  EXPECT_EQ(differences_needed(season, 12, {.plain = 2, .seasonal = 0}).D, 0U);
  EXPECT_EQ(differences_needed(Series(50, 1.0), 12).d, 0U);
}

}  // namespace
}  // namespace streamflow::analytics
