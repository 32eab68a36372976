// The plan that takes the place of a pushed aggregate: a scan of partial results, DuckDB's aggregate that combines
// them, and a projection that gives the statement's own aggregates. Threads: free functions. Errors:  DuckDB
// exceptions.
#pragma once

#include "duckdb/planner/binder.hpp"
#include "duckdb/planner/operator/logical_aggregate.hpp"
#include "duckdb/planner/operator/logical_projection.hpp"
#include "query/scan/aggregate_match.h"

namespace streamflow::query {

// The projection's columns are the groups, then the aggregates, in the order and of the types of `aggregate`.
duckdb::unique_ptr<duckdb::LogicalProjection> combine_partials(duckdb::ClientContext& context, duckdb::Binder& binder,
                                                               const AggregateMatch& match,
                                                               const duckdb::LogicalAggregate& aggregate);

}  // namespace streamflow::query
