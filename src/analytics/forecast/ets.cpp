#include "analytics/forecast/ets.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "analytics/forecast/ets_fit.h"
#include "analytics/statistics/robust.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kPaths = 5000;
constexpr std::size_t kSimulatedValuesMax = 20'000'000;  // memory: 160 MB at most

ModelSummary summary_of(SeriesView series, const EtsFit& fit) {
  ModelSummary summary;
  summary.name = to_string(fit.form);
  summary.parameters.push_back({"alpha", fit.parameters.alpha});
  if (fit.form.trend != EtsTrend::kNone) { summary.parameters.push_back({"beta", fit.parameters.beta}); }
  if (fit.form.season != EtsSeason::kNone) { summary.parameters.push_back({"gamma", fit.parameters.gamma}); }
  if (fit.form.trend == EtsTrend::kDamped) { summary.parameters.push_back({"phi", fit.parameters.phi}); }
  summary.fitted = fit.fitted;
  summary.residuals = residuals_of(series, fit.fitted);
  summary.aicc = fit.aicc;
  return summary;
}

class FittedEts final : public FittedModel {
 public:
  FittedEts(SeriesView series, EtsFit fit, std::uint64_t seed)
      : FittedModel(summary_of(series, fit)), fit_(std::move(fit)), seed_(seed) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast;
    forecast.mean = means(horizon);
    if (levels.empty()) { return forecast; }
    forecast.intervals = fit_.form.season == EtsSeason::kMultiplicative
                             ? simulated_intervals(horizon, levels)
                             : normal_intervals(forecast.mean, deviations(forecast.mean), levels);
    return forecast;
  }

 private:
  double phi() const { return fit_.form.trend == EtsTrend::kDamped ? fit_.parameters.phi : 1; }

  Series means(std::size_t horizon) const {
    Series mean(horizon);
    double damping = 0;
    double power = 1;
    for (std::size_t h = 0; h < horizon; ++h) {
      power *= phi();
      damping += power;
      mean[h] = fit_.end.level + (fit_.form.trend == EtsTrend::kNone ? 0 : damping * fit_.end.slope);
      if (fit_.form.season == EtsSeason::kAdditive) { mean[h] += season_at(h); }
      if (fit_.form.season == EtsSeason::kMultiplicative) { mean[h] *= season_at(h); }
    }
    return mean;
  }

  double season_at(std::size_t h) const { return fit_.end.season[h % fit_.end.season.size()]; }

  // c_j of the book's table 6.2: what an error j steps ago still weighs.
  Series memory(std::size_t horizon) const {
    Series out(horizon);
    double damping = 0;
    double power = 1;
    for (std::size_t j = 1; j < horizon; ++j) {
      power *= phi();
      damping += power;
      out[j] = fit_.parameters.alpha;
      if (fit_.form.trend != EtsTrend::kNone) { out[j] += fit_.parameters.beta * damping; }
      if (!fit_.end.season.empty() && j % fit_.end.season.size() == 0) { out[j] += fit_.parameters.gamma; }
    }
    return out;
  }

  Series deviations(const Series& mean) const {
    const std::size_t horizon = mean.size();
    const Series weights = memory(horizon);
    Series out(horizon);
    if (fit_.form.error == EtsError::kAdditive) {
      double sum = 1;
      for (std::size_t h = 0; h < horizon; ++h) {
        sum += weights[h] * weights[h];
        out[h] = std::sqrt(fit_.variance * sum);
      }
      return out;
    }
    // Class 2: theta_h = mean_h² + variance * sum c_j² theta_(h-j).
    Series theta(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
      double sum = 0;
      for (std::size_t j = 1; j <= h; ++j) { sum += weights[j] * weights[j] * theta[h - j]; }
      theta[h] = mean[h] * mean[h] + fit_.variance * sum;
      out[h] = std::sqrt(std::max(0.0, (1 + fit_.variance) * theta[h] - mean[h] * mean[h]));
    }
    return out;
  }

  std::vector<ForecastInterval> simulated_intervals(std::size_t horizon, std::span<const double> levels) const {
    const std::size_t paths = std::clamp<std::size_t>(kSimulatedValuesMax / horizon, 100, kPaths);
    std::mt19937_64 random(seed_);
    std::normal_distribution<double> normal(0, std::sqrt(fit_.variance));
    std::vector<Series> ends(horizon, Series(paths));
    for (std::size_t path = 0; path < paths; ++path) {
      EtsState state = fit_.end;
      for (std::size_t h = 0; h < horizon; ++h) { ends[h][path] = simulate_step(state, h, normal(random)); }
    }
    std::vector<ForecastInterval> intervals;
    for (const double level : levels) {
      ForecastInterval& interval = intervals.emplace_back(ForecastInterval{level, {}, {}});
      for (std::size_t h = 0; h < horizon; ++h) {
        interval.lower.push_back(quantile(ends[h], 0.5 - level / 200));
        interval.upper.push_back(quantile(ends[h], 0.5 + level / 200));
      }
    }
    return intervals;
  }

  double simulate_step(EtsState& state, std::size_t h, double error) const {
    const double damped = fit_.form.trend == EtsTrend::kNone ? 0 : phi() * state.slope;
    const double expected = state.level + damped;
    double& season = state.season[h % state.season.size()];
    const bool relative = fit_.form.error == EtsError::kMultiplicative;
    const double value = relative ? expected * season * (1 + error) : expected * season + error;
    const double target = value / (std::abs(season) < 1e-10 ? 1e-10 : season);
    const double surprise = fit_.parameters.alpha * (target - expected);
    state.level = expected + surprise;
    state.slope =
        damped + (fit_.form.trend == EtsTrend::kNone ? 0 : fit_.parameters.beta / fit_.parameters.alpha * surprise);
    season += fit_.parameters.gamma * (value / (std::abs(expected) < 1e-10 ? 1e-10 : expected) - season);
    return value;
  }

  EtsFit fit_;
  std::uint64_t seed_;
};

