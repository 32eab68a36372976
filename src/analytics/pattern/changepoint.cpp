#include "analytics/pattern/changepoint.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "analytics/pattern/changepoint_search.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

Status check(const SegmentationOptions& options) {
  if (!(options.penalty >= 0.0) || !std::isfinite(options.penalty)) {
    return invalid_series("change points", "the penalty must be finite and not negative");
  }
  return Ok{};
}

struct Split {
  std::size_t at = 0;
  double gain = 0.0;
};

// The best place to cut [begin, end); of equal gains the last.
std::optional<Split> best_split(const SegmentCost& cost, std::size_t begin, std::size_t end, std::size_t length_min) {
  std::optional<Split> best;
  const double whole = cost(begin, end);
  for (std::size_t at = begin + length_min; at + length_min <= end; ++at) {
    const double gain = whole - cost(begin, at) - cost(at, end);
    if (!best || gain >= best->gain) best = Split{at, gain};
  }
  return best;
}

double total_cost(const SegmentCost& cost, const ChangePoints& points) {
  double sum = 0.0;
  std::size_t begin = 0;
  for (const std::size_t end : points) {
    sum += cost(begin, end);
    begin = end;
  }
  return sum + cost(begin, cost.size());
}

// Indices higher than all others within `reach`, the series read as a circle.
std::vector<std::size_t> peaks(const std::vector<double>& score, std::size_t reach) {
  std::vector<std::size_t> result;
  const std::size_t count = score.size();
  for (std::size_t index = 0; index < count; ++index) {
    bool highest = true;
    for (std::size_t step = 1; step <= reach && highest; ++step) {
      highest =
          score[index] > score[(index + step) % count] && score[index] > score[(index + count - step % count) % count];
    }
    if (highest) result.push_back(index);
  }
  return result;
}

}  // namespace

Result<ChangePoints> pelt(SeriesView series, const SegmentationOptions& options) {
  SF_CHECK(check(options));
  SF_TRY(cost, SegmentCost::build(series, options.model));
  const std::size_t length_min = std::max<std::size_t>(1, options.length_min);
  return cheapest_segmentation(series.size(), length_min, options.penalty, cost);
}

Result<ChangePoints> binary_segmentation(SeriesView series, const SegmentationOptions& options) {
  SF_CHECK(check(options));
  SF_TRY(cost, SegmentCost::build(series, options.model));
  const std::size_t length_min = std::max<std::size_t>(1, options.length_min);
  struct Piece {
    std::size_t begin;
    std::size_t end;
    std::optional<Split> split;
  };
  std::vector<Piece> pieces = {{0, series.size(), best_split(cost, 0, series.size(), length_min)}};
  ChangePoints points;
  for (;;) {
    const auto best = std::max_element(pieces.begin(), pieces.end(), [](const Piece& left, const Piece& right) {
      return (left.split ? left.split->gain : -1.0) < (right.split ? right.split->gain : -1.0);
    });
    if (!best->split || !(best->split->gain > options.penalty)) break;
    const Piece whole = *best;
    const std::size_t at = whole.split->at;
    points.push_back(at);
    *best = {whole.begin, at, best_split(cost, whole.begin, at, length_min)};
    pieces.push_back({at, whole.end, best_split(cost, at, whole.end, length_min)});
  }
  std::sort(points.begin(), points.end());
  return points;
}

Result<ChangePoints> window_changepoints(SeriesView series, const SegmentationOptions& options) {
  SF_CHECK(check(options));
  if (options.window < 2) return invalid_series("window change points", "the window must be at least 2");
  SF_TRY(cost, SegmentCost::build(series, options.model));
  const std::size_t half = options.window / 2;
  std::vector<double> score;
  for (std::size_t at = half; at + half < series.size(); ++at) {
    score.push_back(cost(at - half, at + half) - cost(at - half, at) - cost(at, at + half));
  }
  std::vector<std::size_t> order = peaks(score, std::max(options.window, 2 * options.length_min) / 2);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return score[left] > score[right]; });
  ChangePoints points;
  double before = total_cost(cost, points);
  for (const std::size_t peak : order) {
    ChangePoints extended = points;
    extended.insert(std::upper_bound(extended.begin(), extended.end(), peak + half), peak + half);
    const double after = total_cost(cost, extended);
    if (!(before - after > options.penalty)) break;
    points = std::move(extended);
    before = after;
  }
  return points;
}

}  // namespace streamflow::analytics
