// Makes forecasts of a hierarchy add up: every total equals the sum of its parts.
// Source:     Wickramasuriya, Athanasopoulos and Hyndman (Journal of the American Statistical Association 114, 2019)
//             for the trace-minimising combination (MinT), with the covariance shrunk towards its diagonal as Schaefer
//             and Strimmer (2005) choose; Athanasopoulos, Ahmed and Hyndman (International Journal of Forecasting 25,
//             2009) for top-down by mean proportions.
// Invariants: answers add up to rounding; forecasts that add up already stay as they are (bottom-up, MinT).
// Threads:    pure. Cost: O(nodes³) at most, by the number of nodes.
// Errors:     kInvalidArgument: a cycle, a parent out of range, lists of unequal length, missing values, no residuals
//             where the method needs them.
#pragma once

#include <optional>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

// Node k is a part of node parents[k]; roots have none. Nodes without parts are the bottom.
struct Hierarchy {
  std::vector<std::optional<std::size_t>> parents;
};

enum class Reconciliation : std::uint8_t {
  kBottomUp,
  kTopDown,      // shares of the root by the mean of past values
  kOrdinary,     // MinT with equal variances
  kVariance,     // MinT with the residuals' variances
  kMinimumTrace  // MinT with their whole covariance, shrunk
};

struct HierarchicalForecast {
  std::vector<Series> mean;     // one for each node, equally long
  std::vector<Series> history;  // for top-down: past values of each node, equally long
  std::vector<Series>
      residuals;  // for kVariance and kMinimumTrace: one-step errors, equally long; NaN steps are skipped
};

inline constexpr std::size_t kHierarchyNodesMax = 5000;

Result<std::vector<Series>> reconcile(const Hierarchy& hierarchy, const HierarchicalForecast& forecast,
                                      Reconciliation method);

}  // namespace streamflow::analytics
