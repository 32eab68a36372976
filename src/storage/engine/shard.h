// One shard: its log, its memtable, its segments and the one thread that writes them.
// Invariants: a record is applied to the memtable only after it was synced, and acknowledged only after that. The
//             sequence flushed_through never passes a row that is not in a published segment. With LogSync::kInterval
//             records are acknowledged when written, and synced at most sync_interval (and the sync's own time) later.
//             After start() the writer applies what the log held, in turns with new writes; until it is done nothing
//             can be read and nothing newer is flushed.
// Threads:    submit, view and request_freeze from any thread; the flusher calls oldest_frozen and publish_flushed.
// Errors:     after a log error every write answers kUnavailable with the reason; reads go on, unless it was the log's
//             older rows that could not be read.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "storage/engine/engine.h"
#include "storage/manifest/manifest.h"
#include "storage/memtable/memtable.h"
#include "storage/segment/open_segment.h"
#include "storage/wal/producers.h"
#include "storage/wal/wal.h"
#include "storage/wal/wal_backlog.h"

namespace streamflow::storage {

// One request's rows for one shard.
struct ShardWrite {
  LogRecord record;                                       // its batches, project and producer; the shard numbers it
  std::vector<std::byte> payload;                         // encode_record(record), so that writers encode in parallel
  std::vector<std::vector<std::uint64_t>> series_hashes;  // one list per batch
  std::uint64_t bytes = 0;                                // of the batches in memory; set by submit()
  std::latch* done = nullptr;
  // Set before `done` counts down:
  std::optional<Error> error;
  bool duplicate = false;
};

// A memtable that takes no more rows, waiting to become segments.
struct FrozenMemtable {
  std::shared_ptr<Memtable> memtable;
  SequenceNumber sequence_min, sequence_max;
  ShardState state_after;  // what the manifest says of the shard once this is in segments
};

// What a reader sees of one shard.
struct ShardView {
  std::shared_ptr<const std::vector<std::shared_ptr<const OpenSegment>>> segments;  // oldest first
  std::unordered_map<const TableEntry*, MemtableView> memory;                       // frozen pages first, then active
  std::shared_ptr<const std::vector<Tombstone>> tombstones;                         // never null
};

// A published segment that goes, and what takes its place.
struct SegmentReplacement {
  SegmentId old_id;
  std::vector<std::shared_ptr<const OpenSegment>> segments;  // may be empty
};

class Shard {
 public:
  struct Context {
    const EngineOptions* options = nullptr;
    TableCatalog* catalog = nullptr;
    std::string database_id;
    std::function<void()> on_frozen;  // wakes the flusher
    std::function<void()> on_room;    // memory was freed
  };
  Shard(ShardIndex index, Context context);
  ~Shard();

  // Before start(): what the manifest names, then the log: its tables, columns and producers, not yet its rows. Shards
  // may recover beside each other.
  Status attach(const SegmentEntry& entry);
  Status recover(const ShardState& state);
  void start();
  void step();  // one turn of the writer thread's work, for who has no thread; returns at once when there is none
  void stop();

  void submit(ShardWrite& write);
  // Waits until the log's rows are applied; why they cannot be, if so.
  std::optional<Error> wait_replayed();
  ShardView view(const ProjectName& project) const;  // after wait_replayed()

  std::uint64_t request_freeze();               // a ticket; done by the writer thread, soon
  bool is_flushed(std::uint64_t ticket) const;  // rows from before the ticket are in segments
  std::optional<FrozenMemtable> oldest_frozen() const;
  Status check_replay() const;  // why the log's rows cannot be applied, if so
  void publish_flushed(const FrozenMemtable& frozen, std::vector<std::shared_ptr<const OpenSegment>> segments);
  std::shared_ptr<const std::vector<std::shared_ptr<const OpenSegment>>> segments() const;  // oldest first
  void replace_segments(const std::vector<SegmentReplacement>& replacements);
  std::shared_ptr<const std::vector<Tombstone>> tombstones() const;  // in order of sequence; never null
  void restore_tombstones(std::vector<Tombstone> tombstones);        // before recover(): what the manifest names
  // Those at `sequences` have left every segment: they hide nothing any more, and stay as receipts for a while.
  void note_applied(const std::vector<SequenceNumber>& sequences, Timestamp when);
  bool is_old(Timestamp now) const;  // its oldest unflushed row has waited flush_age

