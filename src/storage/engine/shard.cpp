#include "storage/engine/shard.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace streamflow::storage {
namespace {

constexpr std::chrono::milliseconds kIdleWake(200);

std::string wal_folder_name(ShardIndex index) {
  return "wal/" + std::to_string(index.value);
}

std::uint64_t bytes_of(const LogRecord& record) {
  std::uint64_t bytes = 0;
  for (const auto& batch : record.batches) { bytes += batch->memory_bytes(); }
  return bytes;
}

// The shard's ids of a batch's series. `hashes` may be empty: then they are computed.
std::vector<SeriesId> series_ids_of(const RowBatch& batch, const ResolvedBatch& resolved, std::uint32_t shard,
                                    std::span<const std::uint64_t> hashes) {
  std::vector<std::uint64_t> name_hashes;
  std::vector<std::size_t> table_tags;
  for (const std::string& tag : batch.tags) {
    name_hashes.push_back(hash_tag_name(tag));
    table_tags.push_back(*resolved.schema->tag_index(tag));
  }
  std::vector<std::string_view> by_table_tag(resolved.schema->tags.size());
  std::vector<SeriesId> ids;
  ids.reserve(batch.series_count);
  SeriesIndex& index = resolved.table->series(shard);
  for (std::uint32_t s = 0; s < batch.series_count; ++s) {
    const std::span<const std::string> values = batch.tag_values(s);
    for (std::size_t t = 0; t < values.size(); ++t) { by_table_tag[table_tags[t]] = values[t]; }
    const std::uint64_t hash = hashes.empty() ? hash_tag_set(name_hashes, values) : hashes[s];
    ids.push_back(index.find_or_add(hash, by_table_tag, *resolved.tags));
  }
  return ids;
}

}  // namespace

Shard::Shard(ShardIndex index, Context context)
    : index_(index),
      context_(std::move(context)),
      active_(std::make_shared<Memtable>(view_mutex_)),
      segments_(std::make_shared<const std::vector<std::shared_ptr<const OpenSegment>>>()) {}

Shard::~Shard() {
  stop();
}

Status Shard::attach(const SegmentEntry& entry) {
  SF_TRY(segment, OpenSegment::attach(*context_.options->files, context_.options->data_folder, context_.database_id,
                                      entry, *context_.catalog));
  auto next = std::make_shared<std::vector<std::shared_ptr<const OpenSegment>>>(*segments_);
  next->push_back(std::move(segment));
  segments_ = std::move(next);
  return Ok{};
}

Status Shard::recover(const ShardState& state, const std::function<Status()>& flush_now) {
  producers_.restore(state.producers);
  commit_time_ = state.commit_time_max;
  WalOptions wal_options;
  wal_options.strict = context_.options->strict;
  wal_options.database_id = context_.database_id;
  wal_options.shard = index_;
  applied_through_ = state.flushed_through;
  const auto replay_one = [&](LogRecord record) -> Status {
    applied_through_ = record.sequence;
    commit_time_ = std::max(commit_time_, record.commit_time);
    producers_.note(record.producer);
    apply(record, {});
    if (!wants_freeze()) { return Ok{}; }
    freeze();
    return flush_now();
  };
  active_first_ = SequenceNumber{applied_through_.value + 1};
  SF_TRY(wal, Wal::open(*context_.options->files, context_.options->data_folder / wal_folder_name(index_), wal_options,
                        state.flushed_through, replay_one));
  wal_ = std::move(wal);
  applied_through_ = wal_->last_sequence();
  replay_ = wal_->replay();
  removed_ = state.flushed_through;
  removable_ = std::max(removable_, removed_);  // flushes while replaying may have gone further
  wal_bytes_ = wal_->bytes();
  return Ok{};
}

void Shard::start() {
  thread_ = std::thread([this] { run(); });
}

void Shard::stop() {
  {
    const std::lock_guard lock(queue_mutex_);
    stopping_ = true;
  }
  queue_changed_.notify_all();
  if (thread_.joinable()) { thread_.join(); }
  if (unsynced_since_) { (void)sync_log(); }  // a clean stop loses nothing; nobody is left to hear of a failure
}

