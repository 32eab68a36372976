// What HTTP did, per route: requests by status, bytes, latency.
// Threads:    record() and read from any thread, without locks.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "server/http_types.h"
#include "server/route.h"

namespace streamflow::server {

// Upper bounds of the latency histogram, seconds.
inline constexpr std::array<double, 12> kLatencyBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                          0.05,   0.1,   0.25,   1,     5,    30};

class HttpMetrics {
 public:
  HttpMetrics();
  // `route` null: an address that no route has.
  void record(const Route* route, const RequestOutcome& outcome);
  void append(class MetricsText& text) const;

 private:
  struct Counters {
    std::array<std::atomic<std::uint64_t>, 6> by_class{};  // by_class[2] counts 2xx; [0] others
    std::array<std::atomic<std::uint64_t>, kLatencyBounds.size() + 1> latency{};
    std::atomic<std::uint64_t> bytes_in = 0, bytes_out = 0, nanoseconds = 0, clients_gone = 0, failed_streams = 0;
  };
  std::vector<Counters> routes_;  // all_routes() and one more for the rest; immutable size
};

}  // namespace streamflow::server
