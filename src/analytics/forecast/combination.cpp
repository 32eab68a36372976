#include "analytics/forecast/combination.h"

#include <algorithm>
#include <cmath>

#include "analytics/statistics/distributions.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kMembersToTrim = 5;
constexpr double kPriorScores = 20;  // what the models' own claim counts for

}  // namespace

double trimmed_weighted_mean(SeriesView values, SeriesView weights) {
  std::size_t lowest = 0, highest = 0;
  for (std::size_t k = 1; k < values.size(); ++k) {
    if (values[k] < values[lowest]) { lowest = k; }
    if (values[k] >= values[highest]) { highest = k; }
  }
  const bool trim = values.size() >= kMembersToTrim && lowest != highest;
  double sum = 0, total = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (trim && (k == lowest || k == highest)) { continue; }
    sum += weights[k] * values[k];
    total += weights[k];
  }
  return sum / total;
}

Forecast combine_forecasts(const std::vector<Forecast>& forecasts, SeriesView weights) {
  Series values(forecasts.size());
  const auto combined = [&](std::size_t horizon, const auto& list_of) {
    Series out(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
      for (std::size_t k = 0; k < forecasts.size(); ++k) { values[k] = list_of(forecasts[k])[h]; }
      out[h] = trimmed_weighted_mean(values, weights);
    }
    return out;
  };
  const std::size_t horizon = forecasts.front().mean.size();
  Forecast out;
  out.mean = combined(horizon, [](const Forecast& forecast) -> const Series& { return forecast.mean; });
  for (std::size_t i = 0; i < forecasts.front().intervals.size(); ++i) {
    out.intervals.push_back(
        {forecasts.front().intervals[i].level,
         combined(horizon, [i](const Forecast& forecast) -> const Series& { return forecast.intervals[i].lower; }),
         combined(horizon, [i](const Forecast& forecast) -> const Series& { return forecast.intervals[i].upper; })});
  }
  return out;
}

void Calibration::add(const Forecast& yardstick, SeriesView actual) {
  const ForecastInterval& interval = yardstick.intervals.front();
  for (std::size_t h = 0; h < std::min(actual.size(), yardstick.mean.size()); ++h) {
    const double width = 0.5 * (interval.upper[h] - interval.lower[h]);
    if (width > 0) { scores_.push_back(std::abs(actual[h] - yardstick.mean[h]) / width); }
  }
  std::sort(scores_.begin(), scores_.end());
}

double Calibration::factor(double level, double yardstick_level) const {
  const double gaussian = normal_quantile(0.5 + level / 200) / normal_quantile(0.5 + yardstick_level / 200);
  const double claimed = doubt_ * gaussian;
  if (scores_.empty()) { return claimed; }
  const auto count = static_cast<double>(scores_.size());
  const auto rank = static_cast<std::size_t>(std::ceil((count + 1) * level / 100));
  const double seen = std::max(scores_[std::clamp<std::size_t>(rank, 1, scores_.size()) - 1], 1e-3 * claimed);
  const double trust = count / (count + kPriorScores);
  return claimed * std::pow(seen / claimed, trust);
}

}  // namespace streamflow::analytics
