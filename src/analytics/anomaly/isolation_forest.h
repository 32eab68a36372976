// Isolation forest: rows that random splits set apart early are anomalous.
// Source:     Liu, Ting & Zhou 2008; defaults and score as scikit-learn's -score_samples.
// Invariants: scores lie in (0, 1]; about 0.5 is usual. Scoring is O(trees * log(sample)) per row.
// Threads:    immutable after fit(); score() may run concurrently.
// Errors:     kInvalidArgument for no rows, no columns, values that are missing or infinite, no trees.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/result.h"

namespace streamflow::analytics {

struct IsolationForestOptions {
  std::size_t trees = 100;
  std::size_t sample = 256;  // rows per tree
  std::uint64_t seed = 1;
};

class IsolationForest {
 public:
  // `rows` holds `columns` values per row, one row after the other.
  static Result<IsolationForest> fit(std::span<const double> rows, std::size_t columns,
                                     const IsolationForestOptions& options);
  std::size_t columns() const { return columns_; }
  double score(std::span<const double> row) const;
  Result<std::vector<double>> score_rows(std::span<const double> rows) const;

 private:
  struct Node {
    double threshold = 0.0;  // at most: left; in leaves: the path length
    std::uint32_t left = 0;  // right is left + 1; 0: a leaf
    std::uint32_t column = 0;
  };
  friend class IsolationTreeBuilder;
  std::size_t columns_ = 0;
  double path_scale_ = 1.0;  // c(sample): mean path of an unsuccessful search
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> roots_;
};

}  // namespace streamflow::analytics
