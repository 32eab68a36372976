// The forms of exponential smoothing and their recursion.
// Source:     Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008), chapters 2, 5 and 10.
//             Symbols are the book's: alpha, beta, gamma smooth level, slope and season, phi damps the slope.
// Invariants: the states follow the same recursion for additive and multiplicative errors; only the likelihood differs.
// Threads:    pure.
#pragma once

#include <string>

#include "analytics/series.h"

namespace streamflow::analytics {

enum class EtsError : std::uint8_t { kAdditive, kMultiplicative };
enum class EtsTrend : std::uint8_t { kNone, kAdditive, kDamped };
enum class EtsSeason : std::uint8_t { kNone, kAdditive, kMultiplicative };

struct EtsForm {
  EtsError error = EtsError::kAdditive;
  EtsTrend trend = EtsTrend::kNone;
  EtsSeason season = EtsSeason::kNone;

  friend bool operator==(const EtsForm&, const EtsForm&) = default;
};
std::string to_string(const EtsForm& form);  // "ETS(M,Ad,N)"

struct EtsParameters {
  double alpha = 0, beta = 0, gamma = 0, phi = 1;
};

// Level, slope, and the seasonal states of the coming period: season[0] belongs to the next step.
struct EtsState {
  double level = 0;
  double slope = 0;
  Series season;
};

// Whether the recursion forgets its start (chapter 10): the roots of its characteristic polynomial do not exceed 1.
bool is_admissible(const EtsForm& form, const EtsParameters& parameters, std::size_t period);

// Runs through the series, moving `state` to its end. Answers n log(sum of squared errors) + 2 sum log |forecast| (the
// second term with multiplicative errors only), which is -2 log likelihood up to a constant; NaN or infinity where a
// form breaks down. `fitted`, when not empty, takes the one-step forecasts.
double run_ets(const EtsForm& form, const EtsParameters& parameters, SeriesView series, EtsState& state,
               std::span<double> fitted);

}  // namespace streamflow::analytics
