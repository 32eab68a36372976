#include "analytics/forecast/complex_smoothing.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/forecast/seasonal_adjustment.h"
#include "analytics/optimize/nelder_mead.h"

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct State {
  double real, imaginary;  // alpha0, alpha1
  double level, potential;

  void advance(double error) {
    const double before = level;
    level += -(1 - imaginary) * potential + (real - imaginary) * error;
    potential = before + (1 - real) * potential + (real + imaginary) * error;
  }

  // The eigenvalues of what an error leaves behind lie inside the unit circle.
  bool is_stable() const {
    const double trace = 2 - 2 * real + imaginary;
    const double determinant = (1 - real + imaginary) * (1 - real) + (1 - imaginary) * (1 - real - imaginary);
    return determinant < 1 && std::abs(trace) < 1 + determinant;
  }
};

struct Fit {
  State start{};
  State end{};
  double deviation = 0;
  double scale = 1;
  SeasonalAdjustment adjustment;
};

double squares(State state, SeriesView values, State* end) {
  double sum = 0;
  for (const double value : values) {
    const double error = value - state.level;
    sum += error * error;
    state.advance(error);
  }
  if (end != nullptr) { *end = state; }
  return sum;
}

State optimise(SeriesView values) {
  double level = 0;
  const std::size_t first = std::min<std::size_t>(10, values.size());
  for (std::size_t t = 0; t < first; ++t) { level += values[t] / static_cast<double>(first); }
  const auto read = [](std::span<const double> x) { return State{x[0], x[1], x[2], x[3]}; };
  const auto objective = [&](std::span<const double> x) {
    const State state = read(x);
    return state.is_stable() ? squares(state, values, nullptr) : kInfinity;
  };
  NelderMeadOptions options;
  options.step = 0.1;
  options.evaluations_max = 1500;
  options.restarts_max = 1;
  const Series start{1.3, 1.0, level, level / 1.1};
  return read(nelder_mead(objective, start, options).point);
}

class FittedComplex final : public FittedModel {
 public:
  FittedComplex(ModelSummary summary, Fit fit) : FittedModel(std::move(summary)), fit_(std::move(fit)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast;
    Series spread;
    State state = fit_.end;
    State echo = fit_.end;  // of one unit error
    echo.level = echo.real - echo.imaginary;
    echo.potential = echo.real + echo.imaginary;
    double sum = 1;
    for (std::size_t h = 0; h < horizon; ++h) {
      forecast.mean.push_back(state.level * fit_.scale);
      spread.push_back(fit_.deviation * std::sqrt(sum));
      sum += echo.level * echo.level;
      state.advance(0);
      echo.advance(0);
    }
    forecast.intervals = normal_intervals(forecast.mean, spread, levels);
    fit_.adjustment.add_season(forecast);
    return forecast;
  }

 private:
  Fit fit_;
};

class ComplexSmoothing final : public Forecaster {
 public:
  std::string name() const override { return "CES"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 6; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    Fit fit;
    fit.adjustment = adjust_for_season(series, period);
    Series values = fit.adjustment.adjusted;
    const auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
    fit.scale = std::abs(*std::max_element(values.begin(), values.end(), smaller));
    if (!(fit.scale > 0)) { fit.scale = 1; }
    for (double& value : values) { value /= fit.scale; }
    fit.start = optimise(values);
    const double sum = squares(fit.start, values, &fit.end);
    fit.deviation = fit.scale * std::sqrt(sum / std::max(static_cast<double>(values.size()) - 4, 1.0));
    ModelSummary summary;
    summary.name = name();
    summary.parameters = {{"alpha0", fit.start.real}, {"alpha1", fit.start.imaginary}};
    State state = fit.start;
    for (const double value : values) {
      summary.fitted.push_back(state.level * fit.scale);
      state.advance(value - state.level);
    }
    fit.adjustment.add_season(summary.fitted, 0);
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(std::make_unique<FittedComplex>(std::move(summary), std::move(fit)));
  }
};

}  // namespace

ForecasterPointer make_complex_smoothing() {
  return std::make_shared<ComplexSmoothing>();
}

}  // namespace streamflow::analytics
