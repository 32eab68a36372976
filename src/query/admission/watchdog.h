// Stops queries: at their deadline, when their caller cancels, when the process grows beyond its memory.
// Invariants: a RunningQuery has a DuckDB connection of its own, so an interrupt that comes late can hit no other
// query.
//             A stopped query is interrupted again at every tick until it leaves: DuckDB forgets an interrupt that
//             falls between planning and execution.
// Threads:    one thread for all queries, asleep while none runs. RunningQuery is safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "duckdb/common/shared_ptr.hpp"

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

enum class StopReason : std::uint8_t { kNone, kCancelled, kTimeout, kMemory };

class RunningQuery {
 public:
  RunningQuery(duckdb::shared_ptr<duckdb::ClientContext> context, std::chrono::steady_clock::time_point deadline);
  ~RunningQuery();

  void stop(StopReason reason);  // the first reason stays
  StopReason stop_reason() const { return reason_; }
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }

 private:
  const duckdb::shared_ptr<duckdb::ClientContext> context_;  // shared with the connection
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<StopReason> reason_{StopReason::kNone};
};

class Watchdog {
 public:
  // `growth_bytes_max`: how much the process may grow while queries run. DuckDB's aggregates keep values (median, mode)
  // outside every limit of its own. 0 turns the guard off.
  explicit Watchdog(std::uint64_t growth_bytes_max);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void add(const std::shared_ptr<RunningQuery>& query);
  void remove(const std::shared_ptr<RunningQuery>& query);

 private:
  void run();
  void tick(std::chrono::steady_clock::time_point now);  // mutex_ is held

  const std::uint64_t growth_bytes_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::shared_ptr<RunningQuery>> queries_;  // oldest first
  std::uint64_t resident_before_ = 0;                 // when the first of them began
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace streamflow::query
