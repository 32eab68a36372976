#include "storage/engine/engine.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>

#include "storage/engine/flush.h"
#include "storage/engine/shard.h"
#include "storage/engine/write_router.h"
#include "storage/scan/project_reader.h"

namespace streamflow::storage {
namespace {

constexpr std::chrono::milliseconds kHousekeeping(250);

}  // namespace

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
  std::uint64_t memory_bytes() const;
  bool is_disk_full();

  EngineOptions options;
  TableCatalog catalog;
  std::unique_ptr<WritableFile> lock_file;
  std::unique_ptr<ManifestStore> manifest;  // guarded by manifest_mutex once open
  std::mutex manifest_mutex;
  std::uint64_t next_segment_id = 1;  // guarded by manifest_mutex
  std::vector<std::unique_ptr<Shard>> shards;

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
        ShardIndex{s}, Shard::Context{&options, &catalog, manifest->current().database_id,
                                      [this] { work.notify_all(); }, [this] { room.notify_all(); }}));
  }
  for (const SegmentEntry& entry : manifest->current().segments) {
    if (entry.shard.value >= shards.size()) {
      return Error{ErrorCode::kCorrupt, "the manifest places " + entry.file_name + " in shard " +
                                            std::to_string(entry.shard.value) + ", but there are " +
                                            std::to_string(shards.size())};
    }
    SF_CHECK(attach(entry));
  }
  SF_CHECK(recover_shards(shards, manifest->current().shards, options.background));
  if (options.background == Background::kStepped) { return Ok{}; }
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

// Writes the shard's oldest frozen memtable to segments and publishes them.
Status Engine::State::flush_one(Shard& shard) {
  const std::optional<FrozenMemtable> frozen = shard.oldest_frozen();
  if (!frozen) { return Ok{}; }
  SF_CHECK(manifest->check_running());  // else the segments could never be published
  const auto begin = std::chrono::steady_clock::now();
  FlushInput input;
  input.files = options.files;
  input.data_folder = options.data_folder;
  input.database_id = manifest->current().database_id;
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
    if (manifest->check_running().has_value()) { remove_segments(input, entries); }
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
  next.next_segment_id = SegmentId{next_segment_id};
  next.tables = catalog.schemas();
  next.shards[shard.index().value] = frozen.state_after;
  next.segments.insert(next.segments.end(), entries.begin(), entries.end());
  return manifest->publish(std::move(next));
}

Status Engine::State::drain(Shard& shard) {
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

void Engine::State::close() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  work.notify_all();
  room.notify_all();
  if (flusher.joinable()) { flusher.join(); }
  for (auto& shard : shards) { shard->stop(); }
}

std::uint64_t Engine::State::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& shard : shards) { bytes += shard->memory_bytes() + shard->queued_bytes(); }
  return bytes;
}

Result<std::unique_ptr<Engine>> Engine::open(EngineOptions options) {
  if (options.shard_count == 0 || options.shard_count > 1024) {
    return Error{ErrorCode::kInvalidArgument,
                 "shard_count is " + std::to_string(options.shard_count) + ", it must be 1 to 1024"};
  }
  auto state = std::make_unique<State>(std::move(options));
  SF_CHECK(state->open());
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
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
  for (std::size_t s = 0; s < writes.size(); ++s) {
    if (writes[s] == nullptr) { continue; }
    writes[s]->done = &done;
    state.shards[s]->submit(*writes[s]);
  }
  if (state.options.background == Background::kStepped) {
    for (auto& shard : state.shards) { shard->step(); }
  }
  done.wait();

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
  return flushed;
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
