// Local regression on equally spaced points, as STL uses it.
// Source:     Cleveland, Cleveland, McRae and Terpenning, STL, Journal of Official Statistics 6 (1990), section 2 and
//             its published procedure: tricube weights over the `window` nearest points, robustness weights multiplied
//             in, every jump-th point estimated and the others interpolated linearly.
// Invariants: window is odd. Inside the series one kernel serves every point; only the ends are weighted one by one.
//             O(n * window / jump).
// Threads:    an object belongs to one thread.
#pragma once

#include "analytics/series.h"

namespace streamflow::analytics {

struct LoessOptions {
  std::size_t window = 7;  // odd; may exceed the series
  int degree = 1;          // 0 or 1
  std::size_t jump = 1;
};

class Loess {
 public:
  explicit Loess(const LoessOptions& options);

  // `weights` is empty or as long as y. Where no weight is left, the value itself is the estimate.
  void smooth(SeriesView y, SeriesView weights, std::span<double> out);
  // The estimate one step before the first point (front) and one after the last (back).
  double extrapolate_front(SeriesView y, SeriesView weights, double otherwise);
  double extrapolate_back(SeriesView y, SeriesView weights, double otherwise);

 private:
  struct Window {  // half-open range of points
    std::size_t begin, end;
  };
  bool estimate(SeriesView y, SeriesView weights, double x, Window window, double& out);
  double estimate_inside(SeriesView y, SeriesView weights, std::size_t i) const;
  double weighted_inside(SeriesView y, SeriesView weights, std::size_t i) const;
  void fill_between(std::span<double> out, std::size_t begin, std::size_t end) const;

  LoessOptions options_;
  Series kernel_;       // tricube at distance 0 to window/2, not normalised
  Series full_kernel_;  // the same over the whole window, and times distance, and times distance squared
  Series linear_kernel_;
  Series square_kernel_;
  double kernel_sum_ = 0;
  Series scratch_;
};

}  // namespace streamflow::analytics