  ShardIndex index() const { return index_; }
  std::uint64_t memory_bytes() const;
  std::uint64_t queued_bytes() const { return queued_bytes_.load(); }
  void add_to(EngineStatistics& statistics) const;

 private:
  void run();
  bool has_work() const;                          // queue_mutex_ held, as for the next
  void work(std::unique_lock<std::mutex>& lock);  // gives the lock back while it works
  void commit(std::vector<ShardWrite*>& writes);
  Status append(ShardWrite& write);
  Status sync_log();
  bool is_sync_due() const;
  std::chrono::nanoseconds wake_after() const;
  Status check_running() const;
  void apply_delete(const LogRecord& record);
  void add_tombstone(const LogRecord& record);
  void freeze();
  void fail(const Error& error);
  bool wants_freeze(const Memtable& memtable) const;

  // shard_replay.cpp:
  bool is_replaying() const;
  bool can_replay() const;
  void replay_slice();
  std::uint64_t replay_one(const LogRecord& record);
  void freeze_replayed();
  void finish_replay();
  void end_replay(std::optional<Error> error);

  const ShardIndex index_;
  const Context context_;
  std::unique_ptr<Wal> wal_;        // the writer thread's
  ProducerMarks producers_;         // the writer thread's
  Timestamp commit_time_;           // the writer thread's
  SequenceNumber active_first_;     // the writer thread's: first sequence of the active memtable
  SequenceNumber applied_through_;  // the writer thread's: the last record whose rows are in a memtable
  std::uint64_t frozen_total_ = 0;  // the writer thread's: memtables ever frozen
  SequenceNumber removed_;          // the writer thread's: log files with records up to here are gone...
  bool has_new_delete_ = false;     // the writer thread's: logged since the last freeze
  bool removal_failed_ = false;     // ...and more could not be removed
  std::optional<Duration>
      unsynced_since_;  // the writer thread's: with kInterval, when the oldest such record was written
  struct Replay {       // the writer thread's: what the log held, on its way to memtables
    std::unique_ptr<WalBacklog> backlog;
    std::shared_ptr<Memtable> memtable;
    Timestamp since;                // of the memtable's first row, by the clock
    SequenceNumber first, through;  // of the memtable's records
    SequenceNumber end;             // of the log when it was opened: what follows is newer
    Timestamp commit_time;
    ProducerMarks producers;
    bool has_delete = false;  // replayed since the last freeze: the log cannot forget it yet
  } replay_;
  std::thread thread_;

  mutable std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::vector<ShardWrite*> queue_;                                  // guarded by queue_mutex_
  bool stopping_ = false;                                           // guarded by queue_mutex_
  std::uint64_t freeze_requests_ = 0, freezes_done_ = 0;            // guarded by queue_mutex_: tickets
  std::uint64_t frozen_total_at_freeze_ = 0, published_total_ = 0;  // guarded by queue_mutex_: memtables
  SequenceNumber removable_;      // guarded by queue_mutex_: log records in published segments
  std::optional<Error> failure_;  // guarded by queue_mutex_

  mutable std::mutex view_mutex_;  // guards the memtables' lists and what follows
  std::shared_ptr<Memtable> active_;
  std::optional<Timestamp> active_since_;
  std::deque<FrozenMemtable> frozen_;
  std::shared_ptr<const std::vector<std::shared_ptr<const OpenSegment>>> segments_;
  std::shared_ptr<const std::vector<Tombstone>> tombstones_;
  bool is_replaying_ = false, is_stopped_ = false;
  std::optional<Error> replay_failure_;
  std::condition_variable replayed_;
  WalReplay recovered_;

  std::atomic<std::uint64_t> queued_bytes_{0}, wal_bytes_{0}, wal_syncs_{0}, wal_sync_ns_{0}, replay_bytes_left_{0};
};

// Recovers all shards, with threads side by side: it is the time until the first write. The first error, if any.
Status recover_shards(std::span<const std::unique_ptr<Shard>> shards, std::span<const ShardState> states,
                      Background background);

}  // namespace streamflow::storage
