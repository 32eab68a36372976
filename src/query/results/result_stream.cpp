#include "query/results/result_stream.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "duckdb/common/allocator.hpp"
#include "duckdb/main/connection.hpp"
#include "duckdb/main/pending_query_result.hpp"
#include "duckdb/main/prepared_statement.hpp"
#include "duckdb/main/query_result.hpp"
#include "query/admission/statement_gate.h"
#include "query/admission/watchdog.h"
#include "query/duckdb_errors.h"
#include "query/insert/insert_encoder.h"
#include "query/insert/insert_statement.h"
#include "query/project_instance.h"
#include "query/results/result_encoder.h"

namespace streamflow::query {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPieceBytes = 256U << 10U;  // one next() appends about this much

duckdb::Value to_value(const Parameter& parameter) {
  struct Visitor {
    duckdb::Value operator()(std::monostate) const { return duckdb::Value(); }
    duckdb::Value operator()(bool value) const { return duckdb::Value::BOOLEAN(value); }
    duckdb::Value operator()(std::int64_t value) const { return duckdb::Value::BIGINT(value); }
    duckdb::Value operator()(double value) const { return duckdb::Value::DOUBLE(value); }
    duckdb::Value operator()(const std::string& value) const { return duckdb::Value(value); }
  };
  return std::visit(Visitor{}, parameter);
}

// A timeout beyond what the clock can hold means none.
Clock::time_point deadline_after(Clock::time_point start, Duration timeout) {
  const auto room = Clock::time_point::max() - start;
  return timeout < std::chrono::duration_cast<Duration>(room) ? start + std::max(timeout, Duration(0))
                                                              : Clock::time_point::max();
}

// A statement stopped at its limits may have held gigabytes, which allocators like to keep.
void give_memory_back() {
  duckdb::Allocator::FlushAll();
  malloc_trim(0);
}

class DuckDbStream : public ResultStream {
 public:
  DuckDbStream(std::shared_ptr<ProjectInstance> instance, std::unique_ptr<duckdb::Connection> connection,
               const QueryRequest& request, StatementSource source, Watchdog& watchdog,
               std::shared_ptr<QueryCounters> counters)
      : start_(source.started),
        text_(request.text),
        make_(std::move(source.make)),
        limits_(request.limits),
        watchdog_(watchdog),
        counters_(std::move(counters)),
        instance_(std::move(instance)),
        connection_(std::move(connection)),
        running_(std::make_shared<RunningQuery>(connection_->context, deadline_after(start_, limits_.timeout))),
        encoder_(source.encoder ? source.encoder(make_result_encoder(request.format))
                                : make_result_encoder(request.format)) {
    counters_->running += 1;
    watchdog_.add(running_);
  }

  ~DuckDbStream() override {
    // DuckDB waits for the tasks of a statement that is dropped, and they end by themselves only with their work.
    if (!finished_) running_->stop(StopReason::kCancelled);
    watchdog_.remove(running_);
    counters_->running -= 1;
    result_.reset();
    pending_.reset();
    prepared_.reset();
  }

  // Plans. The first next() runs the statement, so that a caller who holds the stream can cancel it. An Error is
  // counted by the caller.
  Status start(duckdb::unique_ptr<duckdb::SQLStatement> statement, const QueryRequest& request,
               const GateOptions& gate) {
    try {
      SF_CHECK(prepare(std::move(statement), gate));
      SF_CHECK(stopped());
      duckdb::vector<duckdb::Value> values;
      for (const Parameter& parameter : request.parameters) values.push_back(to_value(parameter));
      pending_ = prepared_->PendingQuery(values, true);
      if (pending_->HasError()) return failure(pending_->GetErrorObject());
    } catch (std::exception& exception) { return failure(duckdb::ErrorData(exception)); }
    for (std::size_t i = 0; i < pending_->names.size(); ++i) {
      columns_.push_back({pending_->names[i], pending_->types[i].ToString()});
    }
    return Ok{};
  }

  const std::vector<ResultColumn>& columns() const override { return columns_; }
  std::uint64_t row_count() const override { return row_count_; }
  void cancel() override { running_->stop(StopReason::kCancelled); }

  Result<bool> next(std::string& out) override {
    if (finished_) return false;
    auto more = step(out);
    if (!more.has_value()) {
      finished_ = true;
      result_.reset();
      pending_.reset();
      prepared_.reset();  // its plan holds what the operators had collected
      give_memory_back();
      count_failure(*counters_, more.error());
    } else if (!*more) {
      finished_ = true;
    }
    return more;
  }

 private:
  Status prepare(duckdb::unique_ptr<duckdb::SQLStatement> statement, const GateOptions& gate) {
    prepared_ = connection_->Prepare(std::move(statement));
    if (prepared_->HasError() && is_zone_mismatch(prepared_->GetError())) {
      SF_TRY(again, make_());
      SF_CHECK(reconcile_zones(*again, gate.limits));
      auto second = connection_->Prepare(std::move(again));
      // The first error speaks of what was sent.
      if (!second->HasError()) prepared_ = std::move(second);
    }
    if (prepared_->HasError()) return failure(prepared_->GetErrorObject());
    if (!prepared_->GetStatementProperties().IsReadOnly()) {
      return Error{ErrorCode::kForbidden, "statement not allowed: it would change something"};
    }
    return Ok{};
  }

