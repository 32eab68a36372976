// Autocorrelation and partial autocorrelation of a series.
// Source:     Box, Jenkins and Reinsel, Time Series Analysis, chapters 2 and 3; the biased estimate (divided by n), so
//             that the sequence is positive definite. Fourier transforms where they are cheaper: O(n log n).
// Invariants: element 0 is 1; every value lies in [-1, 1] up to rounding.
// Threads:    pure.
// Errors:     kInvalidArgument for fewer than 2 values, lags >= n, missing or infinite values, a constant series.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

// Autocovariances at lags 0 to `lags`, sums divided by n; also of a constant series.
Result<Series> autocovariance(SeriesView series, std::size_t lags);
Result<Series> autocorrelation(SeriesView series, std::size_t lags);
// By Durbin and Levinson's recursion over the autocorrelations (Yule-Walker).
Result<Series> partial_autocorrelation(SeriesView series, std::size_t lags);

}  // namespace streamflow::analytics
