// Matrix profile: for every window of a series, its nearest other window by z-normalised Euclidean distance.
// Source:     Yeh et al. 2016 (definition), Zimmerman et al. 2019 (MPX), conventions of stumpy 1.14.
// Invariants: windows closer than ceil(window / 4) steps are not neighbours. Two flat windows are at distance 0, a flat
//             and another at sqrt(window); a window with a missing or infinite value has no neighbour (index -1,
//             distance infinity). Equal distances: the answer does not depend on the number of threads.
// Threads:    pure functions; the profile runs on as many threads as asked. O(n²) time, O(n * threads) memory.
// Errors:     kInvalidArgument for a window below 3 or longer than the series.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct MatrixProfile {
  std::size_t window = 0;
  std::vector<double> distance;
  std::vector<std::int64_t> index;
  std::vector<double> left_distance;  // to the nearest earlier window
  std::vector<std::int64_t> left_index;
  std::vector<double> right_distance;  // to the nearest later window
  std::vector<std::int64_t> right_index;
};

struct MatrixProfileOptions {
  std::size_t window = 0;
  unsigned threads = 1;
};
Result<MatrixProfile> matrix_profile(SeriesView series, const MatrixProfileOptions& options);
std::size_t exclusion_zone(std::size_t window);

struct Motif {
  std::size_t first = 0;
  std::size_t second = 0;  // first < second
  double distance = 0.0;
};
// The closest pairs, best first; no window of a pair lies in the exclusion zone of an earlier pair.
std::vector<Motif> top_motifs(const MatrixProfile& profile, std::size_t count);

struct Discord {
  std::size_t start = 0;
  double distance = 0.0;
};
// The windows farthest from all others, worst first, outside each other's exclusion zones.
std::vector<Discord> top_discords(const MatrixProfile& profile, std::size_t count);

}  // namespace streamflow::analytics
