#include "storage/engine/shard.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/engine/apply_record.h"

namespace streamflow::storage {
namespace {

constexpr std::chrono::milliseconds kIdleWake(200);

std::uint64_t bytes_of(const LogRecord& record) {
  std::uint64_t bytes = 0;
  for (const auto& batch : record.batches) { bytes += batch->memory_bytes(); }
  return bytes;
}

}  // namespace

Shard::Shard(ShardIndex index, Context context)
    : index_(index),
      context_(std::move(context)),
      active_(std::make_shared<Memtable>(view_mutex_)),
      segments_(std::make_shared<const std::vector<std::shared_ptr<const OpenSegment>>>()),
      tombstones_(std::make_shared<const std::vector<Tombstone>>()) {}

Shard::~Shard() {
  stop();
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
  {
    const std::lock_guard lock(view_mutex_);
    is_stopped_ = true;
  }
  replayed_.notify_all();
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
  return is_sync_due() || !queue_.empty() || can_replay() || (freezes_done_ < freeze_requests_ && !is_replaying()) ||
         (removed_ < removable_ && !removal_failed_);
}

void Shard::work(std::unique_lock<std::mutex>& lock) {
  std::vector<ShardWrite*> writes;
  writes.swap(queue_);
  const std::uint64_t ticket = freeze_requests_;
  const SequenceNumber removable = removable_;
  lock.unlock();

  if (!writes.empty()) { commit(writes); }
  if (const Status synced = is_sync_due() ? sync_log() : Ok{}; !synced.has_value()) { fail(synced.error()); }
  if (removed_ < removable) {  // a failed removal is tried again when something else wakes the thread
    removal_failed_ = !wal_->remove_through(removable).has_value();
    if (!removal_failed_) { removed_ = removable; }
  }
  if (can_replay()) { replay_slice(); }
  const bool replayed = !is_replaying();  // "all rows" includes those
  const bool freeze_asked = replayed && freezes_done_ < ticket;
  if (wants_freeze(*active_) || freeze_asked) { freeze(); }
  wal_bytes_ = wal_->bytes();

  lock.lock();
  if (replayed) { freezes_done_ = ticket; }
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
    if (!appended.empty()) {
      const std::lock_guard lock(view_mutex_);
      if (!active_since_) { active_since_ = context_.options->clock->now(); }
    }
    for (const ShardWrite* write : appended) {
      if (write->record.kind == RecordKind::kDelete) { apply_delete(write->record); }
      apply_record(*context_.catalog, index_.value, *active_, write->record, write->series_hashes);
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

bool Shard::wants_freeze(const Memtable& memtable) const {
  return memtable.bytes() >= context_.options->flush_bytes / context_.options->shard_count;
}

void Shard::freeze() {
  if (active_->empty() && !has_new_delete_) { return; }  // a delete alone: so that the log can forget it
  has_new_delete_ = false;
  ++frozen_total_;
  active_->freeze();
  FrozenMemtable frozen;
  frozen.memtable = active_;
  frozen.sequence_min = active_first_;
  frozen.sequence_max = applied_through_;  // not what a failed sync has left in the log behind it
  frozen.state_after = {frozen.sequence_max, commit_time_, producers_.all()};
  active_first_ = SequenceNumber{frozen.sequence_max.value + 1};
  const Status rolled = wal_->roll();  // on a full disk the old file goes on
  if (!rolled.has_value() && rolled.error().code != ErrorCode::kOverloaded) { fail(rolled.error()); }
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
  ShardView view{segments_, {}, tombstones_};
  const auto add = [&](const Memtable& memtable, SequenceNumber through) {
    for (const auto& table : memtable.tables()) {
      if (table->project() != project) { continue; }
      MemtableView part = memtable.view(table.get());
      MemtableView& all = view.memory[table.get()];
      all.pages.insert(all.pages.end(), part.pages.begin(), part.pages.end());
      all.page_through.resize(all.pages.size(), through);
      all.arrived.insert(all.arrived.end(), part.arrived.begin(), part.arrived.end());
      all.tail = part.tail;
    }
  };
  for (const FrozenMemtable& frozen : frozen_) { add(*frozen.memtable, frozen.sequence_max); }
  add(*active_, SequenceNumber{~std::uint64_t{0}});  // what a delete hides was frozen by it
  return view;
}

std::optional<FrozenMemtable> Shard::oldest_frozen() const {
  const std::lock_guard lock(view_mutex_);
  if (frozen_.empty()) { return std::nullopt; }
  const bool newer = frozen_.front().sequence_min > replay_.end;
  if (newer && (is_replaying_ || replay_failure_)) { return std::nullopt; }  // older rows come first
  return frozen_.front();
}

bool Shard::is_old(Timestamp now) const {
  const std::lock_guard lock(view_mutex_);
  return active_since_ && now - *active_since_ >= context_.options->flush_age;
}

std::uint64_t Shard::memory_bytes() const {
  const std::lock_guard lock(view_mutex_);
  std::uint64_t bytes = active_->bytes() + (replay_.memtable == nullptr ? 0 : replay_.memtable->bytes());
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
    statistics.recovered_records += recovered_.record_count;
    statistics.torn_bytes += recovered_.torn_bytes;
    statistics.losses.insert(statistics.losses.end(), recovered_.losses.begin(), recovered_.losses.end());
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
  statistics.replay_backlog_bytes += replay_bytes_left_;
  const std::lock_guard lock(queue_mutex_);
  if (failure_) { statistics.shard_errors.push_back(failure_->message); }
}

}  // namespace streamflow::storage
