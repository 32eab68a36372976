// Intervals calibrated on the model's own past errors instead of its assumptions.
// Source:     split conformal prediction (Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, JASA 113, 2018) over rolling
//             origins. Errors are divided by the width the base model claims at that step, so that one pooled set of
//             scores serves every step; the quantile is the ceil((k + 1) level)-th of k scores, or the largest.
// Invariants: means are the base model's; a series too short for `scores_min` scores keeps its own intervals.
// Threads:    const. Cost: `windows` further fits for each forecast with intervals.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct ConformalOptions {
  std::size_t windows = 5;      // rolling origins, spread over the last half of the series
  std::size_t scores_min = 20;  // pooled over windows and steps
};

ForecasterPointer make_conformal(ForecasterPointer base, const ConformalOptions& options = {});

}  // namespace streamflow::analytics
