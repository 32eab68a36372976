#include "analytics/forecast/forecaster.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "analytics/statistics/distributions.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

bool all_finite(SeriesView values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

Status check_finite(const Forecast& forecast, const std::string& who) {
  bool finite = all_finite(forecast.mean);
  for (const ForecastInterval& interval : forecast.intervals) {
    finite = finite && all_finite(interval.lower) && all_finite(interval.upper);
  }
  if (finite) { return Ok{}; }
  return invalid(who + ": the forecast leaves the range of a 64-bit float; shorten the horizon or rescale the series");
}

// A wider level contains the narrower ones, whatever simulation or calibration said.
void order_intervals(Forecast& forecast) {
  std::vector<std::size_t> order(forecast.intervals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return forecast.intervals[a].level < forecast.intervals[b].level; });
  for (std::size_t k = 0; k < order.size(); ++k) {
    ForecastInterval& wide = forecast.intervals[order[k]];
    for (std::size_t i = 0; i < wide.lower.size(); ++i) {
      if (wide.lower[i] > wide.upper[i]) { std::swap(wide.lower[i], wide.upper[i]); }
      if (k == 0) { continue; }
      const ForecastInterval& narrow = forecast.intervals[order[k - 1]];
      wide.lower[i] = std::min(wide.lower[i], narrow.lower[i]);
      wide.upper[i] = std::max(wide.upper[i], narrow.upper[i]);
    }
  }
}

}  // namespace

Status check_series(SeriesView series, std::size_t length_min, const std::string& who) {
  if (series.size() < length_min) {
    return invalid(who + ": the series is too short: got " + std::to_string(series.size()) +
                   " values, needs at least " + std::to_string(length_min));
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isnan(series[i])) {
      return invalid(who + ": value " + std::to_string(i) + " is missing; fill the gaps first");
    }
    if (!(std::abs(series[i]) <= kMagnitudeMax)) {
      return invalid(who + ": value " + std::to_string(i) +
                     " is infinite or beyond 1e100 in magnitude; remove it or rescale the series");
    }
  }
  return Ok{};
}

Result<Forecast> FittedModel::predict(std::size_t horizon, std::span<const double> levels) const {
  if (horizon == 0 || horizon > kHorizonMax) {
    return invalid(name() + ": horizon " + std::to_string(horizon) + " is outside 1 to " + std::to_string(kHorizonMax));
  }
  for (const double level : levels) {
    if (!(level > 0 && level < 100)) {
      return invalid(name() + ": interval level " + std::to_string(level) + " is not inside (0, 100) percent");
    }
  }
  SF_CHECK(check_horizon(horizon));
  Forecast forecast = extrapolate(horizon, levels);
  SF_CHECK(check_finite(forecast, name()));
  order_intervals(forecast);
  return forecast;
}

Result<FittedModelPointer> Forecaster::fit(SeriesView series, std::size_t period) const {
  const std::size_t season = std::max<std::size_t>(period, 1);
  SF_CHECK(check_series(series, length_min(season), name()));
  return fit_checked(series, season);
}

Series residuals_of(SeriesView series, SeriesView fitted) {
  Series residuals(series.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < std::min(series.size(), fitted.size()); ++i) { residuals[i] = series[i] - fitted[i]; }
  return residuals;
}

std::vector<ForecastInterval> normal_intervals(SeriesView mean, SeriesView deviation, std::span<const double> levels) {
  std::vector<ForecastInterval> intervals;
  for (const double level : levels) {
    const double width = normal_quantile(0.5 + level / 200);
    ForecastInterval& interval = intervals.emplace_back(ForecastInterval{level, {}, {}});
    for (std::size_t i = 0; i < mean.size(); ++i) {
      interval.lower.push_back(mean[i] - width * deviation[i]);
      interval.upper.push_back(mean[i] + width * deviation[i]);
    }
  }
  return intervals;
}

}  // namespace streamflow::analytics
