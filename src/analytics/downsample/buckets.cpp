#include "analytics/downsample/buckets.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace streamflow::analytics {

namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();

bool before(const Point& a, const Point& b) {
  return a.x != b.x ? a.x < b.x : a.y < b.y;
}
bool lower(const Point& a, const Point& b) {
  return a.y != b.y ? a.y < b.y : a.x < b.x;
}
bool higher(const Point& a, const Point& b) {
  return a.y != b.y ? a.y > b.y : a.x < b.x;
}

// Points in order of x, each once; a gap only where a value came before it or begins the line.
class Line {
 public:
  explicit Line(std::size_t count) { points_.reserve(count); }

  void value(const Point& point) {
    if (points_.empty() || points_.back() != point) points_.push_back(point);
  }
  void gap(XKey x) {
    if (points_.empty() || !std::isnan(points_.back().y)) points_.push_back({x, kGap});
  }
  std::vector<Point> take() { return std::move(points_); }

 private:
  std::vector<Point> points_;
};

}  // namespace

void Buckets::Bucket::add_value(const Point& point) {
  if (!has_value) {
    first = last = lowest = highest = point;
    has_value = true;
    return;
  }
  if (before(point, first)) first = point;
  if (before(last, point)) last = point;
  if (lower(point, lowest)) lowest = point;
  if (higher(point, highest)) highest = point;
}

void Buckets::Bucket::add_gap(XKey first_key, XKey last_key) {
  gap_first = has_gap ? std::min(gap_first, first_key) : first_key;
  gap_last = has_gap ? std::max(gap_last, last_key) : last_key;
  has_gap = true;
}

void Buckets::Bucket::add_summary(const Bucket& other) {
  if (other.has_gap) add_gap(other.gap_first, other.gap_last);
  if (!other.has_value) return;
  if (!has_value) {
    first = other.first;
    last = other.last;
    lowest = other.lowest;
    highest = other.highest;
    has_value = true;
    return;
  }
  if (before(other.first, first)) first = other.first;
  if (before(last, other.last)) last = other.last;
  if (lower(other.lowest, lowest)) lowest = other.lowest;
  if (higher(other.highest, highest)) highest = other.highest;
}

// Where keys rise the earliest of equal values comes first, so that strict comparisons are enough.
void Buckets::Bucket::add_ascending(std::span<const XKey> keys, std::span<const double> values) {
  std::size_t begin = 0;
  std::size_t end = values.size();
  while (begin < end && std::isnan(values[begin])) ++begin;
  while (end > begin && std::isnan(values[end - 1])) --end;
  if (begin > 0) add_gap(keys[0], keys[begin - 1]);
  if (end < values.size()) add_gap(keys[end], keys.back());
  if (begin == end) return;
  std::size_t low = begin;
  std::size_t high = begin;
  for (std::size_t i = begin + 1; i < end; ++i) {
    const double value = values[i];
    if (value < values[low]) {
      low = i;
    } else if (value > values[high]) {
      high = i;
    }  // a NaN between values is neither: a gap inside a pixel column is not seen
  }
  Bucket run;
  run.has_value = true;
  run.first = {keys[begin], values[begin]};
  run.last = {keys[end - 1], values[end - 1]};
  run.lowest = {keys[low], values[low]};
  run.highest = {keys[high], values[high]};
  add_summary(run);
}

void Buckets::add(const Grid& grid, std::span<const BucketRun> runs, std::span<const XKey> keys,
                  std::span<const double> values) {
  if (runs.empty()) return;
  buckets_.resize(grid.count());
  for (const BucketRun& run : runs) {
    Bucket& bucket = buckets_[run.bucket];
    if (run.ascending) {
      const std::size_t count = run.end - run.begin;
      bucket.add_ascending(keys.subspan(run.begin, count), values.subspan(run.begin, count));
      continue;
    }
    for (std::size_t i = run.begin; i < run.end; ++i) {
      if (std::isnan(values[i])) {
        bucket.add_gap(keys[i], keys[i]);
      } else {
        bucket.add_value({keys[i], values[i]});
      }
    }
  }
}

void Buckets::merge(const Buckets& other) {
  if (buckets_.empty()) {
    buckets_ = other.buckets_;
    return;
  }
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i].add_summary(other.buckets_[i]);
}

template <class Emit>
std::vector<Point> Buckets::points(Emit emit) const {
  Line line(outline_count_max(buckets_.size()));
  for (const Bucket& bucket : buckets_) {
    if (!bucket.has_value) {
      if (bucket.has_gap) line.gap(bucket.gap_first);
      continue;
    }
    if (bucket.has_gap && bucket.gap_first < bucket.first.x) line.gap(bucket.gap_first);
    emit(bucket, line);
    if (bucket.has_gap && bucket.gap_last > bucket.last.x) line.gap(bucket.gap_last);
  }
  return line.take();
}

std::vector<Point> Buckets::extremes() const {
  return points([](const Bucket& bucket, Line& line) {
    const bool low_first = before(bucket.lowest, bucket.highest);
    line.value(low_first ? bucket.lowest : bucket.highest);
    line.value(low_first ? bucket.highest : bucket.lowest);
  });
}

std::vector<Point> Buckets::outline() const {
  return points([](const Bucket& bucket, Line& line) {
    const bool low_first = before(bucket.lowest, bucket.highest);
    line.value(bucket.first);
    line.value(low_first ? bucket.lowest : bucket.highest);
    line.value(low_first ? bucket.highest : bucket.lowest);
    line.value(bucket.last);
  });
}

std::vector<Candle> Buckets::candles() const {
  std::vector<Candle> candles;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const Bucket& bucket = buckets_[i];
    if (!bucket.has_value) continue;
    candles.push_back({i, bucket.first.y, bucket.highest.y, bucket.lowest.y, bucket.last.y});
  }
  return candles;
}

}  // namespace streamflow::analytics
