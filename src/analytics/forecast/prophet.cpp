#include "analytics/forecast/prophet.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "analytics/forecast/prophet_fit.h"
#include "analytics/statistics/robust.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kSimulatedValuesMax = 20'000'000;  // memory: 160 MB at most
constexpr std::size_t kDrawsMin = 100;
constexpr std::size_t kPairsMax = 10;

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, "Prophet: " + std::move(message)};
}

class FittedProphet final : public FittedModel {
 public:
  FittedProphet(ModelSummary summary, ProphetFit fit, ProphetOptions options, std::size_t length)
      : FittedModel(std::move(summary)), fit_(std::move(fit)), options_(std::move(options)), length_(length) {}

 protected:
  Status check_horizon(std::size_t horizon) const override {
    std::size_t reach = options_.times.empty() ? static_cast<std::size_t>(-1) : options_.times.size();
    for (const ProphetRegressor& regressor : options_.regressors) {
      reach = std::min(reach, regressor.column.values.size());
    }
    if (reach - length_ >= horizon) { return Ok{}; }
    return invalid("times and regressors end " + std::to_string(reach - length_) + " steps after the series, horizon " +
                   std::to_string(horizon) + " needs more of them");
  }

  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Series times(horizon), effects(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
      times[h] = fit_.time_at(options_, length_ + h);
      effects[h] = fit_.effect_at(options_, length_ + h);
    }
    Forecast forecast;
    for (std::size_t h = 0; h < horizon; ++h) {
      forecast.mean.push_back(fit_.value(fit_.trend(times[h]), effects[h], options_.mode));
    }
    if (!levels.empty()) { forecast.intervals = simulate(times, effects, levels); }
    return forecast;
  }

 private:
  std::vector<ForecastInterval> simulate(const Series& times, const Series& effects,
                                         std::span<const double> levels) const {
    const std::size_t horizon = times.size();
    const std::size_t draws = std::clamp<std::size_t>(kSimulatedValuesMax / horizon, kDrawsMin, options_.draws);
    std::mt19937_64 random(options_.seed);
    std::normal_distribution<double> noise(0, fit_.sigma);
    std::vector<Series> values(horizon, Series(draws));
    Series path(horizon);
    for (std::size_t draw = 0; draw < draws; ++draw) {
      future_trend(times, random, path);
      for (std::size_t h = 0; h < horizon; ++h) {
        values[h][draw] = fit_.value(path[h], effects[h], options_.mode) + fit_.scale * noise(random);
      }
    }
    std::vector<ForecastInterval> intervals;
    for (const double level : levels) {
      ForecastInterval& interval = intervals.emplace_back(ForecastInterval{level, {}, {}});
      for (std::size_t h = 0; h < horizon; ++h) {
        interval.lower.push_back(quantile(values[h], 0.5 - level / 200));
        interval.upper.push_back(quantile(values[h], 0.5 + level / 200));
      }
    }
    return intervals;
  }

  // The trend with changes drawn at the rate and of the size the past had.
  void future_trend(const Series& times, std::mt19937_64& random, Series& path) const {
    for (std::size_t h = 0; h < path.size(); ++h) { path[h] = fit_.trend(times[h]); }
    if (fit_.changes.empty()) { return; }
    double size = 0;
    for (const double change : fit_.changes) { size += std::abs(change) / static_cast<double>(fit_.changes.size()); }
    std::exponential_distribution<double> gap(static_cast<double>(fit_.changes.size()));
    std::exponential_distribution<double> magnitude(1 / (size + 1e-8));
    std::size_t from = 0;
    for (double at = 1 + gap(random); at < times.back(); at += gap(random)) {
      const double change = magnitude(random) * ((random() & 1) != 0 ? 1 : -1);
      while (times[from] < at) { ++from; }
      for (std::size_t h = from; h < path.size(); ++h) { path[h] += change * (times[h] - at); }
    }
  }

  ProphetFit fit_;
  ProphetOptions options_;
  std::size_t length_;
};

class Prophet final : public Forecaster {
 public:
  explicit Prophet(ProphetOptions options) : options_(std::move(options)) {}
  std::string name() const override { return "Prophet"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 3; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SF_CHECK(check_options(series.size()));
    ProphetOptions options = options_;
    if (options.seasons.empty() && period > 1 && series.size() >= 2 * period) {
      const std::size_t pairs = std::min(kPairsMax, period / 2);
      options.seasons.push_back({"season", static_cast<double>(period), pairs, 10});
    }
    ProphetFit fit = fit_prophet(series, options);
    ModelSummary summary;
    summary.name = name();
    summary.parameters = {{"k", fit.slope}, {"m", fit.offset}, {"sigma", fit.sigma}};
    for (std::size_t t = 0; t < series.size(); ++t) {
      const double trend = fit.trend(fit.time_at(options, t));
      summary.fitted.push_back(fit.value(trend, fit.effect_at(options, t), options.mode));
    }
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(
        std::make_unique<FittedProphet>(std::move(summary), std::move(fit), std::move(options), series.size()));
  }

 private:
  Status check_options(std::size_t length) const {
    const auto positive = [](double value) { return value > 0 && std::isfinite(value); };
    if (!(options_.change_range > 0 && options_.change_range <= 1) || !positive(options_.change_scale) ||
        options_.changes > 1000 || options_.draws == 0 || options_.draws > 100'000) {
      return invalid("change_range lies in (0, 1], change_scale above 0, changes up to 1000, draws in 1 to 100000");
    }
    for (const ProphetSeason& season : options_.seasons) {
      if (!positive(season.period) || !positive(season.scale) || season.pairs == 0 || season.pairs > 1000) {
        return invalid("season '" + season.name + "' needs a period and a scale above 0 and 1 to 1000 pairs");
      }
    }
    for (const ProphetRegressor& regressor : options_.regressors) {
      if (!positive(regressor.scale)) {
        return invalid("regressor '" + regressor.column.name + "' needs a scale above 0");
      }
      SF_CHECK(check_series(regressor.column.values, length, "Prophet: regressor '" + regressor.column.name + "'"));
    }
    if (options_.times.empty()) { return Ok{}; }
    SF_CHECK(check_series(options_.times, length, "Prophet: times"));
    const auto later = std::adjacent_find(options_.times.begin(), options_.times.end(), std::greater_equal<>());
    if (later != options_.times.end()) {
      return invalid("time " + std::to_string(later - options_.times.begin() + 1) + " is not after the one before it");
    }
    return Ok{};
  }

  ProphetOptions options_;
};

}  // namespace

ForecasterPointer make_prophet(const ProphetOptions& options) {
  return std::make_shared<Prophet>(options);
}

}  // namespace streamflow::analytics
