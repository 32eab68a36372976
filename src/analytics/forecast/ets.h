// Exponential smoothing with the form chosen by AICc, or a form of your own.
// Source:     Hyndman, Koehler, Snyder and Grose (International Journal of Forecasting 18, 2002) and the book named in
//             ets_form.h: start states by decomposition and regression, Nelder-Mead over smoothing parameters and start
//             states, likelihood of the innovations. Intervals: analytic where the states are linear (classes 1 and 2
//             of chapter 6), otherwise 5,000 simulated paths.
// Invariants: parameters lie in 0.0001 <= beta <= alpha <= 0.9999, gamma <= 1 - alpha, 0.8 <= phi <= 0.98 and in the
//             admissible region. Multiplicative forms need positive values. Seasons longer than `period_max` are left
//             to models that decompose.
// Threads:    const; the same seed gives the same answer.
// Errors:     kInvalidArgument: too short, missing, infinite or (for multiplicative forms) not positive.
#pragma once

#include "analytics/forecast/ets_form.h"
#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct EtsOptions {
  std::optional<EtsForm> form;  // otherwise the best of those that fit the data
  std::size_t period_max = 24;
  std::size_t evaluations_max = 2000;  // of the likelihood, for each form
  std::uint64_t seed = 1;              // of simulated intervals
};

ForecasterPointer make_ets(const EtsOptions& options = {});

}  // namespace streamflow::analytics
