// Grid: the pixel columns of a chart, as equal buckets over a range of x.
// Source:     Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014: a line drawn from
//             each pixel column's first, lowest, highest and last point has the pixels of the line through all points.
// Invariants: x travels as a 64-bit key that orders as x does: nanoseconds for times, number_key() for numbers. Bucket
//             i of a time grid holds exactly the times with floor((t - begin) * count / (end - begin)) = i, for every
//             range an int64 can hold. Keys outside the range have no bucket.
// Threads:    values.
// Errors:     kInvalidArgument for an empty range, no bucket, or ends that are not finite.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/result.h"

namespace streamflow::analytics {

using XKey = std::int64_t;

// Orders as the doubles do, -0.0 just below 0.0. NaN has no place in an order: the caller leaves it out.
XKey number_key(double number);
double number_of(XKey key);

// Rows [begin, end) of a chunk that fall into one bucket. `ascending`: their keys rise, each above the one before.
struct BucketRun {
  std::size_t begin = 0, end = 0;
  std::size_t bucket = 0;
  bool ascending = true;
};

class Grid {
 public:
  static Result<Grid> of_times(XKey begin, XKey end, std::size_t count);         // [begin, end)
  static Result<Grid> of_numbers(double first, double last, std::size_t count);  // [first, last]
  // Buckets of a round length (1, 2, 5, 10, 15, 30 s, …) that begin at its multiples: at most `count_max`, and one more
  // where the range begins inside a bucket.
  static Result<Grid> of_round_steps(XKey begin, XKey end, std::size_t count_max);

  std::size_t count() const { return count_; }
  XKey begin() const { return begin_; }
  XKey bucket_begin(std::size_t bucket) const;  // of a time grid
  std::optional<std::size_t> bucket_of(XKey key) const;
  // Cuts a chunk into runs, in its order; rows outside the range are in none.
  void split(std::span<const XKey> keys, std::vector<BucketRun>& runs) const;

 private:
  std::size_t time_bucket(XKey key) const;
  std::size_t number_bucket(double number) const;
  std::size_t run_end(std::span<const XKey> keys, std::size_t at, std::size_t bucket) const;

  bool numbers_ = false;
  XKey begin_ = 0;
  std::uint64_t span_ = 1;  // time grids: end - begin
  double first_ = 0, last_ = 0;
  std::size_t count_ = 1;
};

}  // namespace streamflow::analytics
