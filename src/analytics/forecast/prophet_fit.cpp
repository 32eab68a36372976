#include "analytics/forecast/prophet_fit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analytics/optimize/lbfgs.h"

namespace streamflow::analytics {
namespace {

constexpr double kTrendVariance = 25;  // of slope and offset
constexpr double kNoiseVariance = 0.25;

// The negative logarithm of the posterior, up to a constant, and its gradient. The point holds slope, offset, log
// sigma, positive and negative parts of the changes, effects.
class Posterior {
 public:
  Posterior(SeriesView series, const ProphetOptions& options, const ProphetFit& fit) : options_(options), fit_(fit) {
    for (std::size_t t = 0; t < series.size(); ++t) {
      values_.push_back(series[t] / fit.scale);
      times_.push_back(fit.time_at(options, t));
      features_.push_back(fit.features_at(options, t));
    }
    for (const ProphetSeason& season : options.seasons) {
      scales_.insert(scales_.end(), 2 * season.pairs, season.scale);
    }
    for (const ProphetRegressor& regressor : options.regressors) { scales_.push_back(regressor.scale); }
  }

  std::size_t changes() const { return fit_.change_times.size(); }
  std::size_t size() const { return 3 + 2 * changes() + scales_.size(); }

  Series start() const {
    Series point(size(), 0.0);
    const double first = values_.front();
    const double slope = (values_.back() - first) / (times_.back() - times_.front());
    point[0] = options_.growth == ProphetGrowth::kLinear ? slope : 0;
    point[1] = first;
    return point;
  }

  Box box() const {
    Box box;
    box.lower.assign(size(), -INFINITY);
    box.upper.assign(size(), INFINITY);
    std::fill_n(box.lower.begin() + 3, 2 * changes(), 0.0);
    box.lower[2] = std::log(1e-8);
    if (options_.growth == ProphetGrowth::kFlat) { box.lower[0] = box.upper[0] = 0; }
    return box;
  }

  double operator()(std::span<const double> x, std::span<double> gradient) const {
    const std::size_t count = changes();
    const SeriesView effects = x.subspan(3 + 2 * count);
    const double sigma = std::exp(x[2]);
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double squares = 0;
    const bool relative = options_.mode == ProphetMode::kMultiplicative;
    // The trend, piece by piece: slope and offset change at each point passed.
    double slope = x[0];
    double offset = x[1];
    std::size_t passed = 0;
    Series after_slope(count + 1, 0.0), after_offset(count + 1, 0.0);  // gradient sums by number of points passed
    for (std::size_t t = 0; t < values_.size(); ++t) {
      while (passed < count && fit_.change_times[passed] <= times_[t]) {
        const double change = x[3 + passed] - x[3 + count + passed];
        slope += change;
        offset -= change * fit_.change_times[passed];
        ++passed;
      }
      const double trend = slope * times_[t] + offset;
      double effect = 0;
      for (std::size_t j = 0; j < effects.size(); ++j) { effect += features_[t][j] * effects[j]; }
      const double residual = values_[t] - (relative ? trend * (1 + effect) : trend + effect);
      squares += residual * residual;
      const double pull = -residual / (sigma * sigma);
      const double on_trend = relative ? pull * (1 + effect) : pull;
      const double on_effect = relative ? pull * trend : pull;
      after_slope[passed] += on_trend * times_[t];
      after_offset[passed] += on_trend;
      for (std::size_t j = 0; j < effects.size(); ++j) { gradient[3 + 2 * count + j] += on_effect * features_[t][j]; }
    }
    double slope_sum = 0, offset_sum = 0;
    for (std::size_t k = count + 1; k-- > 0;) {
      slope_sum += after_slope[k];
      offset_sum += after_offset[k];
      if (k == 0) { break; }
      const double pull = slope_sum - offset_sum * fit_.change_times[k - 1];
      gradient[3 + k - 1] = pull + 1 / options_.change_scale;
      gradient[3 + count + k - 1] = -pull + 1 / options_.change_scale;
    }
    gradient[0] = slope_sum + x[0] / kTrendVariance;
    gradient[1] = offset_sum + x[1] / kTrendVariance;
    const auto n = static_cast<double>(values_.size());
    gradient[2] = n - squares / (sigma * sigma) + sigma * sigma / kNoiseVariance;
    double prior = (x[0] * x[0] + x[1] * x[1]) / (2 * kTrendVariance) + sigma * sigma / (2 * kNoiseVariance);
    for (std::size_t k = 0; k < 2 * count; ++k) { prior += x[3 + k] / options_.change_scale; }
    for (std::size_t j = 0; j < effects.size(); ++j) {
      prior += effects[j] * effects[j] / (2 * scales_[j] * scales_[j]);
      gradient[3 + 2 * count + j] += effects[j] / (scales_[j] * scales_[j]);
    }
    return n * x[2] + squares / (2 * sigma * sigma) + prior;
  }

