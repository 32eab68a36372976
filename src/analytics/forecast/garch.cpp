#include "analytics/forecast/garch.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "analytics/optimize/lbfgs.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kLengthMin = 20;

// Variances of standardised errors; the point holds mean, log omega, and alpha and beta as shares: alpha + beta =
// logistic(x2), alpha = that times logistic(x3).
struct Parameters {
  double mean, omega, alpha, beta;
};

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

Parameters read(std::span<const double> x) {
  const double persistence = 0.9999 * logistic(x[2]);
  const double alpha = persistence * logistic(x[3]);
  return {x[0], std::exp(x[1]), alpha, persistence - alpha};
}

// Minus twice the log likelihood, without the constant. `variance` takes n + 1 values when it is not null.
double deviance(const Parameters& p, SeriesView values, double first, Series* variance) {
  double now = first;
  double sum = 0;
  for (const double value : values) {
    if (variance != nullptr) { variance->push_back(now); }
    const double square = (value - p.mean) * (value - p.mean);
    sum += std::log(now) + square / now;
    now = p.omega + p.alpha * square + p.beta * now;
  }
  if (variance != nullptr) { variance->push_back(now); }
  return sum;
}

class FittedGarch final : public FittedModel {
 public:
  FittedGarch(ModelSummary summary, GarchFit fit) : FittedModel(std::move(summary)), fit_(std::move(fit)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast{Series(horizon, fit_.mean), {}};
    Series deviation = fit_.forecast_variance(horizon);
    for (double& value : deviation) { value = std::sqrt(value); }
    forecast.intervals = normal_intervals(forecast.mean, deviation, levels);
    return forecast;
  }

 private:
  GarchFit fit_;
};

class Garch final : public Forecaster {
 public:
  std::string name() const override { return "GARCH(1,1)"; }

 protected:
  std::size_t length_min(std::size_t) const override { return kLengthMin; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    SF_TRY(fit, fit_garch(series));
    ModelSummary summary;
    summary.name = name();
    summary.parameters = {{"mean", fit.mean}, {"omega", fit.omega}, {"alpha", fit.alpha}, {"beta", fit.beta}};
    summary.fitted.assign(series.size(), fit.mean);
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(std::make_unique<FittedGarch>(std::move(summary), std::move(fit)));
  }
};

}  // namespace

Series GarchFit::forecast_variance(std::size_t horizon) const {
  Series out(horizon);
  double now = next_variance;
  for (double& value : out) {
    value = now;
    now = omega + (alpha + beta) * now;
  }
  return out;
}

Result<GarchFit> fit_garch(SeriesView returns) {
  SF_CHECK(check_series(returns, kLengthMin, "GARCH(1,1)"));
  const auto n = static_cast<double>(returns.size());
  const double mean = std::accumulate(returns.begin(), returns.end(), 0.0) / n;
  double variance = 0;
  for (const double value : returns) { variance += (value - mean) * (value - mean) / n; }
  if (!(variance > 0) || !(std::sqrt(variance) > 1e-12 * std::abs(mean))) {
    return Error{ErrorCode::kInvalidArgument, "GARCH(1,1): the series does not vary"};
  }
  const double scale = std::sqrt(variance);
  Series values;
  for (const double value : returns) { values.push_back((value - mean) / scale); }
  const auto objective = [&](std::span<const double> x) { return deviance(read(x), values, 1, nullptr) / n; };
  Box box{{-3, -20, -6, -6}, {3, 3, 9, 6}};
  Minimum best{{}, INFINITY, 0, false};
  for (const double persistence : {0.0, 2.0, 4.0}) {
    const Series start{0, std::log(1 - logistic(persistence)), persistence, -2};
    Minimum found = lbfgs(with_numeric_gradient(objective, box, 1e-5), start, box);
    if (best.point.empty() || found.value < best.value) { best = std::move(found); }
  }
  const Parameters p = read(best.point);
  GarchFit fit;
  fit.mean = mean + scale * p.mean;
  fit.omega = p.omega * variance;
  fit.alpha = p.alpha;
  fit.beta = p.beta;
  const double value = deviance(p, values, 1, &fit.variance);
  fit.log_likelihood = -0.5 * (value + n * std::log(2 * std::numbers::pi) + n * std::log(variance));
  for (double& step : fit.variance) { step *= variance; }
  fit.next_variance = fit.variance.back();
  fit.variance.pop_back();
  return fit;
}

ForecasterPointer make_garch() {
  return std::make_shared<Garch>();
}

}  // namespace streamflow::analytics
