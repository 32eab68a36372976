#include "query/functions/function_registry.h"

namespace streamflow::query {

namespace {

using Kind = FunctionKind;

constexpr const char* kBadWidth = "the width is not positive, or mixes months with shorter units; an unknown zone";
constexpr const char* kBadCount = "the count is not a constant in its range";

constexpr FunctionHelp kFunctions[] = {
    {Kind::kScalar, "date_trunc", "date_trunc(unit, time [, zone]) -> TIMESTAMP_NS",
     "The beginning of the unit ('hour', 'day', 'week', 'month', …) that the time is in, in UTC or on the clock of a "
     "zone.",
     "SELECT date_trunc('day', time, 'Europe/Berlin') AS day, count(*) FROM cpu GROUP BY day",
     "an unknown unit or zone"},
    {Kind::kScalar, "now", "now() -> TIMESTAMP_NS", "The start of the statement, UTC.",
     "SELECT count(*) FROM cpu WHERE time > now() - INTERVAL '5 minutes'", ""},
    {Kind::kScalar, "time_bucket", "time_bucket(width, time [, offset | origin] [, zone]) -> TIMESTAMP_NS",
     "The beginning of the bucket that the time is in. Buckets count from 2000-01-03 (Monday), of months from "
     "2000-01-01; offset moves them, origin is where one begins. In a zone they follow its clock: days are 23 and 25 "
     "hours long where it is changed. A bucket that begins before September 1677 begins there.",
     "SELECT time_bucket(INTERVAL '1 day', time, 'Europe/Berlin') AS day, max(usage) FROM cpu GROUP BY day", kBadWidth},
    {Kind::kScalar, "time_buckets", "time_buckets(width, from, to [, offset | origin] [, zone]) -> TIMESTAMP_NS[]",
     "The beginnings of all buckets from the one of `from` to the one of `to`: what a join needs to show gaps.",
     "SELECT unnest(time_buckets(INTERVAL '1 second', min(time), max(time))) AS second FROM cpu",
     "more than 1,000,000 buckets; a bad width or zone"},

    {Kind::kAggregate, "candlestick",
     "candlestick(value, time) -> STRUCT(open, high, low, close, open_time, close_time)",
     "First, greatest, least and last value, with the times of the first and last.",
     "SELECT host, unnest(candlestick(usage, time)) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "delta", "delta(value, time) -> DOUBLE",
     "Last value minus first value of a gauge. NULL with fewer than two times.",
     "SELECT host, delta(usage, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "derivative", "derivative(value, time) -> DOUBLE",
     "Change per second: the slope of the line that fits the points best. OVER (… ROWS 1 PRECEDING) gives the change "
     "from row to row.",
     "SELECT host, derivative(usage, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "ewma", "ewma(value, weight) -> DOUBLE",
     "Exponentially weighted moving average: weight · value + (1 - weight) · what it was, begun with the first value. "
     "Needs an order: OVER (… ORDER BY time), or ewma(value, weight ORDER BY time).",
     "SELECT time, ewma(usage, 0.3) OVER (PARTITION BY host ORDER BY time) FROM cpu",
     "the weight is not a constant above 0 and up to 1; no order"},
    {Kind::kAggregate, "first", "first(value, time) -> type of value",
     "The value at the least time; NULL values are ignored.", "SELECT host, first(usage, time) FROM cpu GROUP BY host",
     ""},
    {Kind::kAggregate, "histogram", "histogram(value, low, high, count) -> UBIGINT[]",
     "How many values are below low, in each of count equal parts from low to high, and at high or above: count + 2 "
     "numbers.",
     "SELECT histogram(usage, 0, 10, 5) FROM cpu", "the ends are not constants, low first; count is not 1 to 10,000"},
    {Kind::kAggregate, "increase", "increase(counter, time) -> DOUBLE",
     "What a counter gained between its first and its last row: the sum of its steps; a value below the one before is "
     "a "
     "counter that began again at 0. Nothing is extrapolated. NULL with fewer than two times.",
     "SELECT host, increase(total, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "integral", "integral(value, time [, method]) -> DOUBLE",
     "The area under the values, in value times seconds. Between rows the value moves in a line ('linear', the "
     "default) "
     "or stays ('previous').",
     "SELECT host, integral(usage, time) / 3600 FROM cpu GROUP BY host", "an unknown method"},
    {Kind::kAggregate, "irate", "irate(counter, time) -> DOUBLE",
     "The rate of a counter, per second, between its last two rows.",
     "SELECT host, irate(total, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "last", "last(value, time) -> type of value",
     "The value at the greatest time; NULL values are ignored.",
     "SELECT host, last(usage, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "lttb", "lttb(value, time, count) -> STRUCT(time, value)[]",
     "At most count of the points (3 to 1,000,000), chosen so that a line through them looks like the line through "
     "all: "
     "largest triangle three buckets.",
     "SELECT unnest(lttb(usage, time, 3), recursive := true) FROM cpu", kBadCount},
    {Kind::kAggregate, "m4", "m4(value, time, count) -> STRUCT(time, value)[]",
     "Of each of count equal parts of the time (1 to 1,000,000) the first, least, greatest and last point: a line of "
     "count pixels drawn from them is the line through all.",
     "SELECT unnest(m4(usage, time, 2), recursive := true) FROM cpu", kBadCount},
    {Kind::kAggregate, "minmax", "minmax(value, time, count) -> STRUCT(time, value)[]",
     "Of each of count equal parts of the time (1 to 1,000,000) the points with the least and the greatest value.",
     "SELECT unnest(minmax(usage, time, 2), recursive := true) FROM cpu", kBadCount},
    {Kind::kAggregate, "ohlc", "ohlc(value, time) -> STRUCT(open, high, low, close)",
     "First, greatest, least and last value.", "SELECT host, unnest(ohlc(usage, time)) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "percentile", "percentile(value, percent) -> DOUBLE",
     "About the value below which that percentage of the values lies, by t-digest: within some tenths of a percent of "
     "rank, most exact at the ends. NaN and infinite values are ignored. quantile_cont(value, fraction) is exact.",
     "SELECT host, percentile(usage, 95) FROM cpu GROUP BY host", "the percentage is not a constant from 0 to 100"},
    {Kind::kAggregate, "rate", "rate(counter, time) -> DOUBLE",
     "increase(counter, time) divided by the seconds between the first and the last row. NULL with fewer than two "
     "times.",
     "SELECT host, rate(total, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "state_duration", "state_duration(condition, time) -> DOUBLE",
     "Seconds during which the condition held: each row's lasts until the next row; the last row's not at all.",
     "SELECT host, state_duration(usage > 1, time) FROM cpu GROUP BY host", ""},
    {Kind::kAggregate, "time_weighted_avg", "time_weighted_avg(value, time [, method]) -> DOUBLE",
     "The average in which a value counts for as long as it lasts: integral divided by the time from first to last "
     "row.",
     "SELECT host, time_weighted_avg(usage, time, 'previous') FROM cpu GROUP BY host", "an unknown method"},

    {Kind::kWindow, "interpolate", "interpolate(value, time) OVER (… ORDER BY time) -> DOUBLE",
     "The value; where it is NULL, the point on the line between the values before and after.",
     "SELECT time, interpolate(usage, time) OVER (PARTITION BY host ORDER BY time) FROM cpu",
     "no ORDER BY in the window, or a frame"},
    {Kind::kWindow, "locf", "locf(value) OVER (… ORDER BY time) -> type of value",
     "The value; where it is NULL, the last one before: last observation carried forward.",
     "SELECT time, locf(usage) OVER (PARTITION BY host ORDER BY time) FROM cpu",
     "no ORDER BY in the window, or a frame"},
    {Kind::kWindow, "moving_avg", "moving_avg(value, count) OVER (… ORDER BY time) -> DOUBLE",
     "The average of this row's value and those of the count - 1 rows before; NULL values are ignored.",
     "SELECT time, moving_avg(usage, 3) OVER (PARTITION BY host ORDER BY time) FROM cpu",
     "the count is not a constant from 1 to 1,000,000; no ORDER BY in the window, or a frame"},

    {Kind::kTable, "streamflow_functions", "streamflow_functions()", "This list. SHOW FUNCTIONS reads it.",
     "SELECT name, help FROM streamflow_functions() WHERE kind = 'aggregate'", ""},
    {Kind::kTable, "streamflow_storage", "streamflow_storage()",
     "Where the bytes on disk go, by table, column and codec. SHOW STORAGE reads it.",
     "SELECT \"table\", sum(bytes) AS bytes FROM streamflow_storage() GROUP BY ALL", ""},
};

}  // namespace

std::string_view name_of(FunctionKind kind) {
  switch (kind) {
    case Kind::kScalar: return "scalar";
    case Kind::kAggregate: return "aggregate";
    case Kind::kWindow: return "window";
    case Kind::kTable: return "table";
  }
  return "";
}

std::span<const FunctionHelp> function_registry() {
  return kFunctions;
}

}  // namespace streamflow::query
