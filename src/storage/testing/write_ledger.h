// What a simulated client was promised, kept outside the engine, and the check that the engine kept it. Tests only.
//
// A request is cut into slices, one per shard, each of which must be there whole or not at all. Every slice carries one
// row of the table "audit", which keeps duplicates: it tells whether the slice is there, and how often.
// Invariants: the slices of a shard are in the order in which its log has them, as there is one client.
// Errors:     as failures of the running test; each names the request and the shard.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "storage/engine/engine_oracle.h"

namespace streamflow::storage::testing {

class WriteLedger {
 public:
  explicit WriteLedger(std::uint32_t shard_count);

  // The batches of a new request, the audit's rows added. Ids count up from 1.
  std::vector<RowBatch> with_audit(std::uint64_t request, std::vector<RowBatch> batches) const;
  // Before each attempt to write: its slices may be there from now on. Of a request that was sent before, those that
  // are there stay as they are.
  void sent(std::uint64_t request, const std::vector<RowBatch>& batches, Engine& engine, std::mt19937_64& random);
  // Its slices must be seen from now on, and survive a crash from harden() on.
  void acknowledged(std::uint64_t request);
  void harden();

  // Every table against what is known. `after`: what has happened since the last check.
  enum class After : std::uint8_t { kNothing, kKill, kPowerLoss };
  void verify(Engine& engine, std::mt19937_64& random, After after);

  std::uint64_t slices_lost_softly() const { return lost_softly_; }  // acknowledged without a sync, and gone

 private:
  struct Slice {
    std::uint64_t request = 0;
    bool acknowledged = false, hardened = false, seen = false;
    std::map<std::string, std::vector<PlainRow>> rows;  // by table
  };
  using Slices = std::vector<Slice>;

  std::uint32_t shard_of_row(const PlainRow& row) const;
  void see(Engine& engine, std::mt19937_64& random);
  void check_promises(After after);
  void compare(Engine& engine, std::mt19937_64& random);

  std::vector<std::string> audit_tags_;  // the tag value that places an audit row in a shard
  std::vector<Slices> shards_;
  std::map<std::string, DuplicatePolicy> policies_;  // of tables with rows
  std::uint64_t lost_softly_ = 0;
};

}  // namespace streamflow::storage::testing
