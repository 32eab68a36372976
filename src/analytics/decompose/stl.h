// Seasonal-trend decomposition by loess (STL), additive.
// Source:     Cleveland, Cleveland, McRae and Terpenning, Journal of Official Statistics 6 (1990).
// Invariants: trend + season + remainder is the series, up to rounding.
// Threads:    pure.
// Errors:     kInvalidArgument: fewer than two periods, missing or infinite values, an even or too small window.
#pragma once

#include "analytics/decompose/decomposition.h"

namespace streamflow::analytics {

enum class Robustness : std::uint8_t { kPlain, kRobust };

struct StlOptions {
  std::size_t period = 0;
  std::size_t season_window = 7;    // odd, at least 3; 0: periodic, the season never changes
  std::size_t trend_window = 0;     // odd; 0: the smallest odd number >= 1.5 period / (1 - 1.5 / season_window)
  std::size_t low_pass_window = 0;  // odd; 0: the smallest odd number above period - 1
  int season_degree = 1;            // of the local polynomial, 0 or 1
  int trend_degree = 1;
  int low_pass_degree = 1;
  // Loess every so many points, linear between: 1 is exact; 0 means a tenth of the window, rounded up.
  std::size_t season_jump = 1;
  std::size_t trend_jump = 1;
  std::size_t low_pass_jump = 1;
  std::size_t inner_iterations = 5;
  std::size_t outer_iterations = 0;  // robustness passes
};

// Exact loess everywhere, low-pass window the smallest odd number above the period; 2 inner and 15 outer iterations
// when robust.
StlOptions stl_exact(std::size_t period, Robustness robustness = Robustness::kPlain);
// What R's stl() does by default: constant local season, jumps of a tenth of each window, 2 inner iterations, or 1
// inner and 15 outer when robust.
StlOptions stl_with_jumps(std::size_t period, std::size_t season_window, Robustness robustness = Robustness::kPlain);

Result<Decomposition> stl(SeriesView series, const StlOptions& options);

}  // namespace streamflow::analytics
