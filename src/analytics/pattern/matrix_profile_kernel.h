// The inner loop of the matrix profile: best correlations along bands of diagonals, in SIMD chosen at run time.
// Source:     Zimmerman et al. 2019 (MPX). Lanes are neighbouring diagonals, so that loads and stores are contiguous.
// Invariants: covariances are computed anew at the start of every block of rows, which bounds the drift of the updates.
// Threads:    a BestNeighbours belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/pattern/window_statistics.h"

namespace streamflow::analytics {

// Highest correlation of each window with a later and with an earlier one; -1: none.
struct BestNeighbours {
  explicit BestNeighbours(std::size_t windows);
  std::vector<double> right_correlation;
  std::vector<std::int64_t> right_index;
  std::vector<double> left_correlation;
  std::vector<std::int64_t> left_index;
};

inline constexpr std::size_t kBandDiagonals = 64;

// Compares windows i and i + k for all i and for k in [first, first + kBandDiagonals), as far as they exist.
void compare_band(const WindowStatistics& statistics, std::size_t first, BestNeighbours& best);

}  // namespace streamflow::analytics
