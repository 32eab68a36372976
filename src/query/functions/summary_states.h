// The states of summary_functions.h: how a value is added, how two parts join, what comes out.
// Invariants: plain memory that begins as zeros; `join(right)` takes what came after in order, which only
//             MovingWeight depends on.
// Threads:    one at a time.
// Errors:     none.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace streamflow::query {

// Open, high, low and close. Of values at one time the least opens and the greatest closes.
struct CandleState {
  std::int64_t open_time, close_time;
  double open, high, low, close;
  bool any;

  void add(std::int64_t time, double value) { join({time, time, value, value, value, value, true}); }
  void join(const CandleState& other) {
    if (!other.any) return;
    if (!any) {
      *this = other;
      return;
    }
    if (other.open_time < open_time || (other.open_time == open_time && other.open < open)) {
      open_time = other.open_time;
      open = other.open;
    }
    if (other.close_time > close_time || (other.close_time == close_time && other.close > close)) {
      close_time = other.close_time;
      close = other.close;
    }
    high = other.high > high ? other.high : high;
    low = other.low < low ? other.low : low;
  }
};

// Slope over seconds. Times are kept relative to the first one met, which is exact.
struct SlopeState {
  std::int64_t origin;
  double count, time_mean, value_mean, time_squares, products;

  void add(std::int64_t time, double value) {
    if (count == 0) origin = time;
    join({time, 1, 0, value, 0, 0});
  }
  void join(const SlopeState& other) {
    if (other.count == 0) return;
    if (count == 0) origin = other.origin;
    __extension__ using Wide = __int128;
    constexpr double kNsPerSecond = 1e9;
    const double shift = static_cast<double>(Wide{other.origin} - origin) / kNsPerSecond;
    const double total = count + other.count;
    const double time_step = other.time_mean + shift - time_mean;
    const double value_step = other.value_mean - value_mean;
    const double weight = count * other.count / total;
    time_squares += other.time_squares + time_step * time_step * weight;
    products += other.products + time_step * value_step * weight;
    time_mean += time_step * other.count / total;
    value_mean += value_step * other.count / total;
    count = total;
  }
  std::optional<double> slope() const {
    return time_squares > 0 ? std::optional(products / time_squares) : std::nullopt;
  }
};

// s = alpha * value + (1 - alpha) * s, begun with the first value: `linear` is s from s = 0, `decay` what is left of
// the first value.
struct MovingWeight {
  double first, linear, decay;
  bool any;

  void add(double value, double alpha) { join({value, alpha * value, 1 - alpha, true}); }
  void join(const MovingWeight& right) {
    if (!right.any) return;
    if (!any) {
      *this = right;
      return;
    }
    linear = right.decay * linear + right.linear;
    decay *= right.decay;
  }
  std::optional<double> average() const { return any ? std::optional(linear + decay * first) : std::nullopt; }
};

}  // namespace streamflow::query
