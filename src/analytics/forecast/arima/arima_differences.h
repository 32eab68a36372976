// How often a series must be differenced before an ARMA process fits it.
// Source:     once at the period when the seasonal strength of STL exceeds 0.64 (Wang, Smith and Hyndman 2006); then
//             once and again while the KPSS test rejects a constant level at 5 %, lags 3 sqrt(n) / 13.
// Threads:    pure.
#pragma once

#include "analytics/series.h"

namespace streamflow::analytics {

struct DifferencesMax {
  std::size_t plain = 2;
  std::size_t seasonal = 1;
};

struct Differences {
  std::size_t d = 0, D = 0;
};

Differences differences_needed(SeriesView series, std::size_t period, const DifferencesMax& most = {});

}  // namespace streamflow::analytics
