#include "analytics/forecast/seasonal_adjustment.h"

#include <algorithm>
#include <cmath>

#include "analytics/decompose/classical.h"
#include "analytics/statistics/autocorrelation.h"

namespace streamflow::analytics {
namespace {

constexpr double kSeasonLeast = 1e-6;  // a multiplicative season below it is no season

}  // namespace

bool has_significant_season(SeriesView series, std::size_t period) {
  if (period < 2 || series.size() <= 2 * period) { return false; }
  const auto correlation = autocorrelation(series, period);
  if (!correlation.has_value()) { return false; }
  double sum = 1;
  for (std::size_t lag = 1; lag < period; ++lag) { sum += 2 * (*correlation)[lag] * (*correlation)[lag]; }
  constexpr double kNinetyPercent = 1.645;
  return std::abs((*correlation)[period]) > kNinetyPercent * std::sqrt(sum / static_cast<double>(series.size()));
}

double SeasonalAdjustment::with_season(double value, std::size_t step) const {
  if (season.empty()) { return value; }
  const double here = season[step % season.size()];
  return kind == SeasonKind::kMultiplicative ? value * here : value + here;
}

void SeasonalAdjustment::add_season(Series& values, std::size_t begin) const {
  for (std::size_t i = 0; i < values.size(); ++i) { values[i] = with_season(values[i], begin + i); }
}

void SeasonalAdjustment::add_season(Forecast& forecast) const {
  add_season(forecast.mean, length);
  for (ForecastInterval& interval : forecast.intervals) {
    add_season(interval.lower, length);
    add_season(interval.upper, length);
  }
}

SeasonalAdjustment adjust_for_season(SeriesView series, std::size_t period) {
  SeasonalAdjustment out;
  out.adjusted.assign(series.begin(), series.end());
  out.length = series.size();
  if (!has_significant_season(series, period)) { return out; }
  const bool positive = std::all_of(series.begin(), series.end(), [](double value) { return value > 0; });
  out.kind = positive ? SeasonKind::kMultiplicative : SeasonKind::kAdditive;
  const auto parts = classical_decomposition(series, period, out.kind);
  if (!parts.has_value()) { return out; }
  Series season(parts->season.begin(), parts->season.begin() + static_cast<std::ptrdiff_t>(period));
  if (positive && std::any_of(season.begin(), season.end(), [](double s) { return s < kSeasonLeast; })) { return out; }
  out.season = std::move(season);
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double here = out.season[i % period];
    out.adjusted[i] = positive ? series[i] / here : series[i] - here;
  }
  return out;
}

}  // namespace streamflow::analytics
