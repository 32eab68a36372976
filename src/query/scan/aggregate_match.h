// Recognises an aggregate that storage can compute: what it groups by, what it aggregates, over which scan.
// Invariants: looks and does not change the plan.
// Threads:    pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "duckdb/planner/operator/logical_aggregate.hpp"
#include "query/scan/aggregate_scan.h"
#include "query/scan/scan_bind_data.h"

namespace streamflow::query {

// How one aggregate of the statement comes out of the partial columns (indexes of PartialAggregates::partials).
struct CombinedAggregate {
  enum class Kind : std::uint8_t {
    kCount,    // sum of `value`, never NULL
    kSum,      // sum of `value`
    kAverage,  // sum of `value` over sum of `other`
    kMin,
    kMax,
    kFirst,  // `value` at the least `other`
    kLast,   // `value` at the greatest `other`
  } kind = Kind::kCount;
  std::size_t value = 0, other = 0;
};

struct AggregateMatch {
  const ScanBindData* scan = nullptr;  // of the plan: valid while it stands
  PartialAggregates aggregates;
  std::vector<CombinedAggregate> combined;  // one per aggregate of the plan's
};

// nullopt: DuckDB's business.
std::optional<AggregateMatch> match_aggregate(duckdb::LogicalAggregate& aggregate);

}  // namespace streamflow::query
