// One data folder's life on a disk that fails: random requests, flushes, faults, crashes, restarts, and a check of
// every promise after each. Everything follows from the seed: no threads, no clock, no chance but its own. Tests only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "storage/engine/engine.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/testing/write_ledger.h"

namespace streamflow::storage::testing {

class SimulatedClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  Duration steady() const override { return now_.time_since_epoch(); }
  void advance(Duration by) { now_ += by; }

 private:
  Timestamp now_ = timestamp_from_ns(1'700'000'000'000'000'000);
};

class SeededRandomness final : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : random_(seed) {}
  std::uint64_t next() override { return random_(); }

 private:
  std::mt19937_64 random_;
};

struct SimulationCounts {
  std::uint64_t crashes = 0, recovery_crashes = 0, acknowledged = 0, refused = 0, duplicates = 0, flushes = 0;
  std::uint64_t compactions = 0;
  std::uint64_t lost_softly = 0;
};

class EngineSimulation {
 public:
  explicit EngineSimulation(std::uint64_t seed);

  // Opens, works until something fails or enough was done, crashes, opens again, checks. False when a check failed.
  bool round();
  // What to do in a round, for tests that choose themselves.
  bool open(WriteLedger::After after);  // false: the disk failed; anything else is a failure of the test
  bool work(std::uint64_t steps);       // until a call is refused: then false
  void crash();                         // of either kind, by chance
  void write_something();
  void flush();
  void compact();
  void verify() { ledger_.verify(*engine_, random_, WriteLedger::After::kNothing); }

  SimulatedFileSystem& files() { return files_; }
  EngineOptions& options() { return options_; }
  Engine& engine() { return *engine_; }
  WriteLedger::After last_crash() const { return last_crash_; }
  const SimulationCounts& counts() const { return counts_; }

 private:
  struct Request {
    std::uint64_t id = 0;
    std::vector<RowBatch> batches;
    Producer producer;
  };

  void step();
  bool write(const Request& request);
  void repeat_acknowledged();
  void arm_fault();
  void fill_or_empty_disk();
  void check_statistics();
  Request new_request();

  std::mt19937_64 random_;
  SimulatedFileSystem files_;
  SimulatedClock clock_;
  SeededRandomness randomness_;
  EngineOptions options_;
  WriteLedger ledger_;
  std::unique_ptr<Engine> engine_;
  bool refused_ = false, full_ = false;
  WriteLedger::After last_crash_ = WriteLedger::After::kNothing;
  std::uint64_t next_request_ = 1;
  std::map<std::string, Producer> producers_;              // as of their last request
  std::map<std::string, Request> pending_, acknowledged_;  // by producer: not yet acknowledged; the last one that was
  SimulationCounts counts_;
};

}  // namespace streamflow::storage::testing