 private:
  const ProphetOptions& options_;
  const ProphetFit& fit_;
  Series values_, times_;
  std::vector<Series> features_;
  Series scales_;
};

// Evenly over the first share of the series' steps, the first step left out.
Series place_changes(std::size_t length, const ProphetOptions& options, const ProphetFit& fit) {
  Series out;
  if (options.growth == ProphetGrowth::kFlat) { return out; }
  const auto reach = static_cast<std::size_t>(std::floor(static_cast<double>(length) * options.change_range));
  const std::size_t count = reach > 1 ? std::min(options.changes, reach - 1) : 0;
  for (std::size_t k = 1; k <= count; ++k) {
    const double step = static_cast<double>(reach - 1) * static_cast<double>(k) / static_cast<double>(count);
    out.push_back(fit.time_at(options, static_cast<std::size_t>(std::nearbyint(step))));
  }
  return out;
}

// Regressors with other values than 0 and 1 are standardised, as Prophet does.
void standardise(const ProphetOptions& options, std::size_t length, ProphetFit& fit) {
  for (const ProphetRegressor& regressor : options.regressors) {
    const SeriesView known = SeriesView(regressor.column.values).first(length);
    const bool binary = std::all_of(known.begin(), known.end(), [](double value) { return value == 0 || value == 1; });
    double mean = 0, squares = 0;
    const auto n = static_cast<double>(length);
    for (const double value : known) { mean += value / n; }
    for (const double value : known) { squares += (value - mean) * (value - mean); }
    const double deviation = std::sqrt(squares / std::max(n - 1, 1.0));
    fit.regressor_mean.push_back(binary ? 0 : mean);
    fit.regressor_deviation.push_back(binary || !(deviation > 0) ? 1 : deviation);
  }
}

}  // namespace

double ProphetFit::time_at(const ProphetOptions& options, std::size_t step) const {
  const double time = options.times.empty() ? static_cast<double>(step) : options.times[step];
  return (time - time_first) / time_span;
}

double ProphetFit::trend(double time) const {
  double out = slope * time + offset;
  for (std::size_t k = 0; k < changes.size() && change_times[k] <= time; ++k) {
    out += changes[k] * (time - change_times[k]);
  }
  return out;
}

Series ProphetFit::features_at(const ProphetOptions& options, std::size_t step) const {
  Series out;
  const double time = options.times.empty() ? static_cast<double>(step) : options.times[step];
  for (const ProphetSeason& season : options.seasons) {
    for (std::size_t k = 1; k <= season.pairs; ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) * time / season.period;
      out.push_back(std::sin(angle));
      out.push_back(std::cos(angle));
    }
  }
  for (std::size_t k = 0; k < options.regressors.size(); ++k) {
    out.push_back((options.regressors[k].column.values[step] - regressor_mean[k]) / regressor_deviation[k]);
  }
  return out;
}

double ProphetFit::effect_at(const ProphetOptions& options, std::size_t step) const {
  const Series features = features_at(options, step);
  double sum = 0;
  for (std::size_t j = 0; j < features.size(); ++j) { sum += features[j] * effects[j]; }
  return sum;
}

double ProphetFit::value(double trend, double effect, ProphetMode mode) const {
  return scale * (mode == ProphetMode::kMultiplicative ? trend * (1 + effect) : trend + effect);
}

ProphetFit fit_prophet(SeriesView series, const ProphetOptions& options) {
  ProphetFit fit;
  const auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
  fit.scale = std::abs(*std::max_element(series.begin(), series.end(), smaller));
  if (!(fit.scale > 0)) { fit.scale = 1; }
  const auto last = static_cast<double>(series.size() - 1);
  fit.time_first = options.times.empty() ? 0 : options.times.front();
  fit.time_span = options.times.empty() ? last : options.times[series.size() - 1] - fit.time_first;
  standardise(options, series.size(), fit);
  fit.change_times = place_changes(series.size(), options, fit);
  const Posterior posterior(series, options, fit);
  LbfgsOptions search;
  search.iterations_max = 3000;
  search.history = 20;
  const auto objective = [&](std::span<const double> x, std::span<double> gradient) { return posterior(x, gradient); };
  const Minimum best = lbfgs(objective, posterior.start(), posterior.box(), search);
  const std::size_t count = fit.change_times.size();
  fit.slope = best.point[0];
  fit.offset = best.point[1];
  fit.sigma = std::exp(best.point[2]);
  for (std::size_t k = 0; k < count; ++k) { fit.changes.push_back(best.point[3 + k] - best.point[3 + count + k]); }
  fit.effects.assign(best.point.begin() + static_cast<std::ptrdiff_t>(3 + 2 * count), best.point.end());
  return fit;
}

}  // namespace streamflow::analytics
