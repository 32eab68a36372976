// A time zone's offsets from UTC, found by asking DuckDB's ICU: its tables come with the library, whatever the machine
// has installed.
// Invariants: offsets are whole seconds and constant within a ZoneSegment. Transitions are found day by day: two within
//             one day that cancel each other out go unseen (the tz database has none after 1900). A year is looked at
//             when a time in it is asked for, then kept.
// Threads:    any; one lock per zone.
// Errors:     InvalidInputException names an unknown zone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "query/functions/time_arithmetic.h"

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

struct ZoneSegment {  // [begin, end) of UTC
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t offset = 0;  // local time minus UTC, ns
};

class TimeZone {
 public:
  // Kept for the life of the process.
  static std::shared_ptr<TimeZone> find(duckdb::ClientContext& context, const std::string& name);

  explicit TimeZone(std::string name) : name_(std::move(name)) {}
  // The part around `ns` of the year it is in, or less, in which the offset stays the same.
  ZoneSegment at(duckdb::ClientContext& context, std::int64_t ns);

 private:
  std::vector<ZoneSegment> segments_of_year(duckdb::ClientContext& context, std::int64_t year) const;

  const std::string name_;
  std::mutex mutex_;
  std::map<std::int64_t, std::vector<ZoneSegment>> years_;
};

// Buckets on a zone's wall clock. Not for several threads.
//     Buckets of more than an hour begin at the first instant at which the clock shows their beginning: a day is 23 or
//     25 hours long where the clock is changed. Shorter ones never join the two passes of a repeated hour.
class ZonedBuckets {
 public:
  ZonedBuckets(duckdb::ClientContext& context, std::shared_ptr<TimeZone> zone)
      : context_(context), zone_(std::move(zone)) {}

  // `bucket_of` maps local ns to a bucket of local ns; `is_fine`: of an hour or less.
  template <class BucketOf>
  std::int64_t begin_of(std::int64_t ns, bool is_fine, const BucketOf& bucket_of) {
    if (is_infinite_time(ns)) return ns;
    if (last_.contains(ns)) return last_begin_;
    const ZoneSegment segment = zone_->at(context_, ns);
    const TimeBucket local = bucket_of(clamp_to_time(WideNs{ns} + segment.offset));
    const auto utc = [&](std::int64_t edge) { return clamp_to_time(WideNs{edge} - segment.offset); };
    last_ = {utc(local.begin) > segment.begin ? utc(local.begin) : segment.begin,
             utc(local.end) < segment.end ? utc(local.end) : segment.end};
    last_begin_ = is_fine ? fine_begin(local.begin, segment) : coarse_begin(local.begin);
    if (last_begin_ > ns) last_begin_ = ns;
    return last_begin_;
  }

 private:
  std::int64_t fine_begin(std::int64_t local, const ZoneSegment& segment);
  std::int64_t coarse_begin(std::int64_t local);

  duckdb::ClientContext& context_;
  const std::shared_ptr<TimeZone> zone_;  // shared with the cache of zones
  TimeBucket last_;                       // the times known to begin at last_begin_
  std::int64_t last_begin_ = 0;
};

}  // namespace streamflow::query
