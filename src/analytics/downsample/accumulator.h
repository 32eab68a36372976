// Accumulator: the rows of one series, kept as they are while they are few and as Buckets once they are many.
// Invariants: which of the two depends on the number of rows inside the grid alone, so the answer does not depend on
//             how rows were spread over chunks and threads. Memory: exact_rows_max rows or one grid per column.
// Threads:    one at a time; merge() joins what several threads made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/downsample/buckets.h"

namespace streamflow::analytics {

class Accumulator {
 public:
  Accumulator(std::size_t column_count, std::size_t exact_rows_max)
      : exact_rows_max_(exact_rows_max), values_(column_count), buckets_(column_count) {}

  // `runs` are of `keys` (Grid::split). `columns` has one value per key each.
  void add(const Grid& grid, std::span<const BucketRun> runs, std::span<const XKey> keys,
           std::span<const std::span<const double>> columns);
  void merge(const Grid& grid, const Accumulator& other);

  bool exact() const { return exact_; }
  std::uint64_t row_count() const { return row_count_; }
  // The rows as they are, by x and then by value; exact() only.
  std::vector<Point> line(std::size_t column) const;
  const Buckets& buckets(std::size_t column) const { return buckets_[column]; }
  void give_up_rows(const Grid& grid);  // from now on as Buckets

 private:
  std::size_t exact_rows_max_;
  std::uint64_t row_count_ = 0;
  bool exact_ = true;
  std::vector<XKey> keys_;                   // exact_ only
  std::vector<std::vector<double>> values_;  // per column
  std::vector<Buckets> buckets_;             // per column
};

}  // namespace streamflow::analytics
