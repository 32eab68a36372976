// Calendar arithmetic on nanoseconds: adding intervals, truncating, bucketing.
// Invariants: pure; never rounds; UTC. A bucket that begins before the first TIMESTAMP_NS (September 1677) begins
// there:
//             every time has a bucket.
// Threads:    free functions.
// Errors:     OutOfRangeException when a sum is not a TIMESTAMP_NS, InvalidInputException for a bad width.
#pragma once

#include <cstdint>

#include "duckdb/common/enums/date_part_specifier.hpp"
#include "duckdb/common/types/interval.hpp"

namespace streamflow::query {

std::int64_t add_interval(std::int64_t ns, const duckdb::interval_t& interval);
std::int64_t subtract_interval(std::int64_t ns, const duckdb::interval_t& interval);
// Days and the rest, as DuckDB's difference of TIMESTAMPs; an INTERVAL has microseconds, so it drops what is finer.
duckdb::interval_t difference(std::int64_t left_ns, std::int64_t right_ns);

struct TimeBucket {  // [begin, end)
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool contains(std::int64_t ns) const { return begin <= ns && ns < end; }
};

// The nearest TIMESTAMP_NS that is not infinite.
__extension__ using WideNs = __int128;
std::int64_t clamp_to_time(WideNs ns);
bool is_infinite_time(std::int64_t ns);

TimeBucket truncate(duckdb::DatePartSpecifier unit, std::int64_t ns);

inline constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
// Bucket 0 begins at an origin: Monday 2000-01-03 for widths in days and less, 2000-01-01 for months.
inline constexpr std::int64_t kBucketOriginNs = 10'959 * kNsPerDay;
inline constexpr std::int64_t kMonthBucketOriginNs = 10'957 * kNsPerDay;

class BucketWidth {
 public:
  explicit BucketWidth(const duckdb::interval_t& width);  // positive; months and shorter units do not mix
  std::int64_t default_origin_ns() const { return months_ > 0 ? kMonthBucketOriginNs : kBucketOriginNs; }
  TimeBucket bucket_of(std::int64_t ns, std::int64_t origin_ns) const;
  // The bucket of buckets that are all moved by `offset`.
  TimeBucket bucket_with_offset(std::int64_t ns, const duckdb::interval_t& offset) const;
  bool has_months() const { return months_ > 0; }
  std::int64_t fixed_ns() const { return ns_; }  // 0 when the width has months
  friend bool operator==(const BucketWidth&, const BucketWidth&) = default;

 private:
  std::int64_t months_ = 0;
  std::int64_t ns_ = 0;
};

}  // namespace streamflow::query
