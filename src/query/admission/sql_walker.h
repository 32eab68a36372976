// Visits every query node, table reference and expression of a parsed statement, subqueries and CTEs included.
// Invariants: parents before children. Nothing is skipped in silence: a kind of node this walker does not know is an
//             error, so that a newer DuckDB's syntax is refused until somebody has looked at it.
// Threads:    one.
// Errors:     the first one a visitor returns; kForbidden for unknown nodes and for statements inside queries;
//             kTooLarge beyond SqlLimits.
#pragma once

#include <cstddef>

#include "duckdb/common/unique_ptr.hpp"
#include "model/result.h"

namespace duckdb {
class ParsedExpression;
class QueryNode;
class SelectNode;
class SelectStatement;
class TableRef;
}  // namespace duckdb

namespace streamflow::query {

// Planning time grows with the cube of an expression's depth and the square of a chain's length [measured: 300 terms of
// `1+1+…` 0.77 s, 20,000 terms of OR 1.2 s], and planning cannot be interrupted.
struct SqlLimits {
  std::size_t expression_depth_max = 100;
  std::size_t query_depth_max = 24;
  std::size_t node_count_max = 50'000;
  std::size_t chain_terms_max = 4'096;  // of one AND or OR
  std::size_t table_count_max = 128;
  std::size_t recursive_cte_count_max = 4;
};

class SqlVisitor {
 public:
  virtual ~SqlVisitor() = default;
  // May replace the expression; the replacement's children are visited, it itself is not visited again.
  virtual Status expression(duckdb::unique_ptr<duckdb::ParsedExpression>&) { return Ok{}; }
  virtual Status table(duckdb::TableRef&) { return Ok{}; }
  // May change the node; what it then consists of is visited.
  virtual Status select(duckdb::SelectNode&) { return Ok{}; }
};

Status walk(duckdb::SelectStatement& statement, SqlVisitor& visitor, const SqlLimits& limits);

}  // namespace streamflow::query
