#include "analytics/clean/defects.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

namespace streamflow::analytics {
namespace {

constexpr double kGapSteps = 1.5;  // a distance above so many steps is a gap
constexpr double kChance = 1e-3;   // of a stuck run this long anywhere in the series
constexpr std::size_t kStuckMin = 5;
constexpr std::size_t kNeighbours = 5;  // on either side, to judge a spike by
constexpr std::size_t kSpikeRowsMax = 3;
constexpr double kSpikeDeviations = 10.0;
constexpr std::size_t kSentinelMin = 3;  // occurrences
constexpr double kSentinelRanges = 5.0;  // quartile ranges beyond the extremes of the other values' quartiles

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void find_time_defects(std::span<const Timestamp> times, std::vector<Defect>& defects) {
  const double step = static_cast<double>(usual_step(times).count());
  std::set<Timestamp> seen;
  Timestamp latest = Timestamp::min();
  for (std::size_t row = 0; row < times.size(); ++row) {
    if (!seen.insert(times[row]).second) {
      defects.push_back({DefectKind::kDuplicate, row, row + 1, 0.0});
    } else if (row > 0 && times[row] < latest) {
      defects.push_back({DefectKind::kOutOfOrder, row, row + 1, 0.0});
    }
    latest = std::max(latest, times[row]);
  }
  // A late row fills its place, so gaps are looked for in time order; the row reported is the one after the gap.
  std::map<Timestamp, std::size_t> rows;
  for (std::size_t row = 0; row < times.size(); ++row) rows.emplace(times[row], row);
  for (auto at = rows.begin(); step > 0.0 && at != rows.end() && std::next(at) != rows.end(); ++at) {
    const auto next = std::next(at);
    const double steps = std::chrono::duration<double, std::nano>(next->first - at->first).count() / step;
    if (steps > kGapSteps) {
      defects.push_back({DefectKind::kGap, next->second, next->second + 1, std::round(steps) - 1.0});
    }
  }
}

// Values that recur and lie far outside the quartiles of all others: marks their rows.
void find_sentinels(SeriesView values, std::vector<bool>& marked, std::vector<Defect>& defects) {
  std::map<double, std::size_t> counts;
  std::vector<double> sorted;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    ++counts[value];
    sorted.push_back(value);
  }
  if (sorted.size() < 4 * kSentinelMin) return;
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[sorted.size() / 4];
  const double high = sorted[3 * sorted.size() / 4];
  const double reach = kSentinelRanges * (high - low);
  if (!(reach > 0.0)) return;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const double value = values[row];
    if (!std::isfinite(value) || (value >= low - reach && value <= high + reach)) continue;
    if (counts[value] < kSentinelMin) continue;
    marked[row] = true;
    defects.push_back({DefectKind::kSentinel, row, row + 1, value});
  }
}

// Runs of equal values longer than repeats by chance, given how often neighbours are equal outside long runs.
void find_stuck(SeriesView values, std::vector<bool>& marked, std::vector<Defect>& defects) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  double repeats = 0.0;
  double pairs = 0.0;
  for (std::size_t begin = 0; begin < values.size();) {
    std::size_t end = begin + 1;
    while (end < values.size() && !marked[begin] && values[end] == values[begin]) ++end;
    runs.emplace_back(begin, end);
    const std::size_t length = end - begin;
    pairs += 1.0;
    if (length < kStuckMin) {
      repeats += static_cast<double>(length - 1);
      pairs += static_cast<double>(length - 1);
    }
    begin = end;
  }
  const double chance = std::min(0.999, (repeats + 0.5) / (pairs + 1.0));
  const double longest = 1.0 + std::log(kChance / static_cast<double>(values.size() + 1)) / std::log(chance);
  for (const auto& [begin, end] : runs) {
    if (end - begin < kStuckMin || static_cast<double>(end - begin) <= longest) continue;
    defects.push_back({DefectKind::kStuck, begin, end, values[begin]});
    std::fill(marked.begin() + static_cast<std::ptrdiff_t>(begin), marked.begin() + static_cast<std::ptrdiff_t>(end),
              true);
  }
}

void find_spikes(SeriesView values, const std::vector<bool>& marked, std::vector<Defect>& defects) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (!marked[row]) rows.push_back(row);
  }
  std::vector<double> distances;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    std::vector<double> around;
    const std::size_t end = std::min(rows.size(), at + kNeighbours + 1);
    for (std::size_t other = at - std::min(at, kNeighbours); other < end; ++other) {
      const std::size_t apart = other > at ? rows[other] - rows[at] : rows[at] - rows[other];
      if (other != at && apart <= 2 * kNeighbours) around.push_back(values[rows[other]]);
    }
    distances.push_back(around.size() < 4 ? 0.0 : std::abs(values[rows[at]] - median_of(around)));
  }
  std::vector<double> copy = distances;
  const double usual = copy.empty() ? 0.0 : 1.4826 * median_of(copy);
  if (!(usual > 0.0)) return;
  for (std::size_t begin = 0; begin < rows.size(); ++begin) {
    std::size_t end = begin;
    double largest = 0.0;
    while (end < rows.size() && distances[end] > kSpikeDeviations * usual)
      largest = std::max(largest, distances[end++]);
    if (end == begin) continue;
    if (end - begin <= kSpikeRowsMax) {
      defects.push_back({DefectKind::kSpike, rows[begin], rows[end - 1] + 1, largest / usual});
    }
    begin = end;
  }
}

}  // namespace

Duration usual_step(std::span<const Timestamp> times) {
  std::map<Duration, std::size_t> counts;
  for (std::size_t row = 1; row < times.size(); ++row) {
    if (times[row] > times[row - 1]) ++counts[times[row] - times[row - 1]];
  }
  const auto most = std::max_element(counts.begin(), counts.end(),
                                     [](const auto& left, const auto& right) { return left.second < right.second; });
  return most == counts.end() ? Duration{} : most->first;
}

Result<std::vector<Defect>> find_defects(std::span<const Timestamp> times, SeriesView values) {
  if (times.size() != values.size()) {
    return Error{ErrorCode::kInvalidArgument, "defects: got " + std::to_string(times.size()) + " times and " +
                                                  std::to_string(values.size()) + " values, wanted equally many"};
  }
  std::vector<Defect> defects;
  std::vector<bool> marked(values.size(), false);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row])) continue;
    marked[row] = true;
    defects.push_back({DefectKind::kMissing, row, row + 1, 0.0});
  }
  find_time_defects(times, defects);
  find_sentinels(values, marked, defects);
  find_stuck(values, marked, defects);
  find_spikes(values, marked, defects);
  std::stable_sort(defects.begin(), defects.end(),
                   [](const Defect& left, const Defect& right) { return left.begin < right.begin; });
  return defects;
}

}  // namespace streamflow::analytics
