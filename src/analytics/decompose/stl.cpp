#include "analytics/decompose/stl.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/decompose/loess.h"

namespace streamflow::analytics {
namespace {

std::size_t odd_at_least(double x) {
  const auto whole = static_cast<std::size_t>(std::ceil(x));
  return whole + (whole % 2 == 0 ? 1 : 0);
}

std::size_t jump_or_tenth(std::size_t jump, std::size_t window) {
  return jump > 0 ? jump : (window + 9) / 10;
}

// Fills in what options leave open.
StlOptions completed(StlOptions options, std::size_t n) {
  if (options.season_window == 0) {
    options.season_window = 10 * n + 1;
    options.season_degree = 0;
  }
  const auto period = static_cast<double>(options.period);
  if (options.trend_window == 0) {
    options.trend_window = odd_at_least(1.5 * period / (1 - 1.5 / static_cast<double>(options.season_window)));
  }
  if (options.low_pass_window == 0) { options.low_pass_window = odd_at_least(period); }
  options.season_jump = jump_or_tenth(options.season_jump, options.season_window);
  options.trend_jump = jump_or_tenth(options.trend_jump, options.trend_window);
  options.low_pass_jump = jump_or_tenth(options.low_pass_jump, options.low_pass_window);
  return options;
}

Status check_window(const char* name, std::size_t window, int degree) {
  if (window < 3 || window % 2 == 0 || degree < 0 || degree > 1) {
    return Error{ErrorCode::kInvalidArgument, std::string("STL: ") + name + " window " + std::to_string(window) +
                                                  " and degree " + std::to_string(degree) +
                                                  "; windows are odd and at least 3, degrees 0 or 1"};
  }
  return Ok{};
}

Status check(const StlOptions& options) {
  SF_CHECK(check_window("season", options.season_window, options.season_degree));
  SF_CHECK(check_window("trend", options.trend_window, options.trend_degree));
  SF_CHECK(check_window("low-pass", options.low_pass_window, options.low_pass_degree));
  if (options.inner_iterations == 0) {
    return Error{ErrorCode::kInvalidArgument, "STL: inner iterations must be at least 1"};
  }
  return Ok{};
}

class Fitter {
 public:
  Fitter(SeriesView series, const StlOptions& options)
      : series_(series),
        options_(options),
        n_(series.size()),
        period_(options.period),
        season_loess_({options.season_window, options.season_degree, options.season_jump}),
        trend_loess_({options.trend_window, options.trend_degree, options.trend_jump}),
        low_pass_loess_({options.low_pass_window, options.low_pass_degree, options.low_pass_jump}),
        cycles_(n_ + 2 * period_),
        averaged_(n_ + 2 * period_),
        averaged_again_(n_ + 2 * period_),
        low_pass_(n_),
        detrended_(n_) {
    parts_.trend.assign(n_, 0);
    parts_.season.assign(n_, 0);
    parts_.weights.assign(n_, 1);
  }

  Decomposition run() {
    for (std::size_t pass = 0;; ++pass) {
      const SeriesView weights = pass == 0 ? SeriesView() : SeriesView(parts_.weights);
      for (std::size_t k = 0; k < options_.inner_iterations; ++k) { iterate(weights); }
      if (pass == options_.outer_iterations) { break; }
      update_weights();
    }
    parts_.remainder.resize(n_);
    for (std::size_t i = 0; i < n_; ++i) { parts_.remainder[i] = series_[i] - parts_.trend[i] - parts_.season[i]; }
    return std::move(parts_);
  }

 private:
  void iterate(SeriesView weights) {
    for (std::size_t i = 0; i < n_; ++i) { detrended_[i] = series_[i] - parts_.trend[i]; }
    smooth_cycles(weights);
    remove_low_frequencies();
    for (std::size_t i = 0; i < n_; ++i) { detrended_[i] = series_[i] - parts_.season[i]; }
    trend_loess_.smooth(detrended_, weights, parts_.trend);
  }

