// Buckets: what one series looks like in every bucket of a Grid, from rows in any order.
// Source:     M4 (grid.h); candlesticks: first, highest, lowest, last value of each bucket.
// Invariants: every point given out was put in. The answer depends on the set of rows alone: not on their order, not on
//             how they were cut into chunks, not on which parts were merged first (ties go by x, then by value). NaN is
//             a gap: it is no value, and where it breaks the line between two values a point with NaN stands between
//             them. Memory is the grid's size, allocated by the first row.
// Threads:    one at a time; merge() joins what several threads made.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/downsample/grid.h"

namespace streamflow::analytics {

struct Point {
  XKey x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Candle {
  std::size_t bucket = 0;
  double open = 0, high = 0, low = 0, close = 0;
};

class Buckets {
 public:
  // Rows of `runs`, which grid.split() made of `keys`. `values` has one value per key.
  void add(const Grid& grid, std::span<const BucketRun> runs, std::span<const XKey> keys,
           std::span<const double> values);
  void merge(const Buckets& other);

  // Lowest and highest of each bucket, in order of x: at most 2 a bucket, and the gaps.
  std::vector<Point> extremes() const;
  // First, lowest, highest and last: at most 4 a bucket, and the gaps.
  std::vector<Point> outline() const;
  std::vector<Candle> candles() const;

 private:
  struct Bucket {
    Point first, last, lowest, highest;
    XKey gap_first = 0, gap_last = 0;
    bool has_value = false, has_gap = false;

    void add_ascending(std::span<const XKey> keys, std::span<const double> values);
    void add_value(const Point& point);
    void add_summary(const Bucket& other);
    void add_gap(XKey first_key, XKey last_key);
  };
  template <class Emit>
  std::vector<Point> points(Emit emit) const;

  std::vector<Bucket> buckets_;
};

// How many points extremes() and outline() give at most, gaps included.
constexpr std::size_t extremes_count_max(std::size_t buckets) {
  return 3 * buckets + 1;
}
constexpr std::size_t outline_count_max(std::size_t buckets) {
  return 5 * buckets + 1;
}

}  // namespace streamflow::analytics
