// SQL functions that keep nanoseconds: what DuckDB offers on TIMESTAMP_NS rounds to microseconds or does not bind.
// Source:     docs/tsql.md, "Time". Buckets follow DuckDB's time_bucket: origin 2000-01-03 for widths without months,
//             2000-01-01 with; date_trunc follows DuckDB's on TIMESTAMP.
// Invariants: adds overloads on TIMESTAMP_NS to the entries of the instance's system catalog, beside DuckDB's own:
//             ts + interval, interval + ts, ts - interval, ts - ts, time_bucket(width, ts [, offset | origin]),
//             date_trunc(unit, ts), arg_min/arg_max by TIMESTAMP_NS, first/last(value, ts). now() and its synonyms
//             return TIMESTAMP_NS, so that they compare with `time`.
// Threads:    register_time_functions() before the first query; the functions are pure.
// Errors:     OutOfRangeException beyond the years 1677 to 2262, InvalidInputException for a bad width or unit.
#pragma once

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

void register_time_functions(duckdb::ClientContext& context);

}  // namespace streamflow::query
