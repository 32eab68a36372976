#include "analytics/signal/resample.h"

#include <algorithm>
#include <numeric>

#include "analytics/signal/filter.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {

Result<Series> resample(SeriesView series, ResampleRatio ratio) {
  SF_CHECK(require_finite("resample", series, 0));
  if (ratio.up == 0 || ratio.down == 0 || ratio.up > kResampleFactorMax || ratio.down > kResampleFactorMax) {
    return invalid_series("resample", "the factors must be 1 to " + std::to_string(kResampleFactorMax));
  }
  const std::size_t divisor = std::gcd(ratio.up, ratio.down);
  const std::size_t up = ratio.up / divisor;
  const std::size_t down = ratio.down / divisor;
  if (up == down) return Series(series.begin(), series.end());
  const std::size_t rate = std::max(up, down);
  const std::size_t half = 10 * rate;
  FirDesign design;
  design.taps = 2 * half + 1;
  design.cutoff_low = 1.0 / static_cast<double>(rate);
  design.kaiser_beta = 5.0;
  SF_TRY(taps, design_fir(design));
  const std::size_t count = (series.size() * up + down - 1) / down;
  Series output(count, 0.0);
  for (std::size_t index = 0; index < count; ++index) {
    // Output `index` is tap position index * down + half of the series stretched by `up`; only every up-th tap counts.
    const std::size_t position = index * down + half;
    const std::size_t newest = std::min(position / up, series.size() - 1);
    double sum = 0.0;
    for (std::size_t source = newest + 1; source-- > 0;) {
      const std::size_t tap = position - source * up;
      if (tap >= taps.size()) break;
      sum += taps[tap] * series[source];
    }
    output[index] = sum * static_cast<double>(up);
  }
  return output;
}

}  // namespace streamflow::analytics
