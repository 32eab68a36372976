// HTTP/1.1 over TCP: reads requests, asks an HttpService, sends what it answers. The only user of Beast and Asio.
// Source:     RFC 9112; limits and their answers in docs/http-api.md, "Limits".
// Invariants: an I/O thread never runs a blocking handler; requests of one connection are answered in order; a request
//             that is refused before its body was read closes the connection unless the rest is short.
// Threads:    start() and stop() from one thread; the service is called from I/O and worker threads.
// Errors:     kUnavailable when the address cannot be bound, kInvalidArgument when it is none.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "model/result.h"
#include "server/http_types.h"

namespace streamflow::server {

struct HttpOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  std::uint32_t io_threads = 1;
  std::uint32_t write_threads = 16;                    // they mostly wait for the log's fsync, together
  std::uint32_t read_threads = 8;                      // how many SQL requests run at once
  std::size_t queue_max = 1024;                        // requests waiting per lane; then 503
  std::uint32_t connections_max = 1024;                // then 503
  std::uint32_t header_bytes_max = 32U << 10U;         // then 431
  std::uint64_t bodies_bytes_max = 512ULL << 20U;      // of all bodies in memory; then 503
  std::chrono::milliseconds idle_timeout{75'000};      // between requests
  std::chrono::milliseconds header_timeout{10'000};    // from a head's first byte to its last
  std::chrono::milliseconds progress_timeout{30'000};  // without a byte read or written
  std::chrono::milliseconds request_timeout{300'000};  // to read a whole body
  std::chrono::milliseconds stop_timeout{5'000};       // for running requests
};

struct HttpStatistics {
  std::atomic<std::uint64_t> connections_accepted = 0, connections_refused = 0, connections_open = 0;
  std::atomic<std::uint64_t> bytes_received = 0, bytes_sent = 0, timeouts = 0, clients_gone = 0, body_bytes = 0;
  std::atomic<std::uint64_t> write_queue = 0, read_queue = 0;              // requests waiting for a thread
  std::uint64_t connections_max = 0, bodies_bytes_max = 0, queue_max = 0;  // the limits; immutable once it listens
};

class HttpServer {
 public:
  // `service` must outlive the server.
  static Result<std::unique_ptr<HttpServer>> start(HttpOptions options, HttpService& service);
  ~HttpServer();  // stop()
  std::uint16_t port() const;
  const HttpStatistics& statistics() const;
  // Stops accepting, closes idle connections, lets running requests finish within stop_timeout, then cancels them.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::server
