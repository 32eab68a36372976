// time_bucket and date_trunc on a zone's wall clock, and the list of buckets between two times.
// Source:     docs/tsql.md; time_zone.h says where buckets begin when the clock is changed.
//             time_bucket(width, time, zone), time_bucket(width, time, offset, zone), date_trunc(unit, time, zone),
//             time_buckets(width, from, to [, offset | origin] [, zone]): the beginnings of the buckets of `from`, of
//             `to` and between.
// Threads:    register_zone_functions() after register_time_functions() and before the first query.
// Errors:     InvalidInputException for a bad width or zone; OutOfRangeException when time_buckets would make more than
//             kTimeBucketsMax.
#pragma once

#include <cstddef>

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

inline constexpr std::size_t kTimeBucketsMax = 1'000'000;

void register_zone_functions(duckdb::ClientContext& context);

}  // namespace streamflow::query
