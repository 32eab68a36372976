// Samples this machine's metrics every second and hands them over as line protocol, until it is destroyed.
// Threads:    one of its own, which calls `write`; construct and destroy from one thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "model/result.h"
#include "model/time.h"

namespace streamflow::app {

class HostCollector {
 public:
  using Write = std::function<Status(const std::string& lines, Timestamp now)>;
  // A failed write is logged once, until one works again; its samples are lost.
  explicit HostCollector(Write write, Duration interval = std::chrono::seconds(1));
  ~HostCollector();

 private:
  void run();

  Write write_;
  Duration interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace streamflow::app