  // Every phase of the season is smoothed along the years and extended by one at both ends.
  void smooth_cycles(SeriesView weights) {
    for (std::size_t phase = 0; phase < period_; ++phase) {
      const std::size_t count = (n_ - 1 - phase) / period_ + 1;
      cycle_.resize(count);
      smoothed_.resize(count);
      cycle_weights_.resize(weights.empty() ? 0 : count);
      for (std::size_t k = 0; k < count; ++k) {
        cycle_[k] = detrended_[k * period_ + phase];
        if (!weights.empty()) { cycle_weights_[k] = weights[k * period_ + phase]; }
      }
      season_loess_.smooth(cycle_, cycle_weights_, smoothed_);
      cycles_[phase] = season_loess_.extrapolate_front(cycle_, cycle_weights_, smoothed_.front());
      for (std::size_t k = 0; k < count; ++k) { cycles_[(k + 1) * period_ + phase] = smoothed_[k]; }
      cycles_[(count + 1) * period_ + phase] = season_loess_.extrapolate_back(cycle_, cycle_weights_, smoothed_.back());
    }
  }

  void remove_low_frequencies() {
    moving_average(cycles_, cycles_.size(), period_, averaged_);
    moving_average(averaged_, cycles_.size() - period_ + 1, period_, averaged_again_);
    moving_average(averaged_again_, n_ + 2, 3, averaged_);
    low_pass_loess_.smooth(SeriesView(averaged_).first(n_), {}, low_pass_);
    for (std::size_t i = 0; i < n_; ++i) { parts_.season[i] = cycles_[period_ + i] - low_pass_[i]; }
  }

  static void moving_average(const Series& in, std::size_t count, std::size_t window, Series& out) {
    double sum = 0;
    for (std::size_t i = 0; i < window; ++i) { sum += in[i]; }
    const auto width = static_cast<double>(window);
    out[0] = sum / width;
    for (std::size_t i = window; i < count; ++i) {
      sum += in[i] - in[i - window];
      out[i - window + 1] = sum / width;
    }
  }

  // Bisquare of the residual over six times the median absolute residual.
  void update_weights() {
    Series sizes(n_);
    for (std::size_t i = 0; i < n_; ++i) { sizes[i] = std::abs(series_[i] - parts_.trend[i] - parts_.season[i]); }
    Series sorted = sizes;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(n_ / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const double upper = *middle;
    const double lower = n_ % 2 == 1 ? upper : *std::max_element(sorted.begin(), middle);
    const double scale = 3 * (lower + upper);
    for (std::size_t i = 0; i < n_; ++i) {
      const double ratio = sizes[i] / scale;
      if (sizes[i] <= 0.001 * scale) {
        parts_.weights[i] = 1;
      } else {
        parts_.weights[i] = sizes[i] <= 0.999 * scale ? (1 - ratio * ratio) * (1 - ratio * ratio) : 0;
      }
    }
  }

  SeriesView series_;
  const StlOptions& options_;
  std::size_t n_, period_;
  Loess season_loess_, trend_loess_, low_pass_loess_;
  Series cycles_, averaged_, averaged_again_, low_pass_, detrended_;
  Series cycle_, cycle_weights_, smoothed_;
  Decomposition parts_;
};

// A season that never changes: the mean of every phase.
void make_periodic(SeriesView series, std::size_t period, Decomposition& parts) {
  for (std::size_t phase = 0; phase < period; ++phase) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = phase; i < series.size(); i += period, ++count) { sum += parts.season[i]; }
    for (std::size_t i = phase; i < series.size(); i += period) { parts.season[i] = sum / static_cast<double>(count); }
  }
  for (std::size_t i = 0; i < series.size(); ++i) { parts.remainder[i] = series[i] - parts.trend[i] - parts.season[i]; }
}

}  // namespace

StlOptions stl_exact(std::size_t period, Robustness robustness) {
  StlOptions options;
  options.period = period;
  options.low_pass_window = period + 1 + period % 2;
  if (robustness == Robustness::kRobust) {
    options.inner_iterations = 2;
    options.outer_iterations = 15;
  }
  return options;
}

StlOptions stl_with_jumps(std::size_t period, std::size_t season_window, Robustness robustness) {
  StlOptions options;
  options.period = period;
  options.season_window = season_window;
  options.season_degree = 0;
  options.season_jump = options.trend_jump = options.low_pass_jump = 0;
  options.inner_iterations = robustness == Robustness::kRobust ? 1 : 2;
  options.outer_iterations = robustness == Robustness::kRobust ? 15 : 0;
  return options;
}

Result<Decomposition> stl(SeriesView series, const StlOptions& options) {
  SF_CHECK(check_seasonal(series, options.period, "STL"));
  const StlOptions complete = completed(options, series.size());
  SF_CHECK(check(complete));
  Decomposition parts = Fitter(series, complete).run();
  if (options.season_window == 0) { make_periodic(series, options.period, parts); }
  return parts;
}

}  // namespace streamflow::analytics
