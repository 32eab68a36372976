#include "analytics/downsample/accumulator.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {

void Accumulator::add(const Grid& grid, std::span<const BucketRun> runs, std::span<const XKey> keys,
                      std::span<const std::span<const double>> columns) {
  for (const BucketRun& run : runs) row_count_ += run.end - run.begin;
  if (row_count_ > exact_rows_max_) give_up_rows(grid);
  if (!exact_) {
    for (std::size_t i = 0; i < columns.size(); ++i) buckets_[i].add(grid, runs, keys, columns[i]);
    return;
  }
  for (const BucketRun& run : runs) {
    const auto slice = [&run](auto all) { return all.subspan(run.begin, run.end - run.begin); };
    const auto run_keys = slice(keys);
    keys_.insert(keys_.end(), run_keys.begin(), run_keys.end());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto run_values = slice(columns[i]);
      values_[i].insert(values_[i].end(), run_values.begin(), run_values.end());
    }
  }
}

void Accumulator::give_up_rows(const Grid& grid) {
  if (!exact_) return;
  exact_ = false;
  std::vector<BucketRun> runs;
  grid.split(keys_, runs);
  for (std::size_t i = 0; i < values_.size(); ++i) {
    buckets_[i].add(grid, runs, keys_, values_[i]);
    values_[i] = {};
  }
  keys_ = {};
}

void Accumulator::merge(const Grid& grid, const Accumulator& other) {
  row_count_ += other.row_count_;
  if (row_count_ > exact_rows_max_ || !other.exact_) give_up_rows(grid);
  if (exact_) {
    keys_.insert(keys_.end(), other.keys_.begin(), other.keys_.end());
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i].insert(values_[i].end(), other.values_[i].begin(), other.values_[i].end());
    }
    return;
  }
  if (other.exact_) {
    Accumulator condensed = other;
    condensed.give_up_rows(grid);
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i].merge(condensed.buckets_[i]);
    return;
  }
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i].merge(other.buckets_[i]);
}

std::vector<Point> Accumulator::line(std::size_t column) const {
  std::vector<Point> points(keys_.size());
  for (std::size_t i = 0; i < points.size(); ++i) points[i] = {keys_[i], values_[column][i]};
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    if (a.x != b.x) return a.x < b.x;
    return std::isnan(b.y) ? !std::isnan(a.y) : a.y < b.y;  // NaN last
  });
  return points;
}

}  // namespace streamflow::analytics
