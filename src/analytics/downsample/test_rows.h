// For tests of this folder: random rows, and answers as plain values.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "analytics/downsample/buckets.h"

namespace streamflow::analytics {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Rows {
  std::vector<XKey> keys;
  std::vector<double> values;
  std::size_t size() const { return keys.size(); }
  Rows slice(std::size_t begin, std::size_t end) const {
    const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
    return {{keys.begin() + at(begin), keys.begin() + at(end)}, {values.begin() + at(begin), values.begin() + at(end)}};
  }
};

inline Buckets buckets_of(const Grid& grid, const Rows& rows) {
  Buckets buckets;
  std::vector<BucketRun> runs;
  grid.split(rows.keys, runs);
  buckets.add(grid, runs, rows.keys, rows.values);
  return buckets;
}

// NaN equals NaN here.
inline std::vector<std::pair<XKey, std::string>> plain(const std::vector<Point>& points) {
  std::vector<std::pair<XKey, std::string>> result;
  result.reserve(points.size());
  for (const Point& point : points) result.emplace_back(point.x, std::to_string(point.y));
  return result;
}

inline std::vector<std::pair<XKey, double>> valued(const std::vector<Point>& points) {
  std::vector<std::pair<XKey, double>> result;
  for (const Point& point : points) {
    if (!std::isnan(point.y)) result.emplace_back(point.x, point.y);
  }
  return result;
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) { std::printf("seed %u\n", seed); }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }
  // Few distinct values, so that ties and gaps are common.
  Rows rows(std::size_t count, XKey begin, XKey end, bool sorted) {
    Rows rows;
    for (std::size_t i = 0; i < count; ++i) rows.keys.push_back(between(begin, end));
    if (sorted) std::sort(rows.keys.begin(), rows.keys.end());
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = between(-6, 6);
      rows.values.push_back(value == -6 ? kNan : static_cast<double>(value));
    }
    return rows;
  }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

inline unsigned fresh_seed() {
  return std::random_device()();
}

}  // namespace streamflow::analytics