void Shard::submit(ShardWrite& write) {
  write.bytes = bytes_of(write.record);
  {
    const std::lock_guard lock(queue_mutex_);
    if (!failure_ && !stopping_) {
      queued_bytes_ += write.bytes;
      queue_.push_back(&write);
      queue_changed_.notify_all();
      return;
    }
    write.error =
        failure_ ? *failure_ : Error{ErrorCode::kUnavailable, "the server is stopping; send the request again"};
  }
  write.done->count_down();
}

void Shard::run() {
  std::unique_lock lock(queue_mutex_);
  while (true) {
    queue_changed_.wait_for(lock, wake_after(), [&] { return stopping_ || has_work(); });
    if (stopping_ && queue_.empty()) { break; }
    work(lock);
  }
}

void Shard::step() {
  std::unique_lock lock(queue_mutex_);
  if (has_work()) { work(lock); }
}

bool Shard::is_sync_due() const {
  return unsynced_since_ && context_.options->clock->steady() - *unsynced_since_ >= context_.options->sync_interval;
}

std::chrono::nanoseconds Shard::wake_after() const {
  if (!unsynced_since_) { return kIdleWake; }
  const Duration left = *unsynced_since_ + context_.options->sync_interval - context_.options->clock->steady();
  return std::clamp<Duration>(left, Duration(0), kIdleWake);
}

bool Shard::has_work() const {
  return is_sync_due() || !queue_.empty() || freezes_done_ < freeze_requests_ ||
         (removed_ < removable_ && !removal_failed_);
}

void Shard::work(std::unique_lock<std::mutex>& lock) {
  std::vector<ShardWrite*> writes;
  writes.swap(queue_);
  const std::uint64_t ticket = freeze_requests_;
  const bool freeze_asked = freezes_done_ < ticket;
  const SequenceNumber removable = removable_;
  lock.unlock();

  if (!writes.empty()) { commit(writes); }
  if (const Status synced = is_sync_due() ? sync_log() : Ok{}; !synced.has_value()) { fail(synced.error()); }
  if (removed_ < removable) {  // a failed removal is tried again when something else wakes the thread
    removal_failed_ = !wal_->remove_through(removable).has_value();
    if (!removal_failed_) { removed_ = removable; }
  }
  if (wants_freeze() || freeze_asked) { freeze(); }
  wal_bytes_ = wal_->bytes();

  lock.lock();
  freezes_done_ = ticket;
  if (freeze_asked) { frozen_total_at_freeze_ = frozen_total_; }
}

Status Shard::append(ShardWrite& write) {
  write.record.sequence = SequenceNumber{wal_->last_sequence().value + 1};
  commit_time_ = std::max(commit_time_, context_.options->clock->now());
  write.record.commit_time = commit_time_;
  stamp_record(write.payload, write.record.sequence, write.record.commit_time);
  return wal_->append_encoded(write.record.sequence, write.payload);
}

Status Shard::sync_log() {
  const auto begin = std::chrono::steady_clock::now();
  Status synced = wal_->sync();
  wal_sync_ns_ += static_cast<std::uint64_t>((std::chrono::steady_clock::now() - begin).count());
  ++wal_syncs_;
  unsynced_since_.reset();
  return synced;
}

Status Shard::check_running() const {
  const std::lock_guard lock(queue_mutex_);
  return failure_ ? Status(*failure_) : Status(Ok{});
}

