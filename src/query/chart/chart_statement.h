// From the statement that was sent to the one that feeds a chart:
//     SELECT __streamflow_chart(x, split, y...) FROM (<statement>) AS rows WHERE x >= from AND x < to
// Invariants: the predicate stands on the column itself where its type allows, so that the scan below takes it over and
//             skips blocks. An ORDER BY that decides nothing but the order is dropped.
// Threads:    free functions.
// Errors:     kInvalidArgument that names the member (`x`, `y`, `split_by`, `query`) and what would do.
#pragma once

#include <optional>
#include <vector>

#include "query/admission/statement_gate.h"
#include "query/chart/chart.h"

namespace streamflow::query {

// Indexes of the statement's columns.
struct ChartColumns {
  std::size_t x = 0;
  bool x_is_time = true;
  bool x_needs_cast = false;  // to TIMESTAMP_NS or DOUBLE
  std::optional<std::size_t> split;
  std::vector<std::size_t> y;
  std::size_t count = 0;
};
Result<ChartColumns> choose_columns(const ChartRequest& request, const std::vector<ResultColumn>& columns);

// An open end is nullopt.
struct ChartRange {
  std::optional<ChartBound> from, to;
  bool to_included = false;
};

struct ChartStatement {
  duckdb::unique_ptr<duckdb::SQLStatement> statement;
  bool plain_scan = false;  // of one table, without grouping, DISTINCT or LIMIT
};
// With `with_values`, else with x alone.
Result<ChartStatement> chart_statement(const std::string& text, const GateOptions& gate, const ChartColumns& columns,
                                       const ChartRange& range, bool with_values);

}  // namespace streamflow::query
