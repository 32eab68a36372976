// Similarity search: where in a long series a pattern occurs, by z-normalised Euclidean distance.
// Source:     Mueen et al., MASS (one Fourier transform convolution gives all distances).
// Invariants: O(n log n). Flat windows and missing values as in matrix_profile.h.
// Threads:    pure functions.
// Errors:     kInvalidArgument for a query below 3 values or longer than the series, or with missing values.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/pattern/window_statistics.h"
#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

// Distance of `query` to every window of `series`.
Result<std::vector<double>> distance_profile(SeriesView query, SeriesView series);

struct Match {
  std::size_t start = 0;
  double distance = 0.0;
};
// The `count` nearest windows, nearest first, outside each other's exclusion zones, not farther than `distance_max`.
Result<std::vector<Match>> nearest_matches(SeriesView query, SeriesView series, std::size_t count, double distance_max);

// Correlations of window `query` with windows [begin, end) of the same series.
std::vector<double> correlation_profile(const WindowStatistics& statistics, std::size_t query, std::size_t begin,
                                        std::size_t end);

}  // namespace streamflow::analytics
