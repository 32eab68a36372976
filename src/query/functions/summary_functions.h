// Aggregates with a state of fixed size: ohlc, candlestick, derivative, ewma, histogram(value, low, high, count).
// Source:     docs/tsql.md, "Functions". derivative: slope of the least squares line, updated as in Chan, Golub,
// LeVeque,
//             "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
// Invariants: rows whose value is NULL or NaN, or whose time is NULL or infinite, are left out. All but ewma do not
//             depend on the order of rows.
// Threads:    register_summary_functions() before the first query.
// Errors:     BinderException for bad constants.
#pragma once

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

void register_summary_functions(duckdb::ClientContext& context);

}  // namespace streamflow::query
