// The engine with its own threads and several clients at once: group commits, flushes and rolls happen when they
// happen, and then the power goes. What it did until then differs from run to run; what it promised must hold in each.
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

constexpr std::uint32_t kClients = 4;
constexpr std::uint64_t kRequestsMax = 60;  // of a client in a round

// One client: numbers its requests, never sends the next one before the last one is acknowledged.
struct Client {
  std::string name;
  std::uint64_t next = 1;      // sequence of the request to send, or to send again
  bool is_unanswered = false;  // request `next` was sent

  WriteRequest request() const {
    WriteRequest request;
    request.producer = {name, 1, next};
    RowBatch batch;
    batch.table = "events";
    batch.duplicates = DuplicatePolicy::kKeep;
    batch.tags = {"client"};
    batch.series = {name};
    batch.series_count = 1;
    batch.series_of_row = {0, 0};
    batch.times = {static_cast<std::int64_t>(next), static_cast<std::int64_t>(next)};
    request.batches.push_back(std::move(batch));
    return request;
  }

  void run(Engine& engine) {
    for (std::uint64_t i = 0; i < kRequestsMax; ++i) {
      is_unanswered = true;
      if (!engine.write(request()).has_value()) { return; }
      is_unanswered = false;
      ++next;
    }
  }
};

class Clients {
 public:
  Clients() {
    for (std::uint32_t i = 0; i < kClients; ++i) { clients_.push_back({"client" + std::to_string(i)}); }
  }

  void run(Engine& engine) {
    std::vector<std::thread> threads;
    threads.reserve(clients_.size());
    for (Client& client : clients_) {
      threads.emplace_back([&] { client.run(engine); });
    }
    for (std::thread& thread : threads) { thread.join(); }
  }

  // Both rows of each acknowledged request are there, once; of the last one both or none.
  void check(Engine& engine, std::mt19937_64& random) const {
    std::map<std::string, std::map<std::uint64_t, int>> found;
    if (engine.table({}, "events") != nullptr) {
      for (const PlainRow& row : scan_rows(engine, "events", random)) {
        ++found[row.tags.at("client")][static_cast<std::uint64_t>(row.time)];
      }
    }
    for (const Client& client : clients_) {
      std::map<std::uint64_t, int>& requests = found[client.name];
      for (std::uint64_t sequence = 1; sequence < client.next; ++sequence) {
        EXPECT_EQ(requests[sequence], 2) << client.name << ", request " << sequence;
      }
      const int last = requests[client.next];
      EXPECT_TRUE(last == 0 || (last == 2 && client.is_unanswered)) << client.name << ", " << last << " rows";
      requests.erase(requests.begin(), requests.upper_bound(client.next));
      EXPECT_TRUE(requests.empty()) << client.name << " has rows that were never sent";
    }
  }

  std::uint64_t acknowledged() const {
    std::uint64_t count = 0;
    for (const Client& client : clients_) { count += client.next - 1; }
    return count;
  }

 private:
  std::vector<Client> clients_;
};

TEST(EngineThreadsCrash, SeveralClientsLoseNothing) {
  std::uint64_t acknowledged = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    SimulatedFileSystem files(seed);
    EngineOptions options;
    options.data_folder = "/data";
    options.files = &files;
    options.flush_bytes = 4'000;
    options.admission_wait = std::chrono::seconds(10);
    Clients clients;
    for (int round = 0; round < 4; ++round) {
      auto engine = Engine::open(options);
      ASSERT_TRUE(engine.has_value()) << engine.error().message;
      clients.check(**engine, random);
      const auto fault =
          random() % 3 == 0 ? SimulatedFileSystem::Fault::kOnce : SimulatedFileSystem::Fault::kFromThenOn;
      files.fail_call(1 + random() % 300, fault);
      clients.run(**engine);
      files.power_off();
      engine->reset();
      random() % 4 == 0 ? files.kill() : files.power_on();
    }
    auto engine = Engine::open(options);
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    clients.check(**engine, random);
    clients.run(**engine);
    clients.check(**engine, random);
    acknowledged += clients.acknowledged();
    if (HasFailure()) { return; }
  }
  EXPECT_GT(acknowledged, 60U * kClients * kRequestsMax);
}

}  // namespace
}  // namespace streamflow::storage
