#include "analytics/forecast/ets_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analytics/decompose/classical.h"
#include "analytics/optimize/nelder_mead.h"
#include "analytics/statistics/least_squares.h"

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLeast = 1e-4;
constexpr double kMost = 0.9999;
constexpr double kDampingLeast = 0.8;
constexpr double kDampingMost = 0.98;
constexpr double kSeasonLeast = 0.01;  // of a multiplicative season

// First season by phase: classical decomposition of at least three periods, otherwise one harmonic and a line.
Series first_season(SeriesView series, std::size_t period, bool multiplicative) {
  const std::size_t n = series.size();
  Series season(period, multiplicative ? 1.0 : 0.0);
  if (n >= 3 * period) {
    const auto kind = multiplicative ? SeasonKind::kMultiplicative : SeasonKind::kAdditive;
    if (const auto parts = classical_decomposition(series, period, kind); parts.has_value()) {
      std::copy_n(parts->season.begin(), period, season.begin());
    }
    return season;
  }
  DesignMatrix design;
  design.rows = n;
  const auto fill = [&](const auto& function) {
    const auto column = design.add_column();
    for (std::size_t i = 0; i < n; ++i) { column[i] = function(static_cast<double>(i + 1)); }
  };
  const double turn = 2 * std::numbers::pi / static_cast<double>(period);
  fill([](double) { return 1.0; });
  fill([](double t) { return t; });
  fill([&](double t) { return std::cos(turn * t); });
  if (period > 2) {
    fill([&](double t) { return std::sin(turn * t); });
  }
  const auto fit = least_squares(design, series);
  if (!fit.has_value()) { return season; }
  for (std::size_t i = 0; i < std::min(n, period); ++i) {
    const double line = fit->coefficients[0] + fit->coefficients[1] * static_cast<double>(i + 1);
    season[i] = multiplicative ? series[i] / line : series[i] - line;
  }
  return season;
}

EtsState first_state(SeriesView series, std::size_t period, const EtsForm& form) {
  EtsState state;
  Series adjusted(series.begin(), series.end());
  if (form.season != EtsSeason::kNone) {
    const bool multiplicative = form.season == EtsSeason::kMultiplicative;
    state.season = first_season(series, period, multiplicative);
    double excess = 0;
    for (double& value : state.season) {
      if (multiplicative) { value = std::isfinite(value) ? std::max(value, kSeasonLeast) : 1; }
      excess += value / static_cast<double>(period);
    }
    for (double& value : state.season) { multiplicative ? value /= excess : value -= excess; }
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      const double season = state.season[i % period];
      adjusted[i] = multiplicative ? adjusted[i] / season : adjusted[i] - season;
    }
  }
  const std::size_t count = std::min(std::max<std::size_t>(10, 2 * period), adjusted.size());
  const auto n = static_cast<double>(count);
  double mean = 0, product = 0, square = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = static_cast<double>(i + 1) - (n + 1) / 2;
    mean += adjusted[i] / n;
    product += x * adjusted[i];
    square += x * x;
  }
  state.level = mean;
  if (form.trend != EtsTrend::kNone) {
    state.slope = square > 0 ? product / square : 0;
    state.level = mean - state.slope * (n + 1) / 2;
  }
  return state;
}

// The vector Nelder-Mead walks in: parameters and start states, each in steps of its own.
class Problem {
 public:
  Problem(SeriesView series, std::size_t period, const EtsForm& form)
      : series_(series), period_(period), form_(form), start_(first_state(series, period, form)), state_(start_) {
    const double m = form.season == EtsSeason::kNone ? 1 : static_cast<double>(period);
    const double alpha = kLeast + 0.2 * (kMost - kLeast) / m;
    add(alpha, 0.1);
    if (form.trend != EtsTrend::kNone) { add(kLeast + 0.1 * (std::min(kMost, alpha) - kLeast), 0.02); }
    if (form.season != EtsSeason::kNone) { add(kLeast + 0.05 * (1 - alpha - kLeast), 0.05); }
    if (form.trend == EtsTrend::kDamped) { add(kDampingLeast + 0.99 * (kDampingMost - kDampingLeast), -0.03); }
    const double spread = typical_change();
    add(start_.level, spread);
    if (form.trend != EtsTrend::kNone) { add(start_.slope, 0.1 * spread); }
    const double season_step = form.season == EtsSeason::kMultiplicative ? 0.05 : 0.2 * spread;
    for (std::size_t i = 0; i + 1 < start_.season.size(); ++i) { add(start_.season[i], season_step); }
  }

  std::size_t size() const { return origin_.size(); }

