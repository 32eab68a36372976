// From memtables to published segments: one flush, the thread that does them, and who asks for one.
#include "storage/engine/engine_state.h"
#include "storage/engine/flush.h"

namespace streamflow::storage {
namespace {

constexpr std::chrono::milliseconds kHousekeeping(250);

}  // namespace

// Writes the shard's oldest frozen memtable to segments and publishes them.
Status Engine::State::flush_one(Shard& shard) {
  const std::optional<FrozenMemtable> frozen = shard.oldest_frozen();
  if (!frozen) { return Ok{}; }
  SF_CHECK(check_manifest());  // else the segments could never be published
  const auto begin = std::chrono::steady_clock::now();
  FlushInput input;
  input.files = options.files;
  input.data_folder = options.data_folder;
  input.database_id = database_id;
  input.shard = shard.index();
  input.sequence_min = frozen->sequence_min;
  input.sequence_max = frozen->sequence_max;
  input.next_id = [this] {
    const std::lock_guard lock(manifest_mutex);
    return SegmentId{next_segment_id++};
  };
  SF_TRY(entries, write_segments(input, *frozen->memtable));
  std::vector<std::shared_ptr<const OpenSegment>> segments;
  Status done = Ok{};
  for (std::size_t i = 0; i < entries.size() && done.has_value(); ++i) {
    auto segment = OpenSegment::attach(*options.files, options.data_folder, input.database_id, entries[i], catalog);
    done = segment.has_value() ? Status(Ok{}) : Status(segment.error());
    if (segment.has_value()) { segments.push_back(std::move(segment).value()); }
  }
  if (done.has_value()) { done = publish(shard, *frozen, entries); }
  if (!done.has_value()) {
    // After a publish that ended nobody knows how, a restart may find a manifest that names them.
    if (check_manifest().has_value()) { remove_segments(input, entries); }
    return done;
  }
  shard.publish_flushed(*frozen, std::move(segments));
  ++flushes;
  flush_ns += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count());
  return Ok{};
}

Status Engine::State::publish(Shard& shard, const FrozenMemtable& frozen, const std::vector<SegmentEntry>& entries) {
  const std::lock_guard lock(manifest_mutex);
  Manifest next = manifest->current();
  next.shards[shard.index().value] = frozen.state_after;
  next.segments.insert(next.segments.end(), entries.begin(), entries.end());
  return publish_manifest(std::move(next));
}

Status Engine::State::check_manifest() {
  const std::lock_guard lock(manifest_mutex);
  return manifest->check_running();
}

Status Engine::State::publish_manifest(Manifest next) {
  next.next_segment_id = SegmentId{next_segment_id};
  next.tables = catalog.schemas();
  next.tombstones.clear();
  for (const auto& shard : shards) {
    // Later ones are in the log; their numbers may be given to other records if it loses them.
    for (const Tombstone& tombstone : *shard->tombstones()) {
      if (tombstone.sequence <= next.shards[tombstone.shard.value].flushed_through) {
        next.tombstones.push_back(tombstone);
      }
    }
  }
  return manifest->publish(std::move(next));
}

Status Engine::State::drain(Shard& shard) {
  SF_CHECK(shard.check_replay());  // else newer rows wait for ever behind older ones
  while (shard.oldest_frozen()) { SF_CHECK(flush_one(shard)); }
  return Ok{};
}

void Engine::State::flush_in_background() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    work.wait_for(lock, kHousekeeping);
    if (stopping) { break; }
    lock.unlock();
    (void)flush_round();
    lock.lock();
  }
}

Status Engine::State::flush_round() {
  Status flushed = Ok{};
  for (auto& shard : shards) {
    if (shard->is_old(options.clock->now())) { shard->request_freeze(); }
    if (Status status = drain(*shard); !status.has_value()) { flushed = std::move(status); }
  }
  const bool full = is_disk_full();
  const std::lock_guard lock(mutex);
  flush_error = flushed.has_value() ? std::nullopt : std::optional(flushed.error());
  disk_full = full;
  room.notify_all();
  return flushed;
}

bool Engine::State::is_disk_full() {
  const Result<std::uint64_t> free = options.files->free_bytes(options.data_folder);
  if (free.has_value()) { disk_free_bytes = *free; }
  return free.has_value() && *free < options.disk_free_bytes_min;
}

Status Engine::flush() {
  State& state = *state_;
  std::vector<std::uint64_t> tickets;
  for (auto& shard : state.shards) { tickets.push_back(shard->request_freeze()); }
  if (state.options.background == Background::kStepped) { return step(); }
  {
    const std::lock_guard lock(state.mutex);
    state.flush_error.reset();  // of an attempt before this one
  }
  while (true) {
    bool flushed = true;
    for (std::size_t s = 0; s < tickets.size(); ++s) { flushed = flushed && state.shards[s]->is_flushed(tickets[s]); }
    if (flushed) { return Ok{}; }
    std::unique_lock lock(state.mutex);
    if (state.stopping) { return Error{ErrorCode::kUnavailable, "the server is stopping"}; }
    if (state.flush_error) { return *state.flush_error; }
    state.work.notify_all();
    state.room.wait_for(lock, std::chrono::milliseconds(20));
  }
}

Status Engine::step() {
  if (state_->options.background != Background::kStepped) {
    return Error{ErrorCode::kInvalidArgument, "the engine's own threads do the background work: there is no step"};
  }
  for (auto& shard : state_->shards) { shard->step(); }
  Status flushed = state_->flush_round();
  for (auto& shard : state_->shards) { shard->step(); }  // forgets the log files that the flush has covered
  if (!flushed.has_value() || !state_->options.compaction.enabled) { return flushed; }
  const Result<bool> compacted = state_->compactor->run_one(std::nullopt, CompactionUrgency::kWhenQuiet);
  return compacted.has_value() ? flushed : Status(compacted.error());
}

}  // namespace streamflow::storage
