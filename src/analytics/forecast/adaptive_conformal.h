// Intervals for a stream of forecasts that keep their coverage though the world drifts.
// Source:     Gibbs and Candes, Adaptive Conformal Inference under Distribution Shift (NeurIPS 34, 2021): after each
//             outcome the miss rate aimed at moves by gamma (wanted - missed), so that the share of misses tends to the
//             wanted one whatever the errors do. Scores are absolute errors, the newest `window` of them.
// Invariants: half_width() never falls below 0; it is infinite while the aim is below any miss rate and before the
//             first score.
// Threads:    an object belongs to one thread.
// Errors:     kInvalidArgument for options out of range and for errors that are missing or infinite.
#pragma once

#include <deque>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct AdaptiveConformalOptions {
  double level = 95;         // percent
  double gamma = 0.01;       // 0.005 to 0.05: how fast the aim moves
  std::size_t window = 500;  // scores kept
};

class AdaptiveConformal {
 public:
  static Result<AdaptiveConformal> make(const AdaptiveConformalOptions& options);

  // Of the next forecast's interval, mean -+ half_width().
  double half_width() const;
  // What the forecast missed by, actual minus mean. Answers whether it lay inside the interval.
  Result<bool> observe(double error);

  double miss_rate_aimed_at() const { return aim_; }

 private:
  explicit AdaptiveConformal(const AdaptiveConformalOptions& options);

  AdaptiveConformalOptions options_;
  double aim_;
  std::deque<double> arrivals_;  // oldest first
  Series scores_;                // the same, ascending
};

}  // namespace streamflow::analytics
