// What of a WHERE clause the storage scan applies itself: time ranges and predicates over one tag.
// Invariants: what is taken is applied exactly, so the caller erases it from DuckDB's plan; everything else stays
// there.
//             Tag predicates are DuckDB's own expressions, evaluated once per distinct tag value, so they mean what
//             they mean on rows, NULL included.
// Threads:    ScanFilters is a value, changed only while planning. A predicate made by tag_predicates() may be called
//             from any thread while the query runs.
// Errors:     an expression that fails on a value is remembered in TagPredicateFailure; the scan raises it.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "duckdb/common/error_data.hpp"
#include "duckdb/planner/expression.hpp"
#include "model/schema.h"
#include "model/time.h"
#include "storage/scan/scan.h"

namespace duckdb {
class ClientContext;
class LogicalGet;
}  // namespace duckdb

namespace streamflow::query {

struct TagFilter {
  std::string tag;
  duckdb::unique_ptr<duckdb::Expression> predicate;  // over column 0, a VARCHAR
  std::string text;                                  // for EXPLAIN
};

struct ScanFilters {
  TimeRange range;
  std::vector<TagFilter> tags;

  ScanFilters copy() const;
  bool equals(const ScanFilters& other) const;
};

// Takes what it can from `expressions` (which hold together by AND) into `filters`.
void take_filters(const TableSchema& schema, const duckdb::LogicalGet& get, ScanFilters& filters,
                  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& expressions);

struct TagPredicateFailure {
  std::mutex mutex;
  std::optional<duckdb::ErrorData> first;
};

// `context` must outlive the predicates.
std::vector<storage::TagPredicate> tag_predicates(duckdb::ClientContext& context, const ScanFilters& filters,
                                                  const std::shared_ptr<TagPredicateFailure>& failure);

// RFC 3339 in UTC with nanoseconds, for EXPLAIN; "-" for an end of the storable range.
std::string describe(const TimeRange& range);

}  // namespace streamflow::query
