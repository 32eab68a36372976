// What all connections of one HttpServer share.
// Threads:    immutable or atomic, but for the pools, which lock themselves.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "server/http/http_server.h"
#include "server/http/worker_pool.h"

namespace streamflow::server {

struct HttpShared {
  HttpShared(HttpOptions given, HttpService& answers, std::uint64_t seed)
      : options(std::move(given)),
        service(answers),
        write_pool({options.write_threads, options.queue_max, &statistics.write_queue}),
        read_pool({options.read_threads, options.queue_max, &statistics.read_queue}),
        id_seed(seed) {
    statistics.connections_max = options.connections_max;
    statistics.bodies_bytes_max = options.bodies_bytes_max;
    statistics.queue_max = options.queue_max;
  }

  const HttpOptions options;
  HttpService& service;
  HttpStatistics statistics;
  WorkerPool write_pool, read_pool;
  const std::uint64_t id_seed;
  std::atomic<std::uint64_t> id_next = 0;
  std::atomic<bool> stopping = false;

  WorkerPool& pool(Lane lane) { return lane == Lane::kWrite ? write_pool : read_pool; }
  // 16 hexadecimal digits, never the same twice in one process.
  std::string new_request_id();
};

// A body's share of the memory that all bodies may take together; given back on destruction.
class BodyCharge {
 public:
  explicit BodyCharge(HttpShared& shared) : shared_(shared) {}
  BodyCharge(const BodyCharge&) = delete;
  BodyCharge& operator=(const BodyCharge&) = delete;
  ~BodyCharge() { shared_.statistics.body_bytes -= held_; }
  // False when the bodies of all requests would take more than bodies_bytes_max.
  [[nodiscard]] bool hold(std::uint64_t bytes) {
    if (bytes <= held_) { return true; }
    const std::uint64_t more = bytes - held_;
    const std::uint64_t before = shared_.statistics.body_bytes.fetch_add(more);
    held_ = bytes;
    return before + more <= shared_.options.bodies_bytes_max;
  }

 private:
  HttpShared& shared_;
  std::uint64_t held_ = 0;
};

}  // namespace streamflow::server
