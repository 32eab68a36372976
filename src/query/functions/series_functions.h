// Aggregates over (value, time) whose answer depends on the order of time, not on the order of rows: rate, increase,
// delta, irate, integral, time_weighted_avg, state_duration, lttb, minmax, m4.
// Source:     docs/tsql.md, "Functions"; series_math.h computes them.
// Invariants: rows whose value is NULL or NaN, or whose time is NULL or infinite, are left out; of rows of one time the
//             greatest value counts. 16 bytes of accounted memory per row of a group.
// Threads:    register_series_functions() before the first query.
// Errors:     BinderException for bad constants; OutOfMemoryException when a group has more rows than memory.
#pragma once

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

void register_series_functions(duckdb::ClientContext& context);

}  // namespace streamflow::query
