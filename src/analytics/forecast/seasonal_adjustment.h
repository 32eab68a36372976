// Takes a significant season out of a series and puts it back into forecasts, as the Theta methods do.
// Source:     the M4 competition's benchmarks: classical decomposition where the autocorrelation at one period exceeds
//             Bartlett's 90 % limit; multiplicative, or additive where values are not positive.
// Threads:    values.
#pragma once

#include "analytics/decompose/decomposition.h"
#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

// |autocorrelation at the period| against Bartlett's 90 % limit; needs more than two periods.
bool has_significant_season(SeriesView series, std::size_t period);

struct SeasonalAdjustment {
  Series adjusted;  // the series itself where no season was taken
  Series season;    // one period, element 0 belongs to the first step; empty without
  SeasonKind kind = SeasonKind::kMultiplicative;
  std::size_t length = 0;  // of the series

  double with_season(double value, std::size_t step) const;  // steps counted from the start of the series
  void add_season(Series& values, std::size_t begin) const;
  void add_season(Forecast& forecast) const;
};

SeasonalAdjustment adjust_for_season(SeriesView series, std::size_t period);

}  // namespace streamflow::analytics
