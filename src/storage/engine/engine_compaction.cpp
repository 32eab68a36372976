// What the engine tells the compactor, and who asks for a compaction.
#include "storage/engine/engine_state.h"

namespace streamflow::storage {
namespace {

constexpr std::uint64_t kBusyShare = 4;  // compaction waits while less than a quarter of the memory for rows is free

}  // namespace

void Engine::State::make_compactor() {
  Compactor::Context context;
  context.options = &options;
  context.catalog = &catalog;
  context.database_id = database_id;
  context.manifest = manifest.get();
  context.manifest_mutex = &manifest_mutex;
  context.shards = shards;
  context.next_id = [this] {
    const std::lock_guard lock(manifest_mutex);
    return SegmentId{next_segment_id++};
  };
  context.publish = [this](Manifest next) { return publish_manifest(std::move(next)); };
  context.is_overloaded = [this] { return is_overloaded(); };
  compactor = std::make_unique<Compactor>(std::move(context));
}

bool Engine::State::is_overloaded() {
  if (memory_bytes() > options.memtable_bytes_max - options.memtable_bytes_max / kBusyShare) { return true; }
  const std::lock_guard lock(mutex);
  return disk_full;
}

Status Engine::compact(const ProjectName& project) {
  while (true) {
    SF_TRY(merged, state_->compactor->run_one(project, CompactionUrgency::kNow));
    if (!merged) { return Ok{}; }
  }
}

}  // namespace streamflow::storage
