// SQL over a project's tables: text in, encoded result bytes out. The only door to DuckDB.
// Source:     ARCHITECTURE.md, "Query"; docs/tsql.md.
// Invariants: times are UTC nanoseconds, never rounded; a statement sees one snapshot; SQL cannot reach files, the
//             network, settings or other projects.
// Threads:    QueryService is safe from any thread. A ResultStream belongs to one thread at a time, except cancel().
// Errors:     kInvalidArgument (syntax, unknown names; with position), kForbidden (statement gate), kTimeout,
//             kCancelled, kTooLarge (text, result or memory limit), kCorrupt and kIo from storage.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "model/time.h"
#include "storage/scan/scan.h"

namespace streamflow::query {

enum class ResultFormat : std::uint8_t {
  kJson,         // {"columns":[{"name","type"}],"rows":[[...]],"row_count":n,"elapsed_ms":x}
  kCsv,          // RFC 4180, header line, times as RFC 3339 with nanoseconds
  kArrowStream,  // Arrow IPC stream; tags dictionary-encoded or utf8, times timestamp[ns, UTC]
};

using Parameter = std::variant<std::monostate, bool, std::int64_t, double, std::string>;  // for ? and $1

struct QueryLimits {
  Duration timeout = std::chrono::seconds(30);
  std::uint64_t text_bytes_max = 256U << 10U;
  std::uint64_t result_rows_max = 50'000'000;
  std::uint64_t result_bytes_max = 4ULL << 30U;  // encoded
};

// Stores the rows of a batch and answers how many there were; an error says how many were stored all the same.
using RowWriter = std::function<Result<std::uint64_t>(RowBatch)>;

struct QueryRequest {
  ProjectName project;
  std::string text;  // one statement
  std::vector<Parameter> parameters;
  ResultFormat format = ResultFormat::kJson;
  QueryLimits limits;
  RowWriter write{};  // for INSERT; empty: the caller may not write
};

struct ResultColumn {
  std::string name;
  std::string type;  // DuckDB's name: "DOUBLE", "VARCHAR", "TIMESTAMP_NS", ...
};

class ResultStream {
 public:
  virtual ~ResultStream() = default;  // abandons what was not read
  virtual const std::vector<ResultColumn>& columns() const = 0;
  // Appends the next piece of the encoded result (about 64 KiB to 1 MiB) to `out`; false when it was the last. After
  // an error the stream is over.
  virtual Result<bool> next(std::string& out) = 0;
  virtual void cancel() = 0;                    // from any thread; next() then answers kCancelled
  virtual std::uint64_t row_count() const = 0;  // delivered so far
};

// How much of GROUP BY storage computes itself; the answers are the same (float64 sums up to their last bits).
enum class AggregatePushdown : std::uint8_t {
  kOff,
  kDecode,      // every row is decoded
  kStatistics,  // block statistics answer where they may
};

struct QueryServiceOptions {
  std::uint32_t threads = 2;
  std::uint64_t memory_bytes_max = 2ULL << 30U;  // shared by all projects' instances
  std::uint32_t instance_count_max = 32;         // least recently used ones are closed
  AggregatePushdown aggregate_pushdown = AggregatePushdown::kStatistics;
};

struct ChartRequest;
class ChartRun;

class QueryService {
 public:
  using ReaderOf = std::function<std::shared_ptr<storage::ProjectReader>(const ProjectName&)>;
  static Result<std::unique_ptr<QueryService>> open(QueryServiceOptions options, ReaderOf reader_of);
  ~QueryService();

  // Parses, gates and plans the statement; the first next() starts it. The timeout runs from here to the last next().
  Result<std::unique_ptr<ResultStream>> execute(QueryRequest request);
  // chart.h. Checks the statement and which of its columns are drawn; run() executes it. The timeout runs from here.
  Result<std::unique_ptr<ChartRun>> chart(ChartRequest request);

  struct Statistics {
    std::uint64_t queries = 0, failed = 0, cancelled = 0, timed_out = 0, rows = 0, running = 0;
    std::uint64_t memory_bytes = 0, memory_bytes_max = 0;  // of all projects' instances and running queries
  };
  Statistics statistics() const;

 private:
  struct State;
  explicit QueryService(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The DuckDB library's version; kInternal when it differs from the headers' version. Checked at start-up.
Result<std::string> duckdb_version();

}  // namespace streamflow::query
