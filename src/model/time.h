// Time as StreamFlow stores it: nanoseconds since the Unix epoch, UTC.
// Invariants: a Timestamp is a point, a Duration a difference; neither converts to an integer by accident.
// Threads:    values.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace streamflow {

using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;  // int64 ns, years 1677 to 2262
using Duration = std::chrono::nanoseconds;

constexpr Timestamp timestamp_from_ns(std::int64_t ns) {
  return Timestamp(Duration(ns));
}
constexpr std::int64_t to_ns(Timestamp t) {
  return t.time_since_epoch().count();
}

// InfluxDB's range of times (protocols.md §1); what lies outside is refused at every edge, so that `end = last + 1`
// never overflows.
inline constexpr Timestamp kTimestampMin = timestamp_from_ns(-std::numeric_limits<std::int64_t>::max() + 1);
inline constexpr Timestamp kTimestampMax = timestamp_from_ns(std::numeric_limits<std::int64_t>::max() - 1);

// Half-open: [begin, end). The default holds every storable time.
struct TimeRange {
  Timestamp begin = kTimestampMin;
  Timestamp end = kTimestampMax + Duration(1);

  constexpr bool contains(Timestamp t) const { return begin <= t && t < end; }
  constexpr bool empty() const { return end <= begin; }
  constexpr bool overlaps(const TimeRange& other) const {
    return !empty() && !other.empty() && begin < other.end && other.begin < end;
  }
  constexpr TimeRange intersect(const TimeRange& other) const {
    return {begin < other.begin ? other.begin : begin, end < other.end ? end : other.end};
  }
  friend constexpr bool operator==(const TimeRange&, const TimeRange&) = default;
};

}  // namespace streamflow
