#include "analytics/signal/correlate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/signal/fft.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

// Subtracts the mean and returns the sum of squares that remains, 0 where only rounding remains.
double centre(Series& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double squares = 0.0;
  double largest = 0.0;
  for (double& value : values) {
    largest = std::max(largest, std::abs(value));
    value -= mean;
    squares += value * value;
  }
  const double rounding = 1e-14 * largest;
  return squares > rounding * rounding * static_cast<double>(values.size()) ? squares : 0.0;
}

}  // namespace

Result<std::vector<double>> cross_correlate(SeriesView left, SeriesView right) {
  SF_CHECK(require_finite("cross-correlation", left, 1));
  SF_CHECK(require_finite("cross-correlation", right, 1));
  const Series reversed(right.rbegin(), right.rend());
  return convolve(left, reversed);
}

Result<std::vector<LagCorrelation>> lag_correlations(SeriesView left, SeriesView right, std::size_t lag_max) {
  SF_CHECK(require_equal_length("lag correlation", left, right));
  SF_CHECK(require_finite("lag correlation", left, 2));
  SF_CHECK(require_finite("lag correlation", right, 2));
  Series first(left.begin(), left.end());
  Series second(right.begin(), right.end());
  const double norm = std::sqrt(centre(first)) * std::sqrt(centre(second));
  SF_TRY(sums, cross_correlate(first, second));
  const auto zero = static_cast<std::ptrdiff_t>(right.size() - 1);
  const auto last = static_cast<std::ptrdiff_t>(std::min(lag_max, left.size() - 1));
  std::vector<LagCorrelation> result;
  for (std::ptrdiff_t lag = -last; lag <= last; ++lag) {
    const double sum = sums[static_cast<std::size_t>(zero + lag)];
    result.push_back({lag, norm > 0.0 ? std::clamp(sum / norm, -1.0, 1.0) : 0.0});
  }
  return result;
}

}  // namespace streamflow::analytics
