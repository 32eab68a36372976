// What z-normalised distances between windows of one series need, computed once: means, norms, update terms.
// Source:     Zimmerman et al. 2019 (MPX): cov(i, j) = cov(i-1, j-1) + df[i]*dg[j] + df[j]*dg[i].
// Invariants: the series is centred first; missing and infinite values count as 0 and mark every window they touch.
//             correlation(i, j) = cov(i, j) * inverse_norm[i] * inverse_norm[j] + offset[i] + offset[j], which is 1 for
//             two flat windows, 0.5 for one, minus infinity for a marked one.
// Threads:    values.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/series.h"

namespace streamflow::analytics {

struct WindowStatistics {
  std::size_t window = 0;
  Series values;                     // centred, holes as 0
  std::vector<double> mean;          // per window
  std::vector<double> inverse_norm;  // 1 / sqrt(sum of squared deviations); 0 when flat or marked
  std::vector<double> offset;        // 0, 0.5 when flat, -infinity when marked
  std::vector<double> df;
  std::vector<double> dg;
  bool has_offsets = false;  // whether any offset differs from 0

  std::size_t count() const { return mean.size(); }
  // Sum of products of deviations of windows i and j, directly: O(window).
  double covariance(std::size_t i, std::size_t j) const;
  double correlation(double covariance_ij, std::size_t i, std::size_t j) const {
    return covariance_ij * inverse_norm[i] * inverse_norm[j] + (offset[i] + offset[j]);
  }
  // Adds what the windows ending at values beyond the present ones need; `values` must have grown before.
  void extend(std::vector<bool> const& missing);
};

// `window` is at least 2 and at most series.size().
WindowStatistics window_statistics(SeriesView series, std::size_t window);
// Distance of windows with this correlation: sqrt(2 m (1 - r)); infinity for minus infinity.
double distance_of(double correlation, std::size_t window);

}  // namespace streamflow::analytics
