// Decomposition with several seasons: STL for each period in turn, from the shortest, on what the others leave.
// Source:     Bandara, Hyndman and Bergmeir, MSTL, arXiv:2107.13462 (2021).
// Invariants: trend + all seasons + remainder is the series, up to rounding. Seasons are ordered by period.
// Threads:    pure.
// Errors:     as stl(); periods of which the series holds fewer than two are refused, as are repeated ones.
#pragma once

#include "analytics/decompose/stl.h"

namespace streamflow::analytics {

struct MstlOptions {
  std::vector<std::size_t> periods;
  std::vector<std::size_t> season_windows;  // one for each period, ascending; empty: 11, 15, 19, ...
  std::size_t passes = 2;
  StlOptions stl;  // period and season window are set for every step
};

struct MultiDecomposition {
  std::vector<std::size_t> periods;
  Series trend;
  std::vector<Series> seasons;
  Series remainder;
};

Result<MultiDecomposition> mstl(SeriesView series, const MstlOptions& options);

}  // namespace streamflow::analytics
