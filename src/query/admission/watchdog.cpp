#include "query/admission/watchdog.h"

#include <algorithm>
#include <utility>

#include "duckdb/main/client_context.hpp"
#include "query/admission/memory_ledger.h"

namespace streamflow::query {

namespace {

constexpr std::chrono::milliseconds kTick(20);

}  // namespace

RunningQuery::RunningQuery(duckdb::shared_ptr<duckdb::ClientContext> context,
                           std::chrono::steady_clock::time_point deadline)
    : context_(std::move(context)), deadline_(deadline) {}
RunningQuery::~RunningQuery() = default;

void RunningQuery::stop(StopReason reason) {
  StopReason expected = StopReason::kNone;
  reason_.compare_exchange_strong(expected, reason);
  context_->Interrupt();
}

Watchdog::Watchdog(std::uint64_t growth_bytes_max) : growth_bytes_max_(growth_bytes_max), thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchdog::add(const std::shared_ptr<RunningQuery>& query) {
  {
    const std::lock_guard lock(mutex_);
    if (queries_.empty()) resident_before_ = resident_bytes();
    queries_.push_back(query);
  }
  changed_.notify_all();
}

void Watchdog::remove(const std::shared_ptr<RunningQuery>& query) {
  const std::lock_guard lock(mutex_);
  queries_.remove(query);
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (queries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto now = std::chrono::steady_clock::now();
    tick(now);
    auto wake = now + kTick;
    for (const auto& query : queries_) {
      if (query->deadline() > now) wake = std::min(wake, query->deadline());
    }
    changed_.wait_until(lock, wake);
  }
}

void Watchdog::tick(std::chrono::steady_clock::time_point now) {
  for (const auto& query : queries_) {
    if (query->stop_reason() != StopReason::kNone) {
      query->stop(query->stop_reason());
    } else if (query->deadline() <= now) {
      query->stop(StopReason::kTimeout);
    }
  }
  if (growth_bytes_max_ == 0 || resident_bytes() <= resident_before_ + growth_bytes_max_) return;
  // One at a time, the oldest first: it had the most time to grow.
  const auto victim = std::find_if(queries_.begin(), queries_.end(),
                                   [](const auto& query) { return query->stop_reason() == StopReason::kNone; });
  if (victim != queries_.end()) (*victim)->stop(StopReason::kMemory);
}

}  // namespace streamflow::query
