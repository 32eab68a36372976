// Makes a ChartRun: which columns are drawn, over which range, in one pass over the rows or two.
// Invariants: one pass when both ends of the range are known, or when a first pass finds few rows; that pass reads x
//             alone where the statement is a plain scan, whose rows cost little to read again.
// Threads:    as chart.h says.
// Errors:     as chart.h says.
#pragma once

#include <memory>

#include "query/chart/chart.h"
#include "query/results/result_stream.h"

namespace streamflow::query {

// `watchdog` and `counters` outlive the run. The timeout runs from the call.
Result<std::unique_ptr<ChartRun>> start_chart(const std::shared_ptr<ProjectInstance>& instance, ChartRequest request,
                                              Watchdog& watchdog, const std::shared_ptr<QueryCounters>& counters);

}  // namespace streamflow::query
