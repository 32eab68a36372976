// Change of sample rate by a rational factor, with the anti-aliasing filter applied in polyphase form.
// Source:     Crochiere & Rabiner 1983; filter and alignment as scipy.signal.resample_poly (Kaiser, beta 5).
// Invariants: the output has ceil(n * up / down) values; value 0 stays at time 0. Beyond the ends the series counts as
//             zero, so remove the mean first where that matters.
// Threads:    pure functions.
// Errors:     kInvalidArgument for factors outside 1 to kResampleFactorMax or a series with missing values.
#pragma once

#include <cstddef>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

inline constexpr std::size_t kResampleFactorMax = 100'000;

struct ResampleRatio {
  std::size_t up = 1;
  std::size_t down = 1;
};
Result<Series> resample(SeriesView series, ResampleRatio ratio);

}  // namespace streamflow::analytics
