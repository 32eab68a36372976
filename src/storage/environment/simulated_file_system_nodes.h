// What a simulated disk remembers of files and folders: how they look now, and how a crash would find them.
// Threads: guarded by the file system's mutex.
#pragma once

#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {

using Bytes = std::vector<std::byte>;

struct SimulatedFileSystem::Node {
  std::shared_ptr<Bytes> bytes = std::make_shared<Bytes>();   // shared with readers; copied before it grows under one
  std::uint64_t synced = 0;                                   // bytes before this are on disk...
  std::vector<std::pair<std::uint64_t, std::uint64_t>> lost;  // ...but for these, which a failed sync dropped

  Bytes& writable() {
    if (bytes.use_count() > 1) { bytes = std::make_shared<Bytes>(*bytes); }
    return *bytes;
  }
};

// What one create, rename or remove did to a folder; a null node is a removed name. Atomic in a crash.
struct SimulatedFileSystem::EntryChanges {
  std::vector<std::pair<std::string, std::shared_ptr<Node>>> changes;

  void apply(std::map<std::string, std::shared_ptr<Node>>& entries) const {
    for (const auto& [name, node] : changes) {
      if (node == nullptr) {
        entries.erase(name);
      } else {
        entries[name] = node;
      }
    }
  }
};

struct SimulatedFileSystem::Folder {
  std::map<std::string, std::shared_ptr<Node>> now, durable;
  std::vector<EntryChanges> pending;  // what leads from `durable` to `now`

  void change(EntryChanges changes) {
    changes.apply(now);
    pending.push_back(std::move(changes));
  }
};

}  // namespace streamflow::storage