std::vector<EtsForm> candidates(SeriesView series, std::size_t period, const EtsOptions& options) {
  if (options.form) { return {*options.form}; }
  const bool positive = std::all_of(series.begin(), series.end(), [](double value) { return value > 0; });
  const bool seasonal = period > 1 && period <= options.period_max && series.size() > 2 * period;
  std::vector<EtsForm> forms;
  for (const EtsError error : {EtsError::kAdditive, EtsError::kMultiplicative}) {
    for (const EtsTrend trend : {EtsTrend::kNone, EtsTrend::kAdditive, EtsTrend::kDamped}) {
      for (const EtsSeason season : {EtsSeason::kNone, EtsSeason::kAdditive, EtsSeason::kMultiplicative}) {
        const bool multiplicative = error == EtsError::kMultiplicative || season == EtsSeason::kMultiplicative;
        // Additive errors with a multiplicative season have no finite forecast variance.
        const bool unstable = error == EtsError::kAdditive && season == EtsSeason::kMultiplicative;
        if ((multiplicative && !positive) || unstable || (season != EtsSeason::kNone && !seasonal)) { continue; }
        forms.push_back({error, trend, season});
      }
    }
  }
  return forms;
}

class Ets final : public Forecaster {
 public:
  explicit Ets(const EtsOptions& options) : options_(options) {}
  std::string name() const override { return options_.form ? to_string(*options_.form) : "AutoETS"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 5; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SF_CHECK(check_form(series, period));
    const EtsStarts starts = options_.form ? EtsStarts::kAll : EtsStarts::kUsual;
    std::optional<EtsFit> best;
    for (const EtsForm& form : candidates(series, period, options_)) {
      auto fit = fit_ets_form(series, period, form, options_.evaluations_max, starts);
      if (fit && (!best || fit->aicc < best->aicc)) { best = std::move(fit); }
    }
    if (!best) {
      return Error{ErrorCode::kInvalidArgument, name() + ": got " + std::to_string(series.size()) +
                                                    " values, too few for the parameters of any form"};
    }
    return FittedModelPointer(std::make_unique<FittedEts>(series, std::move(*best), options_.seed));
  }

 private:
  Status check_form(SeriesView series, std::size_t period) const {
    if (!options_.form) { return Ok{}; }
    const EtsForm& form = *options_.form;
    if (form.season != EtsSeason::kNone && (period < 2 || series.size() <= period)) {
      return Error{ErrorCode::kInvalidArgument, name() +
                                                    ": a season needs a period of at least 2 and more values than "
                                                    "one period; got period " +
                                                    std::to_string(period)};
    }
    const bool multiplicative = form.error == EtsError::kMultiplicative || form.season == EtsSeason::kMultiplicative;
    if (multiplicative && std::any_of(series.begin(), series.end(), [](double value) { return value <= 0; })) {
      return Error{ErrorCode::kInvalidArgument, name() + ": multiplicative forms need positive values"};
    }
    return Ok{};
  }

  EtsOptions options_;
};

}  // namespace

ForecasterPointer make_ets(const EtsOptions& options) {
  return std::make_shared<Ets>(options);
}

}  // namespace streamflow::analytics
