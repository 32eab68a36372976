// Theta with its line and smoothing optimised, and the same with a line that follows the series.
// Source:     Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler (International Journal of Forecasting 32, 2016):
//             OTM (the line through the whole series) and DOTM (the line refitted at each step); alpha in [0.1, 0.99],
//             theta at least 1, first level, alpha and theta by least squares. Season as in seasonal_adjustment.h.
// Threads:    const.
// Errors:     kInvalidArgument for fewer than 5 values, missing or infinite ones.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

enum class ThetaLine : std::uint8_t { kFixed, kDynamic };

ForecasterPointer make_optimised_theta(ThetaLine line);

}  // namespace streamflow::analytics
