#include "analytics/forecast/optimised_theta.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/forecast/seasonal_adjustment.h"
#include "analytics/optimize/nelder_mead.h"

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kAlphaLeast = 0.1;
constexpr double kAlphaMost = 0.99;
constexpr double kWeightMost = 0.9999;  // theta up to 10,000

struct Parameters {
  double level;  // before the first step
  double alpha;
  double weight;  // 1 - 1/theta, of the line
};

// Section 3.2 of the paper; `a` and `b` are its A and B.
class Recursion {
 public:
  Recursion(const Parameters& parameters, ThetaLine line, double a, double b)
      : parameters_(parameters), line_(line), level_(parameters.level), a_(a), b_(b) {}

  double expected() const {
    const double slope_weight = (1 - power_ * (1 - parameters_.alpha)) / parameters_.alpha;
    return level_ + parameters_.weight * (power_ * a_ + slope_weight * b_);
  }

  void advance(double value) {
    level_ += parameters_.alpha * (value - level_);
    power_ *= 1 - parameters_.alpha;
    step_ += 1;
    if (line_ == ThetaLine::kFixed) { return; }
    const double mean_before = mean_;
    mean_ += (value - mean_) / step_;
    b_ = step_ < 2 ? 0 : ((step_ - 2) * b_ + 6 * (value - mean_before) / step_) / (step_ + 1);
    a_ = mean_ - (step_ + 1) / 2 * b_;
  }

 private:
  Parameters parameters_;
  ThetaLine line_;
  double level_, a_, b_;
  double power_ = 1;  // (1 - alpha)^step
  double step_ = 0;
  double mean_ = 0;
};

struct Fit {
  Parameters parameters{};
  ThetaLine line = ThetaLine::kFixed;
  double a = 0, b = 0;  // of the fixed line
  double deviation = 0;
  double scale = 1;
  SeasonalAdjustment adjustment;
  Series values;  // adjusted and scaled

  Recursion recursion() const { return {parameters, line, a, b}; }
};

// Squared errors; the dynamic line means nothing before its third step.
double squares(const Fit& fit) {
  Recursion recursion = fit.recursion();
  double sum = 0;
  for (std::size_t t = 0; t < fit.values.size(); ++t) {
    const double error = fit.values[t] - recursion.expected();
    if (fit.line == ThetaLine::kFixed || t >= 2) { sum += error * error; }
    recursion.advance(fit.values[t]);
  }
  return sum;
}

void fit_line(Fit& fit) {
  const auto n = static_cast<double>(fit.values.size());
  double product = 0, square = 0, mean = 0;
  for (std::size_t t = 0; t < fit.values.size(); ++t) {
    const double x = static_cast<double>(t + 1) - (n + 1) / 2;
    product += x * fit.values[t];
    square += x * x;
    mean += fit.values[t] / n;
  }
  fit.b = product / square;
  fit.a = mean - fit.b * (n + 1) / 2;
}

void optimise(Fit& fit) {
  const Series start{fit.values[0] / 2, 0.5, 0.5};
  const auto read = [](std::span<const double> x) { return Parameters{x[0], x[1], x[2]}; };
  const auto objective = [&](std::span<const double> x) {
    fit.parameters = read(x);
    const bool inside = x[1] >= kAlphaLeast && x[1] <= kAlphaMost && x[2] >= 0 && x[2] <= kWeightMost;
    return inside ? squares(fit) : kInfinity;
  };
  NelderMeadOptions options;
  options.step = 0.1;
  options.tolerance = 1e-8;
  options.evaluations_max = 1000;
  options.restarts_max = 1;
  fit.parameters = read(nelder_mead(objective, start, options).point);
}

class FittedOptimisedTheta final : public FittedModel {
 public:
  FittedOptimisedTheta(ModelSummary summary, Fit fit) : FittedModel(std::move(summary)), fit_(std::move(fit)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Recursion recursion = fit_.recursion();
    for (const double value : fit_.values) { recursion.advance(value); }
    Forecast forecast;
    Series spread(horizon);
    const double alpha = fit_.parameters.alpha;
    for (std::size_t h = 0; h < horizon; ++h) {
      const double expected = recursion.expected();
      recursion.advance(expected);
      forecast.mean.push_back(expected * fit_.scale);
      spread[h] = fit_.deviation * std::sqrt(1 + static_cast<double>(h) * alpha * alpha);
    }
    forecast.intervals = normal_intervals(forecast.mean, spread, levels);
    fit_.adjustment.add_season(forecast);
    return forecast;
  }

 private:
  Fit fit_;
};

class OptimisedTheta final : public Forecaster {
 public:
  explicit OptimisedTheta(ThetaLine line) : line_(line) {}
  std::string name() const override { return line_ == ThetaLine::kFixed ? "OptimisedTheta" : "DynamicOptimisedTheta"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 5; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    Fit fit;
    fit.line = line_;
    fit.adjustment = adjust_for_season(series, period);
    fit.values = fit.adjustment.adjusted;
    const auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
    fit.scale = std::abs(*std::max_element(fit.values.begin(), fit.values.end(), smaller));
    if (!(fit.scale > 0)) { fit.scale = 1; }
    for (double& value : fit.values) { value /= fit.scale; }
    if (line_ == ThetaLine::kFixed) { fit_line(fit); }
    optimise(fit);
    const auto n = static_cast<double>(series.size());
    fit.deviation = fit.scale * std::sqrt(squares(fit) / std::max(n - 3, 1.0));
    return FittedModelPointer(std::make_unique<FittedOptimisedTheta>(summary_of(series, fit), std::move(fit)));
  }

 private:
  ModelSummary summary_of(SeriesView series, const Fit& fit) const {
    ModelSummary summary;
    summary.name = name();
    summary.parameters = {{"level", fit.parameters.level * fit.scale},
                          {"alpha", fit.parameters.alpha},
                          {"theta", 1 / (1 - fit.parameters.weight)}};
    Recursion recursion = fit.recursion();
    for (const double value : fit.values) {
      summary.fitted.push_back(recursion.expected() * fit.scale);
      recursion.advance(value);
    }
    fit.adjustment.add_season(summary.fitted, 0);
    summary.residuals = residuals_of(series, summary.fitted);
    return summary;
  }

  ThetaLine line_;
};

}  // namespace

ForecasterPointer make_optimised_theta(ThetaLine line) {
  return std::make_shared<OptimisedTheta>(line);
}

}  // namespace streamflow::analytics
