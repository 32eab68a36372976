// Opening a data folder: manifest, orphans, segments, the shards' logs.
#include <algorithm>

#include "storage/engine/engine_state.h"

namespace streamflow::storage {

Status Engine::State::open() {
  const auto begin = std::chrono::steady_clock::now();
  FileSystem& files = *options.files;
  for (const char* folder : {"", "segments", "manifest", "wal", "quarantine"}) {
    SF_CHECK(files.create_folders(options.data_folder / folder));
  }
  SF_TRY(lock, files.lock(options.data_folder / "lock"));
  lock_file = std::move(lock);
  SF_TRY(store, ManifestStore::open(files, options.data_folder / "manifest"));
  manifest = std::make_unique<ManifestStore>(std::move(store));
  if (manifest->current().generation == 0) {
    SF_CHECK(check_no_data(files, options.data_folder));
    Manifest first;
    first.database_id = make_database_id(*options.randomness);
    first.shards.resize(options.shard_count);
    SF_CHECK(manifest->publish(std::move(first)));
  }
  // The folder's own shard count wins: a series never leaves its shard.
  options.shard_count = static_cast<std::uint32_t>(manifest->current().shards.size());
  database_id = manifest->current().database_id;
  next_segment_id = manifest->current().next_segment_id.value;
  // Whatever is configured, flushing alone must be able to make room: half of the budget may wait, half may be written.
  options.flush_bytes = std::min(options.flush_bytes, options.memtable_bytes_max / 2);
  disk_full = is_disk_full();
  SF_CHECK(remove_orphans());
  SF_CHECK(load_shards());
  recovery_ns = static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count());
  return Ok{};
}

Status Engine::State::remove_orphans() {
  SF_TRY(names, options.files->list(options.data_folder / "segments"));
  for (const std::string& name : names) {
    const std::string relative = "segments/" + name;
    const bool named = std::ranges::any_of(manifest->current().segments,
                                           [&](const SegmentEntry& e) { return e.file_name == relative; });
    if (!named) { SF_CHECK(options.files->remove(options.data_folder / relative)); }
  }
  return Ok{};
}

Status Engine::State::load_shards() {
  for (const auto& [project, schemas] : manifest->current().tables) {
    for (const TableSchema& schema : schemas) { SF_CHECK(catalog.restore(project, schema)); }
  }
  for (std::uint32_t s = 0; s < options.shard_count; ++s) {
    shards.push_back(std::make_unique<Shard>(
        ShardIndex{s},
        Shard::Context{&options, &catalog, database_id, [this] { work.notify_all(); }, [this] { room.notify_all(); }}));
  }
  for (const SegmentEntry& entry : manifest->current().segments) {
    if (entry.shard.value >= shards.size()) {
      return Error{ErrorCode::kCorrupt, "the manifest places " + entry.file_name + " in shard " +
                                            std::to_string(entry.shard.value) + ", but there are " +
                                            std::to_string(shards.size())};
    }
    SF_CHECK(attach(entry));
  }
  std::vector<std::vector<Tombstone>> tombstones(shards.size());
  for (const Tombstone& tombstone : manifest->current().tombstones) {
    if (tombstone.shard.value < shards.size()) { tombstones[tombstone.shard.value].push_back(tombstone); }
  }
  for (std::size_t s = 0; s < shards.size(); ++s) { shards[s]->restore_tombstones(std::move(tombstones[s])); }
  SF_CHECK(recover_shards(shards, manifest->current().shards, options.background));
  make_compactor();
  if (options.background == Background::kStepped) { return Ok{}; }
  if (options.compaction.enabled) { compactor->start(); }
  for (auto& shard : shards) { shard->start(); }
  flusher = std::thread([this] { flush_in_background(); });
  return Ok{};
}

Status Engine::State::attach(const SegmentEntry& entry) {
  Status attached = shards[entry.shard.value]->attach(entry);
  if (attached.has_value()) { return attached; }
  Error error = std::move(attached).error();
  const bool is_lost = error.code == ErrorCode::kCorrupt || error.code == ErrorCode::kNotFound;
  if (!is_lost || options.strict) { return error; }
  lost_segments.push_back({options.data_folder / entry.file_name, std::move(error.message), entry.row_count});
  return Ok{};
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options) {
  if (options.shard_count == 0 || options.shard_count > 1024) {
    return Error{ErrorCode::kInvalidArgument,
                 "shard_count is " + std::to_string(options.shard_count) + ", it must be 1 to 1024"};
  }
  if (options.compaction.fan_out < 2) {
    return Error{ErrorCode::kInvalidArgument,
                 "compaction.fan_out is " + std::to_string(options.compaction.fan_out) + ", it must be at least 2"};
  }
  auto state = std::make_unique<State>(std::move(options));
  SF_CHECK(state->open());
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

}  // namespace streamflow::storage
