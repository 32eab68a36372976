#include "storage/engine/engine.h"

#include <latch>

#include "storage/engine/engine_state.h"
#include "storage/engine/write_router.h"
#include "storage/scan/project_reader.h"

namespace streamflow::storage {

void Engine::State::close() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  work.notify_all();
  room.notify_all();
  if (flusher.joinable()) { flusher.join(); }
  if (compactor != nullptr) { compactor->stop(); }
  for (auto& shard : shards) { shard->stop(); }
}

std::uint64_t Engine::State::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& shard : shards) { bytes += shard->memory_bytes() + shard->queued_bytes(); }
  return bytes;
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::~Engine() = default;

Result<WriteReceipt> Engine::write(WriteRequest request) {
  State& state = *state_;
  ++state.requests;
  if (Status admitted = state.admit(); !admitted.has_value()) {
    ++state.requests_overloaded;
    return std::move(admitted).error();
  }
  const TimeRange window = write_window(state.options.clock->now(), state.options);
  SF_TRY(routed, route(state.catalog, state.options.shard_count, window, request.project, std::move(request.batches)));

  std::vector<std::unique_ptr<ShardWrite>> writes(state.shards.size());
  std::ptrdiff_t waiting = 0;
  for (std::size_t s = 0; s < writes.size(); ++s) {
    if (routed.by_shard[s].empty()) { continue; }
    writes[s] = std::make_unique<ShardWrite>();
    writes[s]->record.project = request.project;
    writes[s]->record.producer = request.producer;
    for (RoutedBatch& part : routed.by_shard[s]) {
      writes[s]->record.batches.push_back(std::move(part.batch));
      writes[s]->series_hashes.push_back(std::move(part.series_hashes));
    }
    SF_CHECK(check_record(writes[s]->record));
    writes[s]->payload = encode_record(writes[s]->record);
    ++waiting;
  }
  std::latch done(waiting);
  state.submit(writes, done);

  WriteReceipt receipt;
  receipt.rejected = std::move(routed.rejected);
  receipt.duplicate = waiting > 0;
  for (std::size_t s = 0; s < writes.size(); ++s) {
    if (writes[s] == nullptr) { continue; }
    if (writes[s]->error) { return *writes[s]->error; }
    receipt.duplicate = receipt.duplicate && writes[s]->duplicate;
    receipt.position += (receipt.position.empty() ? "" : ",") + std::to_string(s) + "=" +
                        std::to_string(writes[s]->record.sequence.value);
  }
  if (!receipt.duplicate) {
    receipt.rows = routed.rows;
    receipt.points = routed.points;
    state.rows_written += routed.rows;
    state.points_written += routed.points;
  }
  return receipt;
}

// Answers when every shard has stored its part, or refused it.
void Engine::State::submit(std::span<const std::unique_ptr<ShardWrite>> writes, std::latch& done) {
  for (std::size_t s = 0; s < writes.size(); ++s) {
    if (writes[s] == nullptr) { continue; }
    writes[s]->done = &done;
    shards[s]->submit(*writes[s]);
  }
  if (options.background == Background::kStepped) {
    for (auto& shard : shards) { shard->step(); }
  }
  done.wait();
}

// Waits a little for memory, so that a burst is slowed down rather than refused.
Status Engine::State::admit() {
  std::unique_lock lock(mutex);
  const auto has_room = [&] { return stopping || (!disk_full && memory_bytes() < options.memtable_bytes_max); };
  if (!room.wait_for(lock, options.admission_wait, has_room)) {
    if (disk_full) {
      return Error{ErrorCode::kOverloaded, "the disk of the data folder has less than " +
                                               std::to_string(options.disk_free_bytes_min >> 20U) +
                                               " MiB free; writes resume when there is room"};
    }
    const std::string cause = flush_error ? "; the last flush failed: " + flush_error->message : "";
    return Error{ErrorCode::kOverloaded,
                 "the memory for new rows (" + std::to_string(options.memtable_bytes_max >> 20U) +
                     " MiB) is full until segments are written; send the request again" + cause};
  }
  if (stopping) { return Error{ErrorCode::kUnavailable, "the server is stopping; send the request again"}; }
  return Ok{};
}

std::shared_ptr<ProjectReader> Engine::reader(const ProjectName& project) {
  std::vector<Shard*> shards;
  for (const auto& shard : state_->shards) { shards.push_back(shard.get()); }
  return make_project_reader(state_->catalog, std::move(shards), project);
}

std::shared_ptr<const TableSchema> Engine::table(const ProjectName& project, std::string_view name) const {
  const auto entry = state_->catalog.find(project, name);
  return entry ? entry->schema() : nullptr;
}

std::vector<ProjectName> Engine::projects() const {
  return state_->catalog.projects();
}
const EngineOptions& Engine::options() const {
  return state_->options;
}

EngineStatistics Engine::statistics() const {
  const State& state = *state_;
  EngineStatistics statistics;
  statistics.rows_written = state.rows_written;
  statistics.points_written = state.points_written;
  statistics.requests = state.requests;
  statistics.requests_overloaded = state.requests_overloaded;
  statistics.memtable_bytes_max = state.options.memtable_bytes_max;
  statistics.disk_free_bytes = state.disk_free_bytes;
  statistics.disk_free_bytes_min = state.options.disk_free_bytes_min;
  statistics.flushes = state.flushes;
  statistics.flush_ns = state.flush_ns;
  statistics.recovery_ns = state.recovery_ns;
  statistics.lost_segments = state.lost_segments;
  state.compactor->add_to(statistics);
  for (const auto& shard : state.shards) { shard->add_to(statistics); }
  for (const ProjectName& project : state.catalog.projects()) {
    for (const auto& [name, table] : *state.catalog.tables(project)) {
      ++statistics.table_count;
      for (std::uint32_t s = 0; s < state.options.shard_count; ++s) {
        statistics.series_count += table->series(s).size();
      }
    }
  }
  return statistics;
}

}  // namespace streamflow::storage
