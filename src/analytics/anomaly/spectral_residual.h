// Spectral residual saliency: what a series has beyond its own smooth spectrum.
// Source:     Ren et al. 2019, sections 3.1 and 3.2; the saliency is compared with its mean over `score_window` values.
// Invariants: one score per value; above 1 is anomalous. O(n log n).
// Threads:    pure functions.
// Errors:     kInvalidArgument for windows of 0, or a series with missing values.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct SpectralResidualOptions {
  std::size_t spectrum_window = 3;
  std::size_t score_window = 40;
  double threshold = 3.0;  // how many times its surroundings a salient value exceeds them by
};
Result<std::vector<double>> spectral_residual(SeriesView series, const SpectralResidualOptions& options);

}  // namespace streamflow::analytics
