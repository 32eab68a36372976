// Window functions that are written out as DuckDB's own: locf, interpolate, moving_avg. And what OVER asks of the
// aggregates over (value, time).
// Source:     docs/tsql.md, "Functions".
// Invariants: arguments and window are copied, so that their positions in the user's text stay; an unnamed result
// column
//             keeps the name it would have had.
// Threads:    pure.
// Errors:     kInvalidArgument naming the function and what its window lacks.
#pragma once

#include "duckdb/common/unique_ptr.hpp"
#include "model/result.h"

namespace duckdb {
class ClientContext;
class ParsedExpression;
class SelectNode;
}  // namespace duckdb

namespace streamflow::query {

// (value, time, time before, value before, time after, value after) -> DOUBLE: the value, or the point on the line.
inline constexpr const char* kLineFunction = "__streamflow_line";
void register_line_function(duckdb::ClientContext& context);

Status expand_window_function(duckdb::unique_ptr<duckdb::ParsedExpression>& expression);
void name_window_functions(duckdb::SelectNode& select);  // before they are expanded

}  // namespace streamflow::query
