#include "analytics/pattern/segmentation.h"

#include <algorithm>

namespace streamflow::analytics {
namespace {

constexpr std::size_t kExclusionWindows = 5;

}  // namespace

Segmentation segment_regimes(const MatrixProfile& profile, std::size_t regimes) {
  const std::size_t count = profile.index.size();
  const std::size_t zone = kExclusionWindows * profile.window;
  std::vector<std::int64_t> marks(count, 0);
  for (std::size_t start = 0; start < count; ++start) {
    if (profile.index[start] < 0) continue;
    const auto neighbour = static_cast<std::size_t>(profile.index[start]);
    ++marks[std::min(start, neighbour)];
    --marks[std::max(start, neighbour)];
  }
  Segmentation result;
  result.arc_curve.assign(count, 1.0);
  std::int64_t arcs = 0;
  for (std::size_t start = 0; start < count; ++start) {
    arcs += marks[start];
    if (start < zone || start + zone >= count) continue;
    const double position = static_cast<double>(start);
    const double ideal = 2.0 * position * (static_cast<double>(count) - position) / static_cast<double>(count);
    result.arc_curve[start] = ideal > 0.0 ? std::min(1.0, static_cast<double>(arcs) / ideal) : 1.0;
  }
  std::vector<double> remaining = result.arc_curve;
  for (std::size_t regime = 1; regime < regimes && !remaining.empty(); ++regime) {
    const auto lowest =
        static_cast<std::size_t>(std::min_element(remaining.begin(), remaining.end()) - remaining.begin());
    if (remaining[lowest] >= 1.0) break;  // nothing left that separates anything
    result.boundaries.push_back(lowest);
    const std::size_t begin = lowest > zone ? lowest - zone : 0;
    const std::size_t end = std::min(lowest + zone, count);
    std::fill(remaining.begin() + static_cast<std::ptrdiff_t>(begin),
              remaining.begin() + static_cast<std::ptrdiff_t>(end), 1.0);
  }
  return result;
}

}  // namespace streamflow::analytics
