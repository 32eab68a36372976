// Load on a server that is about to be killed, and the reckoning afterwards: which acknowledged rows are there.
// Invariants: each writer sends rows numbered 0, 1, 2, … in batches with Idempotency-Keys; a batch counts as
//             acknowledged only when its answer arrived.
// Threads:    PowerCutLoad starts its writers in start() and joins them in join(); the rest belongs to one thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "app/client/api_client.h"

namespace streamflow::app {

inline constexpr std::size_t kPowerCutWriters = 4;
inline constexpr std::uint64_t kPowerCutBatchRows = 500;

class PowerCutLoad {
 public:
  explicit PowerCutLoad(Endpoint endpoint);
  ~PowerCutLoad() { join(); }
  PowerCutLoad(const PowerCutLoad&) = delete;
  PowerCutLoad& operator=(const PowerCutLoad&) = delete;

  void start();                        // writes until the server stops answering
  std::uint64_t acknowledged() const;  // rows, of all writers
  void join();                         // after the server is gone

  // Against the restarted server. `lost`: acknowledged rows that are not there; `doubled`; `invented`: never sent.
  struct Reckoning {
    std::uint64_t acknowledged = 0, found = 0, lost = 0, doubled = 0, invented = 0;
    std::string problem = {};  // why it could not be reckoned; empty when it was
  };
  Reckoning reckon(ApiClient& client) const;
  // Sends again, under the same keys, what was on its way when the plug was pulled; "" or what went wrong.
  std::string resend(ApiClient& client);
  std::uint64_t in_flight() const;  // rows of those batches

 private:
  struct Writer {
    std::thread thread;
    std::atomic<std::uint64_t> acknowledged{0};  // rows
    std::uint64_t sent = 0;                      // rows, the batch on its way included; read after join()
  };
  void write(std::size_t index);
  std::string batch(std::size_t index, std::uint64_t first) const;
  std::string key(std::size_t index, std::uint64_t first) const;
  std::string writer_name(std::size_t index) const { return "w" + std::to_string(index); }

  Endpoint endpoint_;
  std::string id_;
  std::array<Writer, kPowerCutWriters> writers_;
};

}  // namespace streamflow::app
