#include "analytics/forecast/ets_form.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr double kTiny = 1e-10;

double away_from_zero(double x) {
  return std::abs(x) < kTiny ? kTiny : x;
}

template <EtsError kError, EtsTrend kTrend, EtsSeason kSeason>
double run(const EtsParameters& parameters, SeriesView series, EtsState& state, std::span<double> fitted) {
  const double phi = kTrend == EtsTrend::kDamped ? parameters.phi : 1;
  const double slope_gain = kTrend == EtsTrend::kNone ? 0 : parameters.beta / parameters.alpha;
  double level = state.level;
  double slope = state.slope;
  double* season = state.season.data();
  const std::size_t period = state.season.size();
  std::size_t phase = 0;
  double squares = 0;
  double scale = 1;  // product of the forecasts, its logarithm taken before it leaves the range
  double logarithms = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double damped = kTrend == EtsTrend::kNone ? 0 : phi * slope;
    const double expected = level + damped;
    double forecast = expected;
    double target = series[i];
    if constexpr (kSeason == EtsSeason::kAdditive) {
      forecast = expected + season[phase];
      target -= season[phase];
    } else if constexpr (kSeason == EtsSeason::kMultiplicative) {
      forecast = expected * season[phase];
      target /= away_from_zero(season[phase]);
    }
    if (!fitted.empty()) { fitted[i] = forecast; }
    double error = series[i] - forecast;
    if constexpr (kError == EtsError::kMultiplicative) {
      const double divisor = away_from_zero(forecast);
      error /= divisor;
      scale *= std::abs(divisor);
      if (scale > 1e100 || scale < 1e-100) {
        logarithms += std::log(scale);
        scale = 1;
      }
    }
    squares += error * error;
    const double before = level;
    level = expected + parameters.alpha * (target - expected);
    if constexpr (kTrend != EtsTrend::kNone) { slope = damped + slope_gain * (level - before - damped); }
    if constexpr (kSeason != EtsSeason::kNone) {
      const double seen = kSeason == EtsSeason::kAdditive ? series[i] - expected : series[i] / away_from_zero(expected);
      season[phase] += parameters.gamma * (seen - season[phase]);
      if (++phase == period) { phase = 0; }
    }
  }
  state.level = level;
  state.slope = slope;
  std::rotate(state.season.begin(), state.season.begin() + static_cast<std::ptrdiff_t>(phase), state.season.end());
  const double fit = static_cast<double>(series.size()) * std::log(std::max(squares, 1e-300));
  return kError == EtsError::kMultiplicative ? fit + 2 * (logarithms + std::log(scale)) : fit;
}

template <EtsError kError, EtsTrend kTrend, class... Arguments>
double with_season(EtsSeason season, Arguments&&... arguments) {
  switch (season) {
    case EtsSeason::kNone: return run<kError, kTrend, EtsSeason::kNone>(arguments...);
    case EtsSeason::kAdditive: return run<kError, kTrend, EtsSeason::kAdditive>(arguments...);
    case EtsSeason::kMultiplicative: return run<kError, kTrend, EtsSeason::kMultiplicative>(arguments...);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

template <EtsError kError, class... Arguments>
double with_trend(const EtsForm& form, Arguments&&... arguments) {
  switch (form.trend) {
    case EtsTrend::kNone: return with_season<kError, EtsTrend::kNone>(form.season, arguments...);
    case EtsTrend::kAdditive: return with_season<kError, EtsTrend::kAdditive>(form.season, arguments...);
    case EtsTrend::kDamped: return with_season<kError, EtsTrend::kDamped>(form.season, arguments...);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// Schur and Cohn's recursion: all roots inside (or, within rounding, on) the unit circle. Ascending coefficients.
bool is_stable(Series polynomial) {
  while (polynomial.size() > 1) {
    const double reflection = polynomial.front() / polynomial.back();
    if (!(std::abs(reflection) <= 1 + 1e-9)) { return false; }
    if (std::abs(reflection) > 1 - 1e-12) { return true; }  // the remaining roots lie on the circle
    const std::size_t n = polynomial.size();
    Series reduced(n - 1);
    for (std::size_t i = 0; i + 1 < n; ++i) { reduced[i] = polynomial[i + 1] - reflection * polynomial[n - 2 - i]; }
    polynomial.swap(reduced);
  }
  return true;
}

}  // namespace

std::string to_string(const EtsForm& form) {
  constexpr const char* kErrors[] = {"A", "M"};
  constexpr const char* kTrends[] = {"N", "A", "Ad"};
  constexpr const char* kSeasons[] = {"N", "A", "M"};
  return std::string("ETS(") + kErrors[static_cast<int>(form.error)] + "," + kTrends[static_cast<int>(form.trend)] +
         "," + kSeasons[static_cast<int>(form.season)] + ")";
}

bool is_admissible(const EtsForm& form, const EtsParameters& parameters, std::size_t period) {
  const double alpha = parameters.alpha;
  const double beta = form.trend == EtsTrend::kNone ? 0 : parameters.beta;
  const double phi = form.trend == EtsTrend::kDamped ? parameters.phi : 1;
  if (form.season == EtsSeason::kNone) {
    return alpha > 1 - 1 / phi && alpha < 1 + 1 / phi && beta >= alpha * (phi - 1) && beta < (1 + phi) * (2 - alpha);
  }
  const double gamma = parameters.gamma;
  const double middle = alpha + beta - alpha * phi;
  Series polynomial(period + 2, middle);
  polynomial[0] = phi * (1 - alpha - gamma);
  polynomial[1] = middle + gamma - 1;
  polynomial[period] = alpha + beta - phi;
  polynomial[period + 1] = 1;
  if (form.trend != EtsTrend::kNone) { return is_stable(std::move(polynomial)); }
  // Without a slope 1 is always a root: divide it out.
  Series quotient(period + 1);
  double carried = 0;
  for (std::size_t i = period + 1; i > 0; --i) {
    carried += polynomial[i];
    quotient[i - 1] = carried;
  }
  return is_stable(std::move(quotient));
}

double run_ets(const EtsForm& form, const EtsParameters& parameters, SeriesView series, EtsState& state,
               std::span<double> fitted) {
  return form.error == EtsError::kAdditive
             ? with_trend<EtsError::kAdditive>(form, parameters, series, state, fitted)
             : with_trend<EtsError::kMultiplicative>(form, parameters, series, state, fitted);
}

}  // namespace streamflow::analytics
