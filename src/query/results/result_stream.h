// A running statement and its encoded result: what QueryService::execute() hands out.
// Invariants: owns its connection, so that it depends on no other statement; everything DuckDB throws ends here.
// Threads:    one at a time, except cancel().
// Errors:     as query_service.h says; the first error ends the stream.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "duckdb/parser/sql_statement.hpp"
#include "query/admission/statement_gate.h"
#include "query/query_service.h"
#include "query/results/result_encoder.h"

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

class ProjectInstance;
class Watchdog;

struct QueryCounters {
  std::atomic<std::uint64_t> queries{0}, failed{0}, cancelled{0}, timed_out{0}, rows{0}, running{0};
};

void count_failure(QueryCounters& counters, const Error& error);

GateOptions gate_options(const QueryRequest& request);

// A statement that the server derives from what was sent.
struct StatementSource {
  std::function<Result<duckdb::unique_ptr<duckdb::SQLStatement>>()> make;  // admitted; asked for again to mend it
  std::function<void(duckdb::ClientContext&)> attach;                      // before planning; may be empty
  // Once the statement is made: what its rows go through instead of the result's encoder; may be empty.
  std::function<std::unique_ptr<ResultEncoder>(std::unique_ptr<ResultEncoder>)> encoder;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();  // of the timeout
};
Result<std::unique_ptr<ResultStream>> start_statement(const std::shared_ptr<ProjectInstance>& instance,
                                                      const QueryRequest& request, StatementSource source,
                                                      Watchdog& watchdog,
                                                      const std::shared_ptr<QueryCounters>& counters);

// `watchdog` and `counters` outlive the stream. The timeout runs from the call.
Result<std::unique_ptr<ResultStream>> start_query(const std::shared_ptr<ProjectInstance>& instance,
                                                  const QueryRequest& request, Watchdog& watchdog,
                                                  const std::shared_ptr<QueryCounters>& counters);

}  // namespace streamflow::query
