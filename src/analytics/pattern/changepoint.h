// Change points of a whole series: exact (PELT) and greedy (binary segmentation, sliding window) searches over segment
// costs, and `changepoints`, which needs no settings.
// Source:     Killick et al. 2012 (PELT); Scott & Knott 1974 (binary segmentation); Truong et al. 2020 (window, and the
//             conventions: break lists equal those of ruptures with jump = 1). Noise under autocorrelation: Chakar et
//             al. 2017.
// Invariants: a change point is the index of the first value after the change: ascending, never 0 nor the length.
// Threads:    pure functions.
// Errors:     kInvalidArgument for a series that is empty or not finite, a penalty that is negative or not finite, a
//             window below 2.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/pattern/segment_cost.h"
#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

using ChangePoints = std::vector<std::size_t>;

struct SegmentationOptions {
  SegmentModel model = SegmentModel::kMean;
  double penalty = 0.0;        // what each further segment must save
  std::size_t length_min = 2;  // of a segment
  std::size_t window = 100;    // window_changepoints() alone
};

// The cheapest segmentation there is. O(n) when changes keep coming, O(n²) at worst.
Result<ChangePoints> pelt(SeriesView series, const SegmentationOptions& options);
Result<ChangePoints> binary_segmentation(SeriesView series, const SegmentationOptions& options);
Result<ChangePoints> window_changepoints(SeriesView series, const SegmentationOptions& options);

struct AutomaticChangePoints {
  ChangePoints points;
  std::vector<std::size_t> periods;  // the season removed from each column before the search; 0: none
};
// Piecewise lines through one or several columns of equal length, after removing a dominant season. The penalty follows
// the noise, measured on differences and inflated by its autocorrelation; missing values are interpolated.
Result<AutomaticChangePoints> changepoints(std::span<const SeriesView> columns);

}  // namespace streamflow::analytics
