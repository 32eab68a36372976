// The plain methods every other model must beat: last value, last season, drift, mean, moving average.
// Source:     Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 5.2, with its variances (5.5).
// Invariants: shifting or scaling the series shifts or scales forecasts and intervals.
// Threads:    const.
// Errors:     kInvalidArgument for series too short, missing or infinite values.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

ForecasterPointer make_naive();
ForecasterPointer make_seasonal_naive();  // the last value when there is no season, or less than one period
ForecasterPointer make_drift();
ForecasterPointer make_historic_mean();
ForecasterPointer make_window_average(std::size_t window);

}  // namespace streamflow::analytics
