// A running statement and its encoded result: what QueryService::execute() hands out.
// Invariants: owns its connection, so that it depends on no other statement; everything DuckDB throws ends here.
// Threads:    one at a time, except cancel().
// Errors:     as query_service.h says; the first error ends the stream.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "query/query_service.h"

namespace streamflow::query {

class ProjectInstance;
class Watchdog;

struct QueryCounters {
  std::atomic<std::uint64_t> queries{0}, failed{0}, cancelled{0}, timed_out{0}, rows{0}, running{0};
};

void count_failure(QueryCounters& counters, const Error& error);

// `watchdog` and `counters` outlive the stream. The timeout runs from the call.
Result<std::unique_ptr<ResultStream>> start_query(const std::shared_ptr<ProjectInstance>& instance,
                                                  const QueryRequest& request, Watchdog& watchdog,
                                                  const std::shared_ptr<QueryCounters>& counters);

}  // namespace streamflow::query
