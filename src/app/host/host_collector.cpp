#include "app/host/host_collector.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "app/host/host_metrics.h"

namespace streamflow::app {

HostCollector::HostCollector(Write write, Duration interval) : write_(std::move(write)), interval_(interval) {
  thread_ = std::thread([this] { run(); });
}

HostCollector::~HostCollector() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void HostCollector::run() {
  HostMetrics metrics(host_name());
  bool failing = false;
  auto next = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto now = std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    const Status status = write_(metrics.lines(read_proc(), now), now);
    if (!status && !failing) spdlog::warn("host metrics are not stored: {}", status.error().message);
    failing = !status.has_value();
    next = std::max(next + interval_, std::chrono::steady_clock::now());  // never catches up in a burst
    lock.lock();
    changed_.wait_until(lock, next, [&] { return stopping_; });
  }
}

}  // namespace streamflow::app
