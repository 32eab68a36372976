// A matrix profile that grows with its series (STAMPI), and the search for the worst window of a long history (DAMP).
// Source:     Yeh et al. 2016, section on incremental profiles; Lu et al. 2022 (DAMP).
// Invariants: after any number of appends the profile equals matrix_profile() of the whole series within rounding.
// Threads:    an object belongs to one thread.
// Errors:     kInvalidArgument for a window below 3, or a series without two windows apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/pattern/matrix_profile.h"
#include "analytics/pattern/window_statistics.h"
#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

class ProfileStream {
 public:
  static Result<ProfileStream> start(std::size_t window);
  // O(values so far).
  void append(double value);
  MatrixProfile profile() const;
  // Distance of the newest window to its nearest earlier one; infinity before there are two apart.
  double newest_left_distance() const;

 private:
  explicit ProfileStream(std::size_t window) { statistics_.window = window; }
  void advance_covariances();
  void compare_newest();

  WindowStatistics statistics_;
  std::vector<bool> missing_;
  bool centred_ = false;
  double centre_ = 0.0;  // the first finite value
  std::size_t appends_since_refresh_ = 0;
  std::vector<double> covariance_;  // of the newest window with each earlier one
  std::vector<double> left_correlation_;
  std::vector<double> right_correlation_;
  std::vector<std::int64_t> left_index_;
  std::vector<std::int64_t> right_index_;
};

// The window beginning at or after `training` that is farthest from every window wholly before it; exact, and usually
// far below O(n²) because near neighbours end a search and strike out windows ahead.
Result<Discord> left_discord(SeriesView series, std::size_t window, std::size_t training);

}  // namespace streamflow::analytics
