// Differences at a lag, repeated, and back.
// Invariants: integrate() continues the series that was differenced: the differences of what it answers, with the
//             series before it, are the input.
// Threads:    pure.
// Errors:     kInvalidArgument when the series is shorter than lag * order + 1, or lag or order is 0.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct DifferenceOptions {
  std::size_t lag = 1;
  std::size_t order = 1;
};

// series.size() - lag * order values.
Result<Series> difference(SeriesView series, const DifferenceOptions& options = {});
// Levels after the end of `history`, from their differences.
Result<Series> integrate(SeriesView differences, SeriesView history, const DifferenceOptions& options = {});

}  // namespace streamflow::analytics
