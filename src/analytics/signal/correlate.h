// Cross-correlation of two series over all lags, by Fourier transform.
// Source:     sign as in scipy.signal.correlate: value at lag k is the sum of left[t + k] * right[t].
// Invariants: lags run from -(right.size() - 1) to left.size() - 1; O(n log n).
// Threads:    pure functions.
// Errors:     kInvalidArgument for an empty or non-finite series.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

// Raw sums; index i holds lag i - (right.size() - 1).
Result<std::vector<double>> cross_correlate(SeriesView left, SeriesView right);

struct LagCorrelation {
  std::ptrdiff_t lag = 0;  // positive: `left` follows `right` by so many steps
  double correlation = 0.0;
};
// Correlation coefficients for lags -lag_max to lag_max, over whole-series mean and variance (as statsmodels' ccf with
// adjusted=false); 0 everywhere when either series is constant.
Result<std::vector<LagCorrelation>> lag_correlations(SeriesView left, SeriesView right, std::size_t lag_max);

}  // namespace streamflow::analytics
