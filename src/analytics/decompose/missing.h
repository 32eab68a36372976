// Fills gaps, so that what needs every value can run.
// Source:     linear between the neighbours; with a season, linear in the seasonally adjusted series (STL of a first
//             filling), then the season is added back, as Hyndman's na.interp does.
// Invariants: present values do not change. Gaps at the ends repeat the nearest (adjusted) value.
// Threads:    pure.
// Errors:     kInvalidArgument when no value is present or one is infinite.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct FilledSeries {
  Series values;
  std::size_t filled = 0;  // how many were missing
};
// `period` below 2, or more than half the series, means no season.
Result<FilledSeries> fill_missing(SeriesView series, std::size_t period = 1);

}  // namespace streamflow::analytics