  // The usual start and one that trusts the newest value more: the likelihood often has a valley for each. A third
  // valley, where the newest slope is all that counts, fits short series best and often forecasts them worst.
  std::vector<Series> starts(EtsStarts which) const {
    std::vector<Series> out{Series(size(), 0.0)};
    const bool seasonal = form_.season != EtsSeason::kNone;
    const bool trended = form_.trend != EtsTrend::kNone;
    const auto add_start = [&](double alpha, double beta) {
      Series& start = out.emplace_back(size(), 0.0);
      start[0] = (alpha - origin_[0]) / step_[0];
      if (trended) { start[1] = (beta - origin_[1]) / step_[1]; }
    };
    add_start(seasonal ? 0.5 : 0.8, 0.01);
    if (trended && !seasonal && which == EtsStarts::kAll) { add_start(0.95, 0.8); }
    return out;
  }

  double operator()(std::span<const double> x) {
    EtsParameters parameters;
    if (!read(x, parameters)) { return kInfinity; }
    return run_ets(form_, parameters, series_, state_, {});
  }

  // Parameters and start state at x; false outside the region.
  bool read(std::span<const double> x, EtsParameters& parameters) {
    std::size_t k = 0;
    const auto next = [&] {
      const double value = origin_[k] + step_[k] * x[k];
      ++k;
      return value;
    };
    parameters.alpha = next();
    if (form_.trend != EtsTrend::kNone) { parameters.beta = next(); }
    if (form_.season != EtsSeason::kNone) { parameters.gamma = next(); }
    if (form_.trend == EtsTrend::kDamped) { parameters.phi = next(); }
    if (!inside(parameters)) { return false; }
    state_.level = next();
    if (form_.trend != EtsTrend::kNone) { state_.slope = next(); }
    if (form_.season == EtsSeason::kNone) { return true; }
    const bool multiplicative = form_.season == EtsSeason::kMultiplicative;
    double last = multiplicative ? static_cast<double>(period_) : 0;
    for (std::size_t i = 0; i + 1 < period_; ++i) {
      state_.season[i] = next();
      last -= state_.season[i];
      if (multiplicative && state_.season[i] < 0) { return false; }
    }
    state_.season[period_ - 1] = last;
    if (multiplicative && last < 0) { return false; }
    return is_admissible(form_, parameters, period_);
  }

  EtsState& state() { return state_; }

 private:
  void add(double value, double step) {
    origin_.push_back(value);
    step_.push_back(step);
  }

  double typical_change() const {
    double sum = 0;
    for (std::size_t i = 1; i < series_.size(); ++i) { sum += std::abs(series_[i] - series_[i - 1]); }
    const double change = sum / static_cast<double>(std::max<std::size_t>(series_.size(), 2) - 1);
    return change > 0 ? change : 0.1;
  }

  bool inside(const EtsParameters& p) const {
    if (!(p.alpha >= kLeast && p.alpha <= kMost)) { return false; }
    if (form_.trend != EtsTrend::kNone && !(p.beta >= kLeast && p.beta <= p.alpha)) { return false; }
    if (form_.season != EtsSeason::kNone && !(p.gamma >= kLeast && p.gamma <= 1 - p.alpha)) { return false; }
    return form_.trend != EtsTrend::kDamped || (p.phi >= kDampingLeast && p.phi <= kDampingMost);
  }

  SeriesView series_;
  std::size_t period_;
  EtsForm form_;
  EtsState start_, state_;
  Series origin_, step_;
};

double sum_of_squares(SeriesView series, const EtsFit& fit) {
  double sum = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    double error = series[i] - fit.fitted[i];
    if (fit.form.error == EtsError::kMultiplicative) {
      error /= std::abs(fit.fitted[i]) < 1e-10 ? 1e-10 : fit.fitted[i];
    }
    sum += error * error;
  }
  return sum;
}

}  // namespace

std::optional<EtsFit> fit_ets_form(SeriesView series, std::size_t period, const EtsForm& form,
                                   std::size_t evaluations_max, EtsStarts starts) {
  Problem problem(series, period, form);
  const auto n = static_cast<double>(series.size());
  const auto estimated = static_cast<double>(problem.size());
  if (estimated + 2 >= n) { return std::nullopt; }  // AICc has no value
  NelderMeadOptions options;
  options.step = 1;
  options.evaluations_max = evaluations_max;
  options.restarts_max = 1;
  const auto objective = [&](std::span<const double> x) { return problem(x); };
  Minimum best{{}, kInfinity, 0, false};
  for (const Series& start : problem.starts(starts)) {
    Minimum found = nelder_mead(objective, start, options);
    if (found.value < best.value) { best = std::move(found); }
  }
  EtsFit fit;
  fit.form = form;
  if (!std::isfinite(best.value) || !problem.read(best.point, fit.parameters)) { return std::nullopt; }
  fit.fitted.resize(series.size());
  run_ets(form, fit.parameters, series, problem.state(), fit.fitted);
  fit.end = std::move(problem.state());
  fit.variance = sum_of_squares(series, fit) / std::max(n - estimated, 1.0);
  const double parameters = estimated + 1;
  fit.aicc = best.value + 2 * parameters + 2 * parameters * (parameters + 1) / (n - parameters - 1);
  return fit;
}

}  // namespace streamflow::analytics
