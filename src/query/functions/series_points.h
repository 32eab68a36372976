// The points of one group, as aggregates over (value, time) collect them, and the state that holds them.
// Invariants: memory is accounted for by memory_ledger.h. ordered() sorts by (time, value) and keeps one point of each
//             time, the one with the greatest value: an answer never depends on the order in which threads meet rows.
// Threads:    one at a time.
// Errors:     OutOfMemoryException.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "query/admission/memory_ledger.h"

namespace streamflow::query {

template <class Value>
struct SeriesPoint {
  std::int64_t time = 0;  // ns
  Value value{};
};

// Plain memory: DuckDB moves aggregate states as bytes.
template <class Value>
class SeriesPoints {
 public:
  using Point = SeriesPoint<Value>;
  static_assert(std::is_trivially_copyable_v<Point>);

  bool empty() const { return size_ == 0; }
  std::uint64_t size() const { return size_; }  // before ordered(), of all points

  void append(const Point& point) {
    if (size_ == capacity_) grow(size_ + 1);
    in_order_ = in_order_ && (size_ == 0 || points_[size_ - 1].time < point.time);
    points_[size_++] = point;
  }

  void append(const SeriesPoints& other) {
    if (other.size_ == 0) return;
    if (size_ + other.size_ > capacity_) grow(size_ + other.size_);
    in_order_ = other.in_order_ && in_order_ && (size_ == 0 || points_[size_ - 1].time < other.points_[0].time);
    std::memcpy(static_cast<void*>(points_ + size_), other.points_, other.size_ * sizeof(Point));
    size_ += other.size_;
  }

  std::span<const Point> ordered() {
    if (!in_order_) {
      std::sort(points_, points_ + size_,
                [](const Point& a, const Point& b) { return a.time != b.time ? a.time < b.time : a.value < b.value; });
      std::uint64_t kept = 0;
      for (std::uint64_t i = 0; i < size_; ++i) {
        if (i + 1 == size_ || points_[i].time != points_[i + 1].time) points_[kept++] = points_[i];
      }
      size_ = kept;
      in_order_ = true;
    }
    return {points_, size_};
  }

  void initialize() {
    points_ = nullptr;
    size_ = capacity_ = 0;
    in_order_ = true;
  }
  void destroy() {
    MemoryLedger::free_state(duckdb::data_ptr_cast(points_), capacity_ * sizeof(Point));
    initialize();
  }

 private:
  void grow(std::uint64_t wanted) {
    constexpr std::uint64_t kFirst = 8;
    const std::uint64_t capacity = std::max({wanted, capacity_ * 2, kFirst});
    const duckdb::data_ptr_t moved = MemoryLedger::process().reallocate_state(
        duckdb::data_ptr_cast(points_), capacity_ * sizeof(Point), capacity * sizeof(Point));
    points_ = reinterpret_cast<Point*>(moved);
    capacity_ = capacity;
  }

  Point* points_;
  std::uint64_t size_;
  std::uint64_t capacity_;
  bool in_order_;  // times strictly ascending
};

}  // namespace streamflow::query
