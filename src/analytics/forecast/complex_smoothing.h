// Complex exponential smoothing (CES): a level and a hidden potential, smoothed by one complex number.
// Source:     Svetunkov, Kourentzes and Ord (Naval Research Logistics 69, 2022), equations 11 to 14; one model covers
//             level and trend. Both parts of the number and both first states by least squares inside the stability
//             region. Season as in seasonal_adjustment.h.
// Threads:    const.
// Errors:     kInvalidArgument for fewer than 6 values, missing or infinite ones.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

ForecasterPointer make_complex_smoothing();

}  // namespace streamflow::analytics
