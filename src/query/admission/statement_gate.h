// The front door for SQL text: what may be run at all. Parses, allows exactly one statement that only reads, and bounds
// its size before DuckDB plans it.
// Source:     docs/tsql.md, "What is refused". Syntax of our own (syntax/) is rewritten first and gated as rewritten.
// Invariants: an allow-list: SELECT, WITH, VALUES, FROM, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN and EXPLAIN ANALYZE of
//             these; INSERT of these where the caller may write.
//             Uses DuckDB's Parser and nothing else: extracting statements through a Connection would run PRAGMA and
//             IMPORT while it looks. What functions may do is function_policy.h's concern.
// Threads:    free functions.
// Errors:     kInvalidArgument (syntax, with line and caret; no or several statements), kForbidden (names the
//             statement), kTooLarge (names the limit).
#pragma once

#include <string>

#include "duckdb/parser/sql_statement.hpp"
#include "model/result.h"
#include "query/admission/sql_walker.h"
#include "query/syntax/show_statements.h"

namespace streamflow::query {

struct GateOptions {
  std::uint64_t text_bytes_max = 256U << 10U;
  SqlLimits limits;
  bool may_insert = false;  // INSERT is admitted too
  SnapshotOf snapshot_of;   // for SHOW SERIES and SHOW TAG VALUES, which must know a table's tags
};

Result<duckdb::unique_ptr<duckdb::SQLStatement>> admit(const std::string& text, const GateOptions& options);

// Lets TIMESTAMP WITH TIME ZONE meet a TIMESTAMP_NS in comparisons, BETWEEN, IN and coalesce, which DuckDB's binder
// refuses: each operand is wrapped in a function that casts it when it binds and then is gone, so that push-down still
// sees `time < constant`. Done only for statements that failed with that error (is_zone_mismatch), because it renames
// unnamed result columns otherwise; here they keep their names.
bool is_zone_mismatch(const std::string& message);
Status reconcile_zones(duckdb::SQLStatement& statement, const SqlLimits& limits);
inline constexpr const char* kReconcileFunction = "__streamflow_reconcile";

}  // namespace streamflow::query