// Group commit: everything that queued up while the last sync ran shares the next one. A producer's record counts as
// stored only once it is synced: until then its retry shares its fate.
void Shard::commit(std::vector<ShardWrite*>& writes) {
  std::vector<ShardWrite*> appended;
  ProducerMarks group;
  std::optional<Error> full;
  std::uint64_t bytes = 0;
  Status status = check_running();  // it may have failed while these were waiting
  for (ShardWrite* write : writes) {
    bytes += write->bytes;
    if (!status.has_value()) { continue; }
    const Producer& producer = write->record.producer;
    if (producers_.seen(producer) || group.seen(producer)) {
      write->duplicate = true;
      continue;
    }
    if (!full) { status = append(*write); }
    if (!status.has_value() && status.error().code == ErrorCode::kOverloaded) {
      full = std::exchange(status, Ok{}).error();
    }
    if (full) {
      write->error = full;  // and what queued up behind it: a producer's records stay in order
    } else if (status.has_value()) {
      group.note(producer);
      appended.push_back(write);
    }
  }
  if (status.has_value() && !appended.empty()) {
    if (context_.options->sync == LogSync::kAlways) { status = sync_log(); }
    if (context_.options->sync == LogSync::kInterval && !unsynced_since_) {
      unsynced_since_ = context_.options->clock->steady();
    }
  }
  if (!status.has_value()) {
    fail(status.error());
    for (ShardWrite* write : writes) { write->error = failure_; }
  } else {
    for (const ShardWrite* write : appended) {
      apply(write->record, write->series_hashes);
      producers_.note(write->record.producer);
      applied_through_ = write->record.sequence;
    }
  }
  queued_bytes_ -= bytes;
  // A waiter may destroy its write as soon as it is counted down.
  for (ShardWrite* write : writes) { write->done->count_down(); }
}

void Shard::fail(const Error& error) {
  const std::lock_guard lock(queue_mutex_);
  if (failure_) { return; }  // the first one says what to mend
  failure_ = Error{ErrorCode::kUnavailable, "shard " + std::to_string(index_.value) +
                                                " takes no more writes, because its log failed: " + error.message +
                                                "; mend the disk and restart the server"};
}

void Shard::apply(const LogRecord& record, std::span<const std::vector<std::uint64_t>> series_hashes) {
  {
    const std::lock_guard lock(view_mutex_);
    if (!active_since_) { active_since_ = context_.options->clock->now(); }
  }
  for (std::size_t b = 0; b < record.batches.size(); ++b) {
    const RowBatch& batch = *record.batches[b];
    Result<ResolvedBatch> resolved = context_.catalog->resolve(record.project, batch);
    if (!resolved.has_value()) { continue; }  // refused before the log; cannot happen
    const std::vector<std::uint64_t> no_hashes;
    const std::vector<std::uint64_t>& hashes = b < series_hashes.size() ? series_hashes[b] : no_hashes;
    auto arrived = std::make_shared<ArrivedRows>();
    arrived->batch = record.batches[b];
    arrived->series_ids = series_ids_of(batch, *resolved, index_.value, hashes);
    for (const FieldVector& field : batch.fields) {
      arrived->field_indexes.push_back(static_cast<std::uint32_t>(*resolved->schema->field_index(field.name)));
    }
    active_->add(resolved->table, std::move(arrived));
  }
}

bool Shard::wants_freeze() const {
  return active_->bytes() >= context_.options->flush_bytes / context_.options->shard_count;
}

void Shard::freeze() {
  if (active_->empty()) { return; }
  ++frozen_total_;
  active_->freeze();
  FrozenMemtable frozen;
  frozen.memtable = active_;
  frozen.sequence_min = active_first_;
  frozen.sequence_max = applied_through_;  // not what a failed sync has left in the log behind it
  frozen.state_after = {frozen.sequence_max, commit_time_, producers_.all()};
  active_first_ = SequenceNumber{frozen.sequence_max.value + 1};
  if (wal_ != nullptr) {
    const Status rolled = wal_->roll();  // on a full disk the old file goes on
    if (!rolled.has_value() && rolled.error().code != ErrorCode::kOverloaded) { fail(rolled.error()); }
  }
  {
    const std::lock_guard lock(view_mutex_);
    frozen_.push_back(std::move(frozen));
    active_ = std::make_shared<Memtable>(view_mutex_);
    active_since_.reset();
  }
  if (context_.on_frozen) { context_.on_frozen(); }
}

