// The SQL aggregate that feeds a chart: DuckDB runs it on every thread, beside the scan, so that no row ever leaves the
// thread that decoded it.
//     SELECT __streamflow_chart(x, split, y...) FROM …   x BIGINT (ns) or DOUBLE, split VARCHAR, y DOUBLE
// Invariants: works only on a connection that a ChartSink is attached to; in other statements it does not bind.
//             NULL and infinite x are left out; NULL y becomes NaN.
// Threads:    DuckDB's; each has a ChartPart of its own, joined by combine().
// Errors:     raised inside DuckDB: BinderException without a sink or for other arguments.
#pragma once

#include <memory>
#include <mutex>

#include "duckdb/main/client_context_state.hpp"
#include "query/chart/chart_parts.h"

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

inline constexpr const char* kChartFunction = "__streamflow_chart";

// Where the rows of one statement go.
class ChartSink : public duckdb::ClientContextState {
 public:
  explicit ChartSink(const ChartPlan& plan) : plan_(plan), whole_(plan_) {}

  const ChartPlan& plan() const { return plan_; }
  const ChartPart& whole() const { return whole_; }  // when the statement has ended
  void take(const ChartPart& part);

 private:
  const ChartPlan plan_;
  std::mutex mutex_;
  ChartPart whole_;  // guarded by mutex_ while the statement runs
};

void register_chart_function(duckdb::ClientContext& context);  // once per instance
void attach(duckdb::ClientContext& context, duckdb::shared_ptr<ChartSink> sink);

}  // namespace streamflow::query
