#include "query/query_service.h"

#include <utility>

#include "duckdb/main/database.hpp"
#include "query/admission/memory_ledger.h"
#include "query/admission/watchdog.h"
#include "query/chart/chart_run.h"
#include "query/project_instance.h"
#include "query/results/result_stream.h"

namespace streamflow::query {

namespace {

// Of the headers this folder is compiled with; scripts/versions.env pins the same.
constexpr std::string_view kHeadersVersion = "v1.5.6";

// One vector of DuckDB's may take this part of the memory: large enough for its hash tables, small enough that one
// hostile expression fails at once.
constexpr std::uint64_t kSingleAllocationPart = 4;
// What the process may grow beyond the limit while queries run: result buffers, allocator slack, ingest going on.
constexpr std::uint64_t kGrowthSlackBytes = 512ULL << 20U;

}  // namespace

struct QueryService::State {
  State(const QueryServiceOptions& options, ReaderOf reader_of)
      : memory_bytes_max(options.memory_bytes_max + options.memory_bytes_max / 4),
        watchdog(options.memory_bytes_max + options.memory_bytes_max / 2 + kGrowthSlackBytes),
        instances(
            {options.threads, std::make_shared<SharedMemory>(options.memory_bytes_max), options.aggregate_pushdown},
            options.instance_count_max, std::move(reader_of)) {}

  const std::uint64_t memory_bytes_max;
  std::shared_ptr<QueryCounters> counters = std::make_shared<QueryCounters>();
  Watchdog watchdog;
  InstanceCache instances;
};

QueryService::QueryService(std::unique_ptr<State> state) : state_(std::move(state)) {}
QueryService::~QueryService() = default;

Result<std::unique_ptr<QueryService>> QueryService::open(QueryServiceOptions options, ReaderOf reader_of) {
  if (options.threads == 0 || options.instance_count_max == 0 || options.memory_bytes_max < (64ULL << 20U)) {
    return Error{ErrorCode::kInvalidArgument,
                 "query options: wanted at least 1 thread, 1 instance and 64 MiB of memory, got " +
                     std::to_string(options.threads) + ", " + std::to_string(options.instance_count_max) + ", " +
                     std::to_string(options.memory_bytes_max >> 20U) + " MiB"};
  }
  SF_TRY(version, duckdb_version());
  static_cast<void>(version);
  MemoryLedger::process().set_limits(options.memory_bytes_max + options.memory_bytes_max / 4,
                                     options.memory_bytes_max / kSingleAllocationPart);
  return std::unique_ptr<QueryService>(new QueryService(std::make_unique<State>(options, std::move(reader_of))));
}

Result<std::unique_ptr<ResultStream>> QueryService::execute(QueryRequest request) {
  state_->counters->queries += 1;
  auto result = [&]() -> Result<std::unique_ptr<ResultStream>> {
    SF_TRY(instance, state_->instances.get(request.project));
    return start_query(instance, request, state_->watchdog, state_->counters);
  }();
  if (!result.has_value()) count_failure(*state_->counters, result.error());
  return result;
}

Result<std::unique_ptr<ChartRun>> QueryService::chart(ChartRequest request) {
  state_->counters->queries += 1;
  auto run = [&]() -> Result<std::unique_ptr<ChartRun>> {
    SF_TRY(instance, state_->instances.get(request.project));
    return start_chart(instance, std::move(request), state_->watchdog, state_->counters);
  }();
  if (!run.has_value()) count_failure(*state_->counters, run.error());
  return run;
}

QueryService::Statistics QueryService::statistics() const {
  const QueryCounters& counters = *state_->counters;
  return {counters.queries,
          counters.failed,
          counters.cancelled,
          counters.timed_out,
          counters.rows,
          counters.running,
          MemoryLedger::process().bytes(),
          state_->memory_bytes_max};
}

Result<std::string> duckdb_version() {
  const std::string_view library = duckdb::DuckDB::LibraryVersion();
  if (library != kHeadersVersion) {
    return Error{ErrorCode::kInternal, "DuckDB's library is " + std::string(library) +
                                           " but this binary was built for " + std::string(kHeadersVersion) +
                                           "; run ./run setup and build again"};
  }
  return std::string(library);
}

}  // namespace streamflow::query
