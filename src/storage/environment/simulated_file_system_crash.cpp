// The ways a simulated disk fails: crashes, failing calls, failing syncs, no space.
#include <algorithm>

#include "storage/environment/simulated_file_system_nodes.h"

namespace streamflow::storage {

namespace {

constexpr std::uint64_t kSectorBytes = 512, kLargeSectorBytes = 4096;

}  // namespace

void SimulatedFileSystem::lose_entries(Folder& folder) {
  const std::uint64_t mode = random_() % 4;
  const std::size_t prefix = folder.pending.empty() ? 0 : random_() % (folder.pending.size() + 1);
  for (std::size_t i = 0; i < folder.pending.size(); ++i) {
    const bool kept = mode == 1 || (mode == 2 && i < prefix) || (mode == 3 && random_() % 2 == 0);
    if (kept) { folder.pending[i].apply(folder.durable); }
  }
  folder.pending.clear();
  folder.now = folder.durable;
}

void SimulatedFileSystem::tear(Node& node) {
  Bytes& content = node.writable();
  const std::uint64_t mode = random_() % 5;  // nothing, all, a prefix, zeroed sectors, garbage sectors
  const std::uint64_t sector = random_() % 2 == 0 ? kSectorBytes : kLargeSectorBytes;
  const std::uint64_t unsynced = content.size() - std::min<std::uint64_t>(node.synced, content.size());
  if (unsynced > 0) {
    if (mode == 0) { content.resize(node.synced); }
    if (mode >= 2) { content.resize(node.synced + random_() % (unsynced + 1)); }
    for (std::uint64_t at = node.synced; mode >= 3 && at < content.size();) {
      const std::uint64_t end = std::min<std::uint64_t>((at / sector + 1) * sector, content.size());
      const bool hit = random_() % 3 == 0;
      for (; at < end; ++at) {
        if (hit) { content[at] = mode == 3 ? std::byte{0} : static_cast<std::byte>(random_()); }
      }
    }
  }
  for (const auto& [begin, end] : node.lost) {
    for (std::uint64_t at = begin; at < std::min<std::uint64_t>(end, content.size()); ++at) {
      content[at] = std::byte{0};
    }
  }
  node.lost.clear();
  node.synced = content.size();
}

void SimulatedFileSystem::restart() {
  ++epoch_;
  locks_.clear();
  forget_faults();
  off_ = false;
}

void SimulatedFileSystem::power_off() {
  const std::lock_guard lock(mutex_);
  off_ = true;
}

void SimulatedFileSystem::power_on() {
  const std::lock_guard lock(mutex_);
  std::set<Node*> torn;  // a node may have two names
  for (const auto& [path, folder] : folders_) {
    lose_entries(*folder);
    for (const auto& [name, node] : folder->now) {
      if (torn.insert(node.get()).second) { tear(*node); }
    }
  }
  restart();
}

void SimulatedFileSystem::crash() {
  power_off();
  power_on();
}

void SimulatedFileSystem::kill() {
  const std::lock_guard lock(mutex_);
  restart();
}

void SimulatedFileSystem::fail_call(std::uint64_t n, Fault fault) {
  const std::lock_guard lock(mutex_);
  failure_ = {calls_ + n, fault};
}

void SimulatedFileSystem::fail_call(Operation operation, std::uint64_t n, Fault fault) {
  const std::lock_guard lock(mutex_);
  const auto kind = static_cast<std::size_t>(operation);
  failure_of_[kind] = {calls_of_[kind] + n, fault};
}

void SimulatedFileSystem::clear_faults() {
  const std::lock_guard lock(mutex_);
  forget_faults();
}

void SimulatedFileSystem::forget_faults() {
  failure_ = {};
  failure_of_ = {};
  fail_syncs_ = false;
}

std::uint64_t SimulatedFileSystem::call_count() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void SimulatedFileSystem::fail_syncs(bool fail) {
  const std::lock_guard lock(mutex_);
  fail_syncs_ = fail;
}

void SimulatedFileSystem::set_capacity(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

}  // namespace streamflow::storage
