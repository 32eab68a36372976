// The PELT recursion over any additive cost.
// Source:     Killick et al. 2012, algorithm 2; candidate handling as in ruptures.
// Threads:    pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace streamflow::analytics {

// `cost(begin, end)` of a segment, `penalty` for each, segments of at least `length_min`. Returns the inner boundaries.
template <class Cost>
std::vector<std::size_t> cheapest_segmentation(std::size_t length, std::size_t length_min, double penalty,
                                               const Cost& cost) {
  std::vector<double> total(length + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> previous(length + 1, 0);
  total[0] = 0.0;
  std::vector<std::size_t> candidates;
  std::vector<double> totals;
  for (std::size_t end = length_min; end <= length; ++end) {
    candidates.push_back(end - length_min);
    totals.clear();
    for (const std::size_t begin : candidates) {
      const bool reachable = total[begin] < std::numeric_limits<double>::infinity();
      totals.push_back(reachable ? total[begin] + cost(begin, end) + penalty : std::numeric_limits<double>::infinity());
      if (totals.back() < total[end]) {
        total[end] = totals.back();
        previous[end] = begin;
      }
    }
    std::size_t kept = 0;
    for (std::size_t index = 0; index < candidates.size(); ++index) {
      const bool reachable = total[candidates[index]] < std::numeric_limits<double>::infinity();
      if (reachable && totals[index] <= total[end] + penalty) candidates[kept++] = candidates[index];
    }
    candidates.resize(kept);
  }
  std::vector<std::size_t> boundaries;
  for (std::size_t end = previous[length]; end > 0; end = previous[end]) boundaries.push_back(end);
  std::reverse(boundaries.begin(), boundaries.end());
  return boundaries;
}

}  // namespace streamflow::analytics
