#include "analytics/anomaly/isolation_forest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analytics/anomaly/random_source.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

// Mean path length of an unsuccessful search in a binary search tree of `count` keys (Liu et al. 2008, equation 1).
double mean_path(double count) {
  if (count <= 1.0) return 0.0;
  if (count <= 2.0) return 1.0;
  return 2.0 * (std::log(count - 1.0) + std::numbers::egamma) - 2.0 * (count - 1.0) / count;
}

}  // namespace

class IsolationTreeBuilder {
 public:
  IsolationTreeBuilder(IsolationForest& forest, std::span<const double> rows, std::size_t depth_max,
                       RandomSource& random)
      : forest_(forest), rows_(rows), depth_max_(depth_max), random_(random) {}

  void build(std::span<std::size_t> sample) {
    forest_.roots_.push_back(static_cast<std::uint32_t>(forest_.nodes_.size()));
    forest_.nodes_.emplace_back();
    split(forest_.roots_.back(), sample, 0);
  }

 private:
  double value(std::size_t row, std::size_t column) const { return rows_[row * forest_.columns_ + column]; }

  // A column that varies within the sample, chosen evenly; columns() when none does.
  std::size_t choose_column(std::span<const std::size_t> sample, double& low, double& high) {
    candidates_.resize(forest_.columns_);
    std::iota(candidates_.begin(), candidates_.end(), std::size_t{0});
    for (std::size_t left = candidates_.size(); left > 0; --left) {
      std::swap(candidates_[random_.below(left)], candidates_[left - 1]);
      const std::size_t column = candidates_[left - 1];
      low = std::numeric_limits<double>::infinity();
      high = -low;
      for (const std::size_t row : sample) {
        low = std::min(low, value(row, column));
        high = std::max(high, value(row, column));
      }
      if (low < high) return column;
    }
    return forest_.columns_;
  }

  void split(std::uint32_t node, std::span<std::size_t> sample, std::size_t depth) {
    double low = 0.0;
    double high = 0.0;
    const bool leaf = depth >= depth_max_ || sample.size() <= 1;
    const std::size_t column = leaf ? forest_.columns_ : choose_column(sample, low, high);
    if (column == forest_.columns_) {
      forest_.nodes_[node].threshold = static_cast<double>(depth) + mean_path(static_cast<double>(sample.size()));
      return;
    }
    const double cut = std::min(std::lerp(low, high, random_.uniform()), std::nextafter(high, low));
    const auto middle =
        std::partition(sample.begin(), sample.end(), [&](std::size_t row) { return value(row, column) <= cut; });
    const auto left_count = static_cast<std::size_t>(middle - sample.begin());
    const auto left = static_cast<std::uint32_t>(forest_.nodes_.size());
    forest_.nodes_[node] = {cut, left, static_cast<std::uint32_t>(column)};
    forest_.nodes_.resize(forest_.nodes_.size() + 2);
    split(left, sample.first(left_count), depth + 1);
    split(left + 1, sample.subspan(left_count), depth + 1);
  }

  IsolationForest& forest_;
  std::span<const double> rows_;
  std::size_t depth_max_;
  RandomSource& random_;
  std::vector<std::size_t> candidates_;
};

Result<IsolationForest> IsolationForest::fit(std::span<const double> rows, std::size_t columns,
                                             const IsolationForestOptions& options) {
  if (columns == 0 || rows.empty() || rows.size() % columns != 0) {
    return invalid_series("isolation forest", std::to_string(rows.size()) + " values are no rows of " +
                                                  std::to_string(columns) + " columns");
  }
  if (options.trees == 0 || options.sample == 0) {
    return invalid_series("isolation forest", "at least one tree and one row per tree are needed");
  }
  SF_CHECK(require_finite("isolation forest", rows, 1));
  IsolationForest forest;
  forest.columns_ = columns;
  const std::size_t count = rows.size() / columns;
  const std::size_t sample = std::min(options.sample, count);
  forest.path_scale_ = std::max(mean_path(static_cast<double>(sample)), std::numeric_limits<double>::min());
  const auto depth_max =
      static_cast<std::size_t>(std::ceil(std::log2(static_cast<double>(std::max<std::size_t>(2, sample)))));
  RandomSource random(options.seed);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  IsolationTreeBuilder builder(forest, rows, depth_max, random);
  for (std::size_t tree = 0; tree < options.trees; ++tree) {
    for (std::size_t drawn = 0; drawn < sample; ++drawn)
      std::swap(order[drawn], order[drawn + random.below(count - drawn)]);
    std::vector<std::size_t> rows_of_tree(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(sample));
    builder.build(rows_of_tree);
  }
  return forest;
}

double IsolationForest::score(std::span<const double> row) const {
  double depth = 0.0;
  for (std::uint32_t at : roots_) {
    while (nodes_[at].left != 0) {
      const Node& node = nodes_[at];
      at = node.left + (row[node.column] <= node.threshold ? 0U : 1U);
    }
    depth += nodes_[at].threshold;
  }
  return std::exp2(-depth / (static_cast<double>(roots_.size()) * path_scale_));
}

Result<std::vector<double>> IsolationForest::score_rows(std::span<const double> rows) const {
  if (rows.size() % columns_ != 0) {
    return invalid_series("isolation forest", std::to_string(rows.size()) + " values are no rows of " +
                                                  std::to_string(columns_) + " columns");
  }
  std::vector<double> scores;
  for (std::size_t begin = 0; begin < rows.size(); begin += columns_)
    scores.push_back(score(rows.subspan(begin, columns_)));
  return scores;
}

}  // namespace streamflow::analytics
