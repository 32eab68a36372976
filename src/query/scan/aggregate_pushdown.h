// Aggregate push-down: GROUP BY tags and one time bucket over a StreamFlow table is computed by storage, series by
// series, from block statistics and decoded columns; DuckDB only combines the partial results.
// Source:     DuckDB's optimizer extensions; docs/tsql.md, "What storage does, and what DuckDB does".
// Invariants: the answer is the one DuckDB would give over the rows; float64 sums may differ in their last bits, as
// they
//             do between two runs of a parallel sum. Whatever it does not understand stays as it was: several grouping
//             sets, DISTINCT, FILTER, ORDER BY in an aggregate, predicates that storage did not take, expressions.
//             Not done where buckets are so narrow that most groups would hold a row or two.
// Threads:    register once per instance, before the first query.
#pragma once

#include "query/query_service.h"

namespace duckdb {
class DatabaseInstance;
}

namespace streamflow::query {

void register_aggregate_pushdown(duckdb::DatabaseInstance& instance, AggregatePushdown mode);

}  // namespace streamflow::query
