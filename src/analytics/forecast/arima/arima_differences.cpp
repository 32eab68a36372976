#include "analytics/forecast/arima/arima_differences.h"

#include <algorithm>
#include <cmath>

#include "analytics/decompose/difference.h"
#include "analytics/decompose/stl.h"
#include "analytics/statistics/stationarity.h"

namespace streamflow::analytics {
namespace {

constexpr double kSeasonStrength = 0.64;
constexpr double kSignificance = 0.05;
constexpr std::size_t kSeasonWindow = 11;

bool is_constant(const Series& series) {
  return std::all_of(series.begin(), series.end(), [&](double value) { return value == series[0]; });
}

bool has_strong_season(SeriesView series, std::size_t period) {
  const auto parts = stl(series, stl_with_jumps(period, kSeasonWindow));
  return parts.has_value() && strength_of(*parts).season > kSeasonStrength;
}

bool has_unit_root(const Series& series) {
  KpssOptions options;
  options.lags = static_cast<std::size_t>(3 * std::sqrt(static_cast<double>(series.size())) / 13);
  const auto test = kpss(series, options);
  return test.has_value() && test->p_value < kSignificance;
}

}  // namespace

Differences differences_needed(SeriesView series, std::size_t period, const DifferencesMax& most) {
  Differences out;
  Series rest(series.begin(), series.end());
  if (most.seasonal > 0 && period > 1 && series.size() > 2 * period && has_strong_season(series, period)) {
    if (auto seasonal = difference(rest, {period, 1}); seasonal.has_value()) {
      out.D = 1;
      rest = std::move(*seasonal);
    }
  }
  while (out.d < most.plain && !is_constant(rest) && has_unit_root(rest)) {
    auto next = difference(rest, {1, 1});
    if (!next.has_value()) { break; }
    ++out.d;
    rest = std::move(*next);
  }
  return out;
}

}  // namespace streamflow::analytics
