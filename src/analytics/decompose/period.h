// Finds the periods of a series, strongest first, but a period before its multiples.
// Source:     in the spirit of Vlachos, Yu and Castelli (SDM 2005): candidates are peaks of the periodogram that white
//             noise would hardly show; each is placed on the hill of the autocorrelation it belongs to, and kept when
//             an F-test of its phase means agrees. What it explains is removed before the next one is sought.
// Invariants: every period is at least 2 and at most a third of the series; none twice.
// Threads:    pure. O(n log n) for each period found.
// Errors:     kInvalidArgument for missing or infinite values.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct PeriodOptions {
  std::size_t periods_max = 3;
  double significance = 1e-3;  // of the periodogram's peak and of the F-test
  double strength_min = 0.1;   // share of the detrended variance the phase means explain
};

struct DetectedPeriod {
  std::size_t period = 0;
  double strength = 0;         // share of the variance left by stronger periods that its phase means explain, adjusted
  double autocorrelation = 0;  // at that lag
};

// Empty for short, constant, or aperiodic series.
Result<std::vector<DetectedPeriod>> detect_periods(SeriesView series, const PeriodOptions& options = {});
// The first of them; 1 where there is none.
Result<std::size_t> strongest_period(SeriesView series);

}  // namespace streamflow::analytics
