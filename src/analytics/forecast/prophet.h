// Prophet's model at its most probable parameters: a trend of straight pieces, seasons by Fourier terms, regressors.
// Source:     Taylor and Letham, Forecasting at Scale (The American Statistician 72, 2018), section 3, with the priors
//             of its published program: slope and offset N(0, 5), changes Laplace(0, change_scale), noise N(0, 0.5),
//             Fourier terms and regressors N(0, their scale); values divided by their largest magnitude, time scaled to
//             [0, 1]. The maximum is found by L-BFGS; changes are split into positive and negative parts, so that their
//             prior has a gradient. Intervals: the noise, and future changes of the trend as frequent and large as past
//             ones.
// Invariants: holidays are regressors that are 1 on their days.
// Threads:    const; the same seed gives the same answer.
// Errors:     kInvalidArgument: fewer than 3 values, times or regressors too short or not ascending, options out of
//             range, a horizon beyond the regressors' end.
#pragma once

#include "analytics/forecast/arima/arima.h"
#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

enum class ProphetGrowth : std::uint8_t { kLinear, kFlat };
enum class ProphetMode : std::uint8_t { kAdditive, kMultiplicative };

struct ProphetSeason {
  std::string name;
  double period = 0;      // in units of time: steps, unless times are given
  std::size_t pairs = 3;  // of sine and cosine
  double scale = 10;
};

struct ProphetRegressor {
  NamedColumn column;
  double scale = 10;
};

struct ProphetOptions {
  ProphetGrowth growth = ProphetGrowth::kLinear;
  ProphetMode mode = ProphetMode::kAdditive;  // of seasons and regressors
  std::size_t changes = 25;                   // points at which the trend may change
  double change_range = 0.8;                  // share of the series that holds them
  double change_scale = 0.05;
  std::vector<ProphetSeason> seasons;  // empty: one of the period given to fit(), with up to 10 pairs
  std::vector<ProphetRegressor> regressors;
  Series times;  // of past and future steps, ascending; empty: 0, 1, 2, ...
  std::size_t draws = 1000;
  std::uint64_t seed = 1;
};

ForecasterPointer make_prophet(const ProphetOptions& options = {});

}  // namespace streamflow::analytics
