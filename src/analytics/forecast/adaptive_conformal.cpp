#include "analytics/forecast/adaptive_conformal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace streamflow::analytics {

AdaptiveConformal::AdaptiveConformal(const AdaptiveConformalOptions& options)
    : options_(options), aim_(1 - options.level / 100) {}

Result<AdaptiveConformal> AdaptiveConformal::make(const AdaptiveConformalOptions& options) {
  const bool level = options.level > 0 && options.level < 100;
  const bool gamma = options.gamma >= 0 && options.gamma <= 1;
  if (!level || !gamma || options.window == 0 || options.window > 1'000'000) {
    return Error{ErrorCode::kInvalidArgument,
                 "adaptive intervals: level lies inside (0, 100), gamma in [0, 1], window in "
                 "1 to 1000000; got " +
                     std::to_string(options.level) + ", " + std::to_string(options.gamma) + ", " +
                     std::to_string(options.window)};
  }
  return AdaptiveConformal(options);
}

double AdaptiveConformal::half_width() const {
  if (scores_.empty() || aim_ <= 0) { return std::numeric_limits<double>::infinity(); }
  if (aim_ >= 1) { return 0; }
  const auto count = static_cast<double>(scores_.size());
  const double rank = std::ceil((count + 1) * (1 - aim_));
  if (rank > count) { return std::numeric_limits<double>::infinity(); }
  return scores_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

Result<bool> AdaptiveConformal::observe(double error) {
  if (!std::isfinite(error)) {
    return Error{ErrorCode::kInvalidArgument, "adaptive intervals: the error is missing or infinite"};
  }
  const double score = std::abs(error);
  const bool inside = score <= half_width();
  aim_ += options_.gamma * ((1 - options_.level / 100) - (inside ? 0 : 1));
  arrivals_.push_back(score);
  scores_.insert(std::upper_bound(scores_.begin(), scores_.end(), score), score);
  if (arrivals_.size() > options_.window) {
    scores_.erase(std::lower_bound(scores_.begin(), scores_.end(), arrivals_.front()));
    arrivals_.pop_front();
  }
  return inside;
}

}  // namespace streamflow::analytics
