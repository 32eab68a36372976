// The ensemble for fleets: cheap members only, so that a hundred thousand monthly series take minutes.
// Source:     naive, simple smoothing, Theta and damped trend of the seasonally adjusted series, averaged, as the
//             combinations that did well in the M3 and M4 competitions (seasonal_adjustment.h). Intervals by split
//             conformal prediction over two rolling origins.
// Threads:    const.
// Errors:     kInvalidArgument for fewer than 5 values, missing or infinite ones.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

ForecasterPointer make_fast_ensemble();

}  // namespace streamflow::analytics
