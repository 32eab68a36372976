// Several models whose forecasts are combined step by step.
// Source:     Makridakis, Spiliotis and Assimakopoulos (International Journal of Forecasting 36, 2020): simple
//             combinations beat most of their members. Interval ends are combined like the means.
// Invariants: members that cannot treat a series are left out; the summary's parameters name the members used, each
//             with its weight.
// Threads:    const.
// Errors:     the first member's error when no member fits.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

enum class Combination : std::uint8_t { kMean, kMedian };

ForecasterPointer make_ensemble(std::vector<ForecasterPointer> members, Combination combination);

}  // namespace streamflow::analytics
