#include "analytics/pattern/matrix_profile.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <thread>

#include "analytics/pattern/matrix_profile_kernel.h"
#include "analytics/pattern/window_statistics.h"

namespace streamflow::analytics {
namespace {

// Ties: the later neighbour nearest to the window, the earlier one likewise. Bands run outwards, so this makes the
// result the same for every distribution of bands over threads.
void merge(BestNeighbours& into, const BestNeighbours& from) {
  for (std::size_t window = 0; window < into.right_index.size(); ++window) {
    const bool right_tie = from.right_correlation[window] == into.right_correlation[window];
    if (from.right_correlation[window] > into.right_correlation[window] ||
        (right_tie && from.right_index[window] < into.right_index[window])) {
      into.right_correlation[window] = from.right_correlation[window];
      into.right_index[window] = from.right_index[window];
    }
    const bool left_tie = from.left_correlation[window] == into.left_correlation[window];
    if (from.left_correlation[window] > into.left_correlation[window] ||
        (left_tie && from.left_index[window] > into.left_index[window])) {
      into.left_correlation[window] = from.left_correlation[window];
      into.left_index[window] = from.left_index[window];
    }
  }
}

BestNeighbours compare_all(const WindowStatistics& statistics, unsigned threads) {
  const std::size_t first = exclusion_zone(statistics.window) + 1;
  std::atomic<std::size_t> next{first};
  const auto work = [&](BestNeighbours& best) {
    for (;;) {
      const std::size_t band = next.fetch_add(kBandDiagonals);
      if (band >= statistics.count()) return;
      compare_band(statistics, band, best);
    }
  };
  const std::size_t bands = statistics.count() > first ? (statistics.count() - first) / kBandDiagonals + 1 : 1;
  const std::size_t workers = std::clamp<std::size_t>(threads, 1, bands);
  std::vector<BestNeighbours> results(workers, BestNeighbours(statistics.count()));
  {
    std::vector<std::jthread> others;
    for (std::size_t worker = 1; worker < workers; ++worker) {
      others.emplace_back([&work, &results, worker] { work(results[worker]); });
    }
    work(results[0]);
  }
  for (std::size_t worker = 1; worker < workers; ++worker) merge(results[0], results[worker]);
  return std::move(results[0]);
}

bool outside(const std::vector<std::size_t>& taken, std::size_t start, std::size_t zone) {
  return std::none_of(taken.begin(), taken.end(),
                      [&](std::size_t other) { return (other > start ? other - start : start - other) <= zone; });
}

std::vector<std::size_t> order_by_distance(const MatrixProfile& profile) {
  std::vector<std::size_t> order;
  for (std::size_t start = 0; start < profile.distance.size(); ++start) {
    if (profile.index[start] >= 0) order.push_back(start);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return profile.distance[left] < profile.distance[right];
  });
  return order;
}

}  // namespace

std::size_t exclusion_zone(std::size_t window) {
  return (window + 3) / 4;
}

Result<MatrixProfile> matrix_profile(SeriesView series, const MatrixProfileOptions& options) {
  const std::size_t window = options.window;
  if (window < 3 || window > series.size()) {
    return Error{ErrorCode::kInvalidArgument, "matrix profile: the window is " + std::to_string(window) +
                                                  ", wanted 3 to the series' length, " + std::to_string(series.size())};
  }
  const WindowStatistics statistics = window_statistics(series, window);
  BestNeighbours best = compare_all(statistics, options.threads);
  const std::size_t count = statistics.count();
  MatrixProfile profile;
  profile.window = window;
  profile.left_index = std::move(best.left_index);
  profile.right_index = std::move(best.right_index);
  profile.distance.resize(count);
  profile.index.resize(count);
  profile.left_distance.resize(count);
  profile.right_distance.resize(count);
  for (std::size_t start = 0; start < count; ++start) {
    profile.left_distance[start] = distance_of(best.left_correlation[start], window);
    profile.right_distance[start] = distance_of(best.right_correlation[start], window);
    const bool left = best.left_correlation[start] > best.right_correlation[start];
    profile.distance[start] = left ? profile.left_distance[start] : profile.right_distance[start];
    profile.index[start] = left ? profile.left_index[start] : profile.right_index[start];
  }
  return profile;
}

std::vector<Motif> top_motifs(const MatrixProfile& profile, std::size_t count) {
  const std::size_t zone = exclusion_zone(profile.window);
  std::vector<std::size_t> taken;
  std::vector<Motif> motifs;
  for (const std::size_t start : order_by_distance(profile)) {
    if (motifs.size() == count) break;
    const auto neighbour = static_cast<std::size_t>(profile.index[start]);
    if (!outside(taken, start, zone) || !outside(taken, neighbour, zone)) continue;
    taken.insert(taken.end(), {start, neighbour});
    motifs.push_back({std::min(start, neighbour), std::max(start, neighbour), profile.distance[start]});
  }
  return motifs;
}

std::vector<Discord> top_discords(const MatrixProfile& profile, std::size_t count) {
  const std::size_t zone = exclusion_zone(profile.window);
  std::vector<std::size_t> taken;
  std::vector<Discord> discords;
  std::vector<std::size_t> order = order_by_distance(profile);
  std::reverse(order.begin(), order.end());
  for (const std::size_t start : order) {
    if (discords.size() == count) break;
    if (!outside(taken, start, zone)) continue;
    taken.push_back(start);
    discords.push_back({start, profile.distance[start]});
  }
  return discords;
}

}  // namespace streamflow::analytics
