// The standard Theta method.
// Source:     Assimakopoulos and Nikolopoulos (International Journal of Forecasting 16, 2000), in the form of Hyndman
//             and Billah (International Journal of Forecasting 19, 2003): simple exponential smoothing of the
//             seasonally adjusted series plus half the slope of its straight line, discounted. The season is taken out
//             by multiplicative classical decomposition when the autocorrelation at one period is significant at 90 %;
//             additively where values are not positive.
// Threads:    const.
// Errors:     kInvalidArgument for fewer than 3 values, missing or infinite ones.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

ForecasterPointer make_theta();

}  // namespace streamflow::analytics
