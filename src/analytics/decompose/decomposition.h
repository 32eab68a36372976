// What a decomposition answers: series = trend + season + remainder, or their product, step by step.
// Threads: values.
#pragma once

#include <string>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class SeasonKind : std::uint8_t { kAdditive, kMultiplicative };

struct Decomposition {
  Series trend;
  Series season;
  Series remainder;
  Series weights;  // robustness weights in [0, 1]; ones when the fit was not robust
};

struct Strength {
  double trend = 0;   // 1 - Var(remainder) / Var(trend + remainder), at least 0
  double season = 0;  // 1 - Var(remainder) / Var(season + remainder), at least 0
};
// Wang, Smith and Hyndman (Data Mining and Knowledge Discovery 13, 2006). Of an additive decomposition.
Strength strength_of(const Decomposition& decomposition);

// kInvalidArgument unless the series is finite (up to 1e100 in magnitude), period is at least 2 and two whole periods
// are there.
Status check_seasonal(SeriesView series, std::size_t period, const std::string& who);

}  // namespace streamflow::analytics
