// Demand that comes now and then: sizes and gaps are smoothed apart, or the series is summed until the gaps close.
// Source:     Croston (Operational Research Quarterly 23, 1972); Syntetos and Boylan (International Journal of
//             Forecasting 21, 2005): SBA, Croston's times 1 - alpha/2; Teunter, Syntetos and Babai (European Journal of
//             Operational Research 214, 2011): TSB, which smooths the probability at every step; Nikolopoulos et al.
//             (Journal of the Operational Research Society 62, 2011): ADIDA; Petropoulos and Kourentzes (JORS 66,
//             2015): IMAPA, ADIDA's mean over all levels up to the mean gap.
// Invariants: forecasts are flat. Without any demand they are 0. Intervals are Gaussian with the deviation of the
//             one-step errors and do not go below 0 where the series does not.
// Threads:    const.
// Errors:     kInvalidArgument for missing or infinite values, or an empty series.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

enum class Intermittent : std::uint8_t { kCroston, kSyntetosBoylan, kTeunter, kAdida, kImapa };

struct IntermittentOptions {
  double size_smoothing = 0.1;
  double gap_smoothing = 0.1;  // of gaps, or of the probability
};

ForecasterPointer make_intermittent(Intermittent method, const IntermittentOptions& options = {});

struct DemandPattern {
  double mean_gap = 0;           // steps from one demand to the next
  double squared_variation = 0;  // of demand sizes: variance over squared mean
  double zero_share = 0;
};
// Syntetos and Boylan's classes: intermittent from a mean gap of 1.32.
DemandPattern demand_pattern(SeriesView series);
bool is_intermittent(SeriesView series);

}  // namespace streamflow::analytics
