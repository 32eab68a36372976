// The running server: storage, SQL, access and HTTP wired together.
// Source:     docs/http-api.md and /openapi.json.
// Threads:    start and stop from one thread.
// Errors:     kUnavailable (port taken, data folder held by another process), kCorrupt and kIo from recovery.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "model/result.h"
#include "query/query_service.h"
#include "storage/engine/engine.h"

namespace streamflow::server {

struct ServerOptions {
  std::filesystem::path data_folder;
  std::string host = "127.0.0.1";
  std::uint16_t http_port = 8080;  // 0: any free one
  std::uint32_t threads = 2;
  std::uint64_t body_bytes_max = 64U << 20U;  // compressed and decompressed
  std::uint32_t connections_max = 1024;
  query::QueryLimits query_limits;
  query::QueryServiceOptions query;
  storage::EngineOptions engine;  // data_folder is taken from above
};

class Server {
 public:
  static Result<std::unique_ptr<Server>> start(ServerOptions options);
  ~Server();
  std::uint16_t http_port() const;
  std::string url() const;  // http://host:port
  // Stops accepting, finishes running requests (at most 5 s), flushes nothing: what is acknowledged is in the log.
  void stop();
  storage::Engine& engine();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::server
