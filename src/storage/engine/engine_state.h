// What an engine is made of: options, catalog, manifest, shards, background work. For the engine's own sources.
// Threads: members say which lock guards them; what says nothing is immutable after open().
#pragma once

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <optional>
#include <thread>

#include "storage/compaction/compactor.h"
#include "storage/engine/engine.h"
#include "storage/engine/shard.h"

namespace streamflow::storage {

struct Engine::State {
  explicit State(EngineOptions given) : options(std::move(given)), catalog(options.shard_count) {}
  ~State() { close(); }

  Status open();
  Status load_shards();
  Status attach(const SegmentEntry& entry);
  Status remove_orphans();
  Status flush_one(Shard& shard);
  Status publish(Shard& shard, const FrozenMemtable& frozen, const std::vector<SegmentEntry>& entries);
  Status drain(Shard& shard);
  void close();
  void flush_in_background();
  Status flush_round();
  Status admit();
  void submit(std::span<const std::unique_ptr<ShardWrite>> writes, std::latch& done);
  std::uint64_t memory_bytes() const;
  bool is_disk_full();
  Status check_manifest();
  Status publish_manifest(Manifest next);  // with manifest_mutex held; adds what is known of tables and segment ids
  void make_compactor();
  bool is_overloaded();

  EngineOptions options;
  TableCatalog catalog;
  std::unique_ptr<WritableFile> lock_file;
  std::string database_id;
  std::unique_ptr<ManifestStore> manifest;  // guarded by manifest_mutex once open
  std::mutex manifest_mutex;
  std::uint64_t next_segment_id = 1;  // guarded by manifest_mutex
  std::vector<std::unique_ptr<Shard>> shards;
  std::unique_ptr<Compactor> compactor;

  std::thread flusher;
  std::mutex mutex;  // guards what follows
  std::condition_variable work, room;
  bool stopping = false;
  std::optional<Error> flush_error;  // of the last attempt
  bool disk_full = false;

  std::atomic<std::uint64_t> rows_written{0}, points_written{0}, requests{0}, requests_overloaded{0};
  std::atomic<std::uint64_t> flushes{0}, flush_ns{0}, disk_free_bytes{0};
  std::uint64_t recovery_ns = 0;           // immutable after open, as the next
  std::vector<LostSegment> lost_segments;  // named by the manifest
};

}  // namespace streamflow::storage