std::uint64_t Shard::request_freeze() {
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(queue_mutex_);
    ticket = ++freeze_requests_;
  }
  queue_changed_.notify_all();
  return ticket;
}

bool Shard::is_flushed(std::uint64_t ticket) const {
  const std::lock_guard lock(queue_mutex_);
  return freezes_done_ >= ticket && published_total_ >= frozen_total_at_freeze_;
}

ShardView Shard::view(const ProjectName& project) const {
  const std::lock_guard lock(view_mutex_);
  ShardView view{segments_, {}};
  const auto add = [&](const Memtable& memtable) {
    for (const auto& table : memtable.tables()) {
      if (table->project() != project) { continue; }
      MemtableView part = memtable.view(table.get());
      MemtableView& all = view.memory[table.get()];
      all.pages.insert(all.pages.end(), part.pages.begin(), part.pages.end());
      all.arrived.insert(all.arrived.end(), part.arrived.begin(), part.arrived.end());
      all.tail = part.tail;
    }
  };
  for (const FrozenMemtable& frozen : frozen_) { add(*frozen.memtable); }
  add(*active_);
  return view;
}

std::optional<FrozenMemtable> Shard::oldest_frozen() const {
  const std::lock_guard lock(view_mutex_);
  if (frozen_.empty()) { return std::nullopt; }
  return frozen_.front();
}

void Shard::publish_flushed(const FrozenMemtable& frozen, std::vector<std::shared_ptr<const OpenSegment>> segments) {
  std::shared_ptr<Memtable> freed;  // destroyed after the lock is given back
  {
    const std::lock_guard lock(view_mutex_);
    auto next = std::make_shared<std::vector<std::shared_ptr<const OpenSegment>>>(*segments_);
    next->insert(next->end(), segments.begin(), segments.end());
    segments_ = std::move(next);
    freed = std::move(frozen_.front().memtable);
    frozen_.pop_front();
  }
  {
    const std::lock_guard lock(queue_mutex_);
    removable_ = frozen.sequence_max;
    ++published_total_;
  }
  queue_changed_.notify_all();
  freed.reset();
  if (context_.on_room) { context_.on_room(); }
}

bool Shard::is_old(Timestamp now) const {
  const std::lock_guard lock(view_mutex_);
  return active_since_ && now - *active_since_ >= context_.options->flush_age;
}

std::uint64_t Shard::memory_bytes() const {
  const std::lock_guard lock(view_mutex_);
  std::uint64_t bytes = active_->bytes();
  for (const FrozenMemtable& frozen : frozen_) { bytes += frozen.memtable->bytes(); }
  return bytes;
}

void Shard::add_to(EngineStatistics& statistics) const {
  {
    const std::lock_guard lock(view_mutex_);
    statistics.memtable_bytes += active_->bytes();
    statistics.memtable_rows += active_->rows();
    for (const FrozenMemtable& frozen : frozen_) {
      statistics.memtable_bytes += frozen.memtable->bytes();
      statistics.flush_backlog_bytes += frozen.memtable->bytes();
      statistics.memtable_rows += frozen.memtable->rows();
    }
    statistics.flush_backlog += frozen_.size();
    statistics.segment_count += segments_->size();
    for (const auto& segment : *segments_) {
      statistics.segment_bytes += segment->entry.bytes;
      statistics.segment_rows += segment->entry.row_count;
    }
  }
  statistics.queued_bytes += queued_bytes_;
  statistics.wal_bytes += wal_bytes_;
  statistics.wal_syncs += wal_syncs_;
  statistics.wal_sync_ns += wal_sync_ns_;
  statistics.recovered_records += replay_.record_count;
  statistics.torn_bytes += replay_.torn_bytes;
  statistics.losses.insert(statistics.losses.end(), replay_.losses.begin(), replay_.losses.end());
  const std::lock_guard lock(queue_mutex_);
  if (failure_) { statistics.shard_errors.push_back(failure_->message); }
}

}  // namespace streamflow::storage
