// Rows with times onto an even grid, which is what the models of this folder want, and back: the times of later steps.
// Invariants: a fixed step is the median distance, or the mean one where times jitter around the grid; a calendar step
//             is a number of months, taken when all times are the same moment of their month, or all its last day.
//             Slots without a row are NaN.
// Threads:    pure.
// Errors:     kInvalidArgument, with what to do: fewer than two rows, times not ascending, no step to be seen, or far
//             more gaps than rows.
#pragma once

#include <cstdint>

#include "analytics/series.h"
#include "model/result.h"
#include "model/time.h"

namespace streamflow::analytics {

struct TimeGrid {
  Timestamp first;
  double step_ns = 0;            // 0: steps are months
  std::int32_t step_months = 0;  // 0: steps are step_ns
  bool month_ends = false;
  // The time of slot `index`, at most the last storable one.
  Timestamp at(std::size_t index) const;
};

struct GriddedSeries {
  TimeGrid grid;
  Series values;
  std::vector<std::size_t> slots;  // of each row
};

// `times` ascending, none twice; NaN among `values` is a gap.
Result<GriddedSeries> to_grid(std::span<const Timestamp> times, SeriesView values);

}  // namespace streamflow::analytics
