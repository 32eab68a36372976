// The shard's part in recovery: what the log held is applied beside new writes, older rows before newer ones.
#include <algorithm>
#include <future>
#include <utility>

#include "storage/engine/apply_record.h"
#include "storage/engine/shard.h"

namespace streamflow::storage {
namespace {

// Between two looks at the queue: some milliseconds of replaying.
constexpr std::uint64_t kSliceMemoryBytes = 4U << 20U;
// Replayed memtables that may wait for the flusher, so that a log longer than the memory budget fits through it.
constexpr std::size_t kFrozenMax = 2;

}  // namespace

// Whatever was written before the process ended, without its rows: enough to judge new writes.
Status Shard::recover(const ShardState& state) {
  const EngineOptions& options = *context_.options;
  producers_.restore(state.producers);
  commit_time_ = state.commit_time_max;
  replay_.producers.restore(state.producers);
  replay_.commit_time = state.commit_time_max;
  replay_.first = SequenceNumber{state.flushed_through.value + 1};
  replay_.through = state.flushed_through;
  WalOptions wal_options;
  wal_options.strict = options.strict;
  wal_options.database_id = context_.database_id;
  wal_options.shard = index_;
  wal_options.deliver = RecordDetail::kOutline;
  const auto survey = [&](const LogRecord& record) -> Status {
    commit_time_ = std::max(commit_time_, record.commit_time);
    producers_.note(record.producer);
    apply_outline(*context_.catalog, record);
    return Ok{};
  };
  SF_TRY(wal, Wal::open(*options.files, options.data_folder / "wal" / std::to_string(index_.value), wal_options,
                        state.flushed_through, survey));
  wal_ = std::move(wal);
  applied_through_ = wal_->last_sequence();
  active_first_ = SequenceNumber{applied_through_.value + 1};
  replay_.end = applied_through_;
  recovered_ = wal_->replay();
  removed_ = removable_ = state.flushed_through;
  wal_bytes_ = wal_->bytes();
  replay_.backlog = wal_->take_backlog();
  replay_.memtable = std::make_shared<Memtable>(view_mutex_);
  replay_bytes_left_ = replay_.backlog->bytes_left();
  const std::lock_guard lock(view_mutex_);
  is_replaying_ = replay_bytes_left_ > 0;
  return Ok{};
}

bool Shard::is_replaying() const {
  const std::lock_guard lock(view_mutex_);
  return is_replaying_;
}

bool Shard::can_replay() const {
  const std::lock_guard lock(view_mutex_);
  // Newer ones do not count: they wait for the replay's end themselves.
  const auto waiting = static_cast<std::size_t>(
      std::ranges::count_if(frozen_, [&](const FrozenMemtable& frozen) { return frozen.sequence_min <= replay_.end; }));
  return is_replaying_ && (waiting < kFrozenMax || context_.options->background == Background::kStepped);
}

// Replays a little. A disk that fails here stops the shard: without these rows no read would be right.
void Shard::replay_slice() {
  std::uint64_t bytes = 0;
  while (bytes < kSliceMemoryBytes) {
    Result<std::optional<LogRecord>> record = replay_.backlog->next();
    if (!record.has_value()) {
      fail(record.error());
      end_replay(record.error());
      return;
    }
    if (!record->has_value()) {
      finish_replay();
      return;
    }
    bytes += replay_one(**record);
  }
  replay_bytes_left_ = replay_.backlog->bytes_left();
}

std::uint64_t Shard::replay_one(const LogRecord& record) {
  if (record.kind == RecordKind::kDelete) {
    if (!replay_.memtable->empty()) { freeze_replayed(); }  // through the record before: this one is in no manifest yet
    add_tombstone(record);
    replay_.has_delete = true;
  }
  if (replay_.memtable->empty()) { replay_.since = context_.options->clock->now(); }
  replay_.through = record.sequence;
  replay_.commit_time = std::max(replay_.commit_time, record.commit_time);
  replay_.producers.note(record.producer);
  const std::uint64_t before = replay_.memtable->bytes();
  apply_record(*context_.catalog, index_.value, *replay_.memtable, record, {});
  const std::uint64_t after = replay_.memtable->bytes();
  if (wants_freeze(*replay_.memtable)) { freeze_replayed(); }
  return after - before;
}

// What was replayed so far waits for the flusher, before all that came after it.
void Shard::freeze_replayed() {
  ++frozen_total_;
  replay_.memtable->freeze();
  FrozenMemtable frozen;
  frozen.memtable = replay_.memtable;
  frozen.sequence_min = replay_.first;
  frozen.sequence_max = replay_.through;
  frozen.state_after = {replay_.through, replay_.commit_time, replay_.producers.all()};
  replay_.first = SequenceNumber{replay_.through.value + 1};
  replay_.has_delete = false;
  {
    const std::lock_guard lock(view_mutex_);
    const auto newer =
        std::ranges::find_if(frozen_, [&](const FrozenMemtable& other) { return other.sequence_min > replay_.end; });
    frozen_.insert(newer, std::move(frozen));
    replay_.memtable = std::make_shared<Memtable>(view_mutex_);
  }
  if (context_.on_frozen) { context_.on_frozen(); }
}

// The rest becomes the active memtable, unless newer rows wait there already.
void Shard::finish_replay() {
  if (!replay_.memtable->empty()) {
    bool taken = false;
    {
      const std::lock_guard lock(view_mutex_);
      const bool newer =
          !active_->empty() || has_new_delete_ || (!frozen_.empty() && frozen_.back().sequence_min > replay_.end);
      if (!newer) {
        active_ = std::exchange(replay_.memtable, nullptr);
        active_since_ = replay_.since;
        active_first_ = replay_.first;
        taken = true;
      }
    }
    if (!taken) { freeze_replayed(); }
  }
  has_new_delete_ = has_new_delete_ || replay_.has_delete;
  end_replay(std::nullopt);
  if (context_.on_frozen) { context_.on_frozen(); }  // newer ones may have waited for this
}

void Shard::end_replay(std::optional<Error> error) {
  replay_bytes_left_ = 0;
  {
    const std::lock_guard lock(view_mutex_);
    recovered_.losses.insert(recovered_.losses.end(), replay_.backlog->losses().begin(),
                             replay_.backlog->losses().end());
    is_replaying_ = false;
    replay_failure_ = std::move(error);
    replay_.memtable.reset();
  }
  replay_.backlog.reset();
  replayed_.notify_all();
}

Status Shard::check_replay() const {
  const std::lock_guard lock(view_mutex_);
  return replay_failure_ ? Status(*replay_failure_) : Status(Ok{});
}

std::optional<Error> Shard::wait_replayed() {
  std::unique_lock lock(view_mutex_);
  if (context_.options->background == Background::kStepped) {
    while (is_replaying_) {
      lock.unlock();
      replay_slice();
      lock.lock();
    }
  }
  replayed_.wait(lock, [&] { return !is_replaying_ || is_stopped_; });
  if (is_replaying_) { return Error{ErrorCode::kUnavailable, "the server is stopping"}; }
  return replay_failure_;
}

Status recover_shards(std::span<const std::unique_ptr<Shard>> shards, std::span<const ShardState> states,
                      Background background) {
  const auto how = background == Background::kStepped ? std::launch::deferred : std::launch::async;
  std::vector<std::future<Status>> recovering;
  for (std::size_t s = 0; s < shards.size(); ++s) {
    recovering.push_back(std::async(how, [&, s] { return shards[s]->recover(states[s]); }));
  }
  Status recovered = Ok{};
  for (std::future<Status>& one : recovering) {
    if (Status status = one.get(); !status.has_value() && recovered.has_value()) { recovered = std::move(status); }
  }
  return recovered;
}

}  // namespace streamflow::storage