  Result<bool> step(std::string& out) {
    SF_CHECK(stopped());
    const std::size_t begin = out.size();
    bool more = true;
    try {
      if (!result_) {
        result_ = pending_->Execute();
        if (result_->HasError()) return failure(result_->GetErrorObject());
        SF_CHECK(encoder_->begin(*connection_->context, result_->names, result_->types, out));
      }
      while (more && out.size() - begin < kPieceBytes) {
        auto chunk = result_->Fetch();
        if (result_->HasError()) return failure(result_->GetErrorObject());
        SF_CHECK(stopped());
        more = chunk && chunk->size() > 0;
        if (more) SF_CHECK(encode(*chunk, out));
        if (encoded_bytes_ + (out.size() - begin) > limits_.result_bytes_max) {
          return Error{ErrorCode::kTooLarge, "the result has more than " + std::to_string(limits_.result_bytes_max) +
                                                 " bytes; narrow the query or raise the limit"};
        }
      }
      if (!more) SF_CHECK(encoder_->end(row_count_, elapsed_ms(), out));
    } catch (std::exception& exception) { return failure(duckdb::ErrorData(exception)); }
    encoded_bytes_ += out.size() - begin;
    return more;
  }

  Status encode(duckdb::DataChunk& chunk, std::string& out) {
    row_count_ += chunk.size();
    counters_->rows += chunk.size();
    if (row_count_ > limits_.result_rows_max) {
      return Error{ErrorCode::kTooLarge, "the result has more than " + std::to_string(limits_.result_rows_max) +
                                             " rows; add a LIMIT or raise the limit"};
    }
    return encoder_->chunk(chunk, out);
  }

  double elapsed_ms() const { return std::chrono::duration<double, std::milli>(Clock::now() - start_).count(); }

  // Why the query was stopped, if it was: DuckDB only knows that it was interrupted.
  Status stopped() const {
    switch (running_->stop_reason()) {
      case StopReason::kNone: return Ok{};
      case StopReason::kCancelled: return Error{ErrorCode::kCancelled, "the query was cancelled"};
      case StopReason::kMemory: return Error{ErrorCode::kTooLarge, "the query was stopped: it used too much memory"};
      case StopReason::kTimeout: break;
    }
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.timeout).count();
    return Error{ErrorCode::kTimeout, "the query was stopped after its timeout of " + std::to_string(limit) + " ms"};
  }

  Error failure(const duckdb::ErrorData& error) const {
    if (auto status = stopped(); !status.has_value()) return std::move(status).error();
    return error_from(error, text_);
  }

  const Clock::time_point start_;
  const std::string text_;
  const std::function<Result<duckdb::unique_ptr<duckdb::SQLStatement>>()> make_;
  const QueryLimits limits_;
  Watchdog& watchdog_;
  const std::shared_ptr<QueryCounters> counters_;    // shared with the service
  const std::shared_ptr<ProjectInstance> instance_;  // shared with the cache; outlives the connection
  const std::unique_ptr<duckdb::Connection> connection_;
  const std::shared_ptr<RunningQuery> running_;  // shared with the watchdog
  const std::unique_ptr<ResultEncoder> encoder_;
  duckdb::unique_ptr<duckdb::PreparedStatement> prepared_;
  duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;  // null until the first next()
  std::vector<ResultColumn> columns_;
  std::uint64_t row_count_ = 0;
  std::uint64_t encoded_bytes_ = 0;
  bool finished_ = false;
};

}  // namespace

GateOptions gate_options(const QueryRequest& request) {
  GateOptions gate;
  gate.text_bytes_max = request.limits.text_bytes_max;
  return gate;
}

void count_failure(QueryCounters& counters, const Error& error) {
  counters.failed += 1;
  if (error.code == ErrorCode::kCancelled) counters.cancelled += 1;
  if (error.code == ErrorCode::kTimeout) counters.timed_out += 1;
}

Result<std::unique_ptr<ResultStream>> start_statement(const std::shared_ptr<ProjectInstance>& instance,
                                                      const QueryRequest& request, StatementSource source,
                                                      Watchdog& watchdog,
                                                      const std::shared_ptr<QueryCounters>& counters) {
  SF_TRY(statement, source.make());
  SF_TRY(connection, instance->connect());
  if (source.attach) source.attach(*connection->context);
  auto stream =
      std::make_unique<DuckDbStream>(instance, std::move(connection), request, std::move(source), watchdog, counters);
  SF_CHECK(stream->start(std::move(statement), request, gate_options(request)));
  return std::unique_ptr<ResultStream>(std::move(stream));
}

Result<std::unique_ptr<ResultStream>> start_query(const std::shared_ptr<ProjectInstance>& instance,
                                                  const QueryRequest& request, Watchdog& watchdog,
                                                  const std::shared_ptr<QueryCounters>& counters) {
  StatementSource source;
  GateOptions gate = gate_options(request);
  gate.snapshot_of = [instance] { return instance->snapshot(); };
  gate.may_insert = static_cast<bool>(request.write);
  const auto target = std::make_shared<std::optional<InsertTarget>>();  // shared by the two callbacks
  source.make = [text = request.text, gate = std::move(gate),
                 target]() -> Result<duckdb::unique_ptr<duckdb::SQLStatement>> {
    SF_TRY(statement, admit(text, gate));
    if (statement->type != duckdb::StatementType::INSERT_STATEMENT) return std::move(statement);
    SF_TRY(rows, rows_to_insert(std::move(statement), *gate.snapshot_of(), text));
    *target = std::move(rows.target);
    return std::move(rows.select);
  };
  source.encoder = [target, write = request.write](std::unique_ptr<ResultEncoder> answer) {
    return target->has_value() ? make_insert_encoder(**target, write, std::move(answer)) : std::move(answer);
  };
  return start_statement(instance, request, std::move(source), watchdog, counters);
}

}  // namespace streamflow::query
