// Sliding windows of the newest values: with mean and deviation, or kept in order for quantiles.
// Invariants: a window holds at most its capacity; removing the oldest value is implied by adding one. Sums are anew at
//             every turn of the ring, so that rounding does not add up.
// Threads:    an object belongs to one thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace streamflow::analytics {

class RollingMoments {
 public:
  explicit RollingMoments(std::size_t capacity = 1) : capacity_(capacity) {}
  void add(double value) {
    if (values_.size() < capacity_) {
      values_.push_back(value);
    } else {
      sum_ -= values_[next_] - shift_;
      squares_ -= (values_[next_] - shift_) * (values_[next_] - shift_);
      values_[next_] = value;
      next_ = (next_ + 1) % capacity_;
    }
    sum_ += value - shift_;
    squares_ += (value - shift_) * (value - shift_);
    if (++since_refresh_ >= capacity_ || values_.size() == 1) refresh();
  }
  std::size_t count() const { return values_.size(); }
  double mean() const { return values_.empty() ? 0.0 : shift_ + sum_ / static_cast<double>(values_.size()); }
  double deviation() const {
    if (values_.empty()) return 0.0;
    const double count = static_cast<double>(values_.size());
    return std::sqrt(std::max(0.0, squares_ / count - (sum_ / count) * (sum_ / count)));
  }
  template <class Archive>
  void visit(Archive& archive) {
    archive(capacity_, values_, next_, sum_, squares_, shift_, since_refresh_);
  }

 private:
  void refresh() {
    since_refresh_ = 0;
    shift_ = mean();
    sum_ = squares_ = 0.0;
    for (const double value : values_) {
      sum_ += value - shift_;
      squares_ += (value - shift_) * (value - shift_);
    }
  }
  std::size_t capacity_;
  std::vector<double> values_;
  std::size_t next_ = 0;
  double sum_ = 0.0, squares_ = 0.0, shift_ = 0.0;
  std::size_t since_refresh_ = 0;
};

// O(capacity) moves per value, which for windows up to some thousands beats a tree.
class RollingQuantiles {
 public:
  explicit RollingQuantiles(std::size_t capacity = 1) : capacity_(capacity) {}
  void add(double value) {
    if (values_.size() < capacity_) {
      values_.push_back(value);
    } else {
      sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), values_[next_]));
      values_[next_] = value;
      next_ = (next_ + 1) % capacity_;
    }
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value), value);
  }
  std::size_t count() const { return values_.size(); }
  // Linear interpolation between order statistics, as NumPy's default.
  double quantile(double share) const {
    if (sorted_.empty()) return 0.0;
    const double position = share * static_cast<double>(sorted_.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted_.size() - 1);
    return std::lerp(sorted_[below], sorted_[above], position - static_cast<double>(below));
  }
  const std::vector<double>& sorted() const { return sorted_; }
  template <class Archive>
  void visit(Archive& archive) {
    archive(capacity_, values_, next_);
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.end());
  }

 private:
  std::size_t capacity_;
  std::vector<double> values_;
  std::size_t next_ = 0;
  std::vector<double> sorted_;
};

}  // namespace streamflow::analytics
