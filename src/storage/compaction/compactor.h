// Merges segments in the background: chooses, merges, publishes, and forgets the files that nobody reads any more.
// Invariants: a crash at any point leaves the old segments or the new ones. Readers keep what they have; writes and
//             flushes wait for a compaction no longer than for publishing a manifest.
// Threads:    any; one compaction runs at a time.
// Errors:     kUnavailable when stopping, or once no manifest can be published; else what the disk said. A failed
//             compaction changes nothing.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "storage/compaction/compaction_policy.h"
#include "storage/compaction/segment_merge.h"
#include "storage/engine/shard.h"
#include "storage/manifest/manifest.h"

namespace streamflow::storage {

class Compactor {
 public:
  struct Context {
    const EngineOptions* options = nullptr;
    TableCatalog* catalog = nullptr;
    std::string database_id;
    ManifestStore* manifest = nullptr;
    std::mutex* manifest_mutex = nullptr;
    std::function<SegmentId()> next_id;
    std::function<Status(Manifest next)> publish;  // with manifest_mutex held; completes and publishes `next`
    std::span<const std::unique_ptr<Shard>> shards;
    std::function<bool()> is_overloaded;  // compaction waits meanwhile
  };
  explicit Compactor(Context context);
  ~Compactor();

  void start();  // a thread that does what run_one would
  void stop();
  // Merges once. False: nothing is worth it. `only`: of this project; kNow also asks for no pause.
  Result<bool> run_one(const std::optional<ProjectName>& only, CompactionUrgency urgency);
  void add_to(EngineStatistics& statistics) const;

 private:
  struct Group {  // of one project and shard
    ProjectName project;
    ShardIndex shard;
    std::vector<CompactionCandidate> segments;
  };
  struct Outcome {
    std::vector<SegmentReplacement> replacements;
    std::vector<SegmentEntry> entries;
  };

  void run();
  std::vector<Group> groups(CompactionUrgency urgency);
  std::shared_ptr<const std::vector<Tombstone>> lasting_tombstones(ShardIndex shard) const;
  void look_for_deleted_rows(std::vector<Group>& groups, CompactionUrgency urgency);
  Status compact(const Group& group, const CompactionChoice& choice, CompactionUrgency urgency);
  Status merge_outputs(const Group& group, const CompactionChoice& choice,
                       const std::vector<std::shared_ptr<const OpenSegment>>& sources, CompactionUrgency urgency,
                       Outcome& outcome);
  Status publish(const std::vector<std::shared_ptr<const OpenSegment>>& sources, const Outcome& outcome);
  Status pace(std::uint64_t bytes, CompactionUrgency urgency);
  void remove_files(const std::vector<SegmentEntry>& entries);
  void remove_retired();
  bool is_stopping() const;

  const Context context_;
  std::thread thread_;
  mutable std::mutex stop_mutex_;
  std::condition_variable stop_changed_;
  bool stopping_ = false;  // guarded by stop_mutex_

  std::mutex mutex_;                                         // one compaction at a time; guards what follows
  std::map<SegmentId, Duration> seen_;                       // when a segment appeared, by the steady clock
  std::vector<SequenceNumber> flushed_through_;              // per shard, at the last look
  bool first_look_ = true;                                   // what is there at the start is old
  std::vector<std::shared_ptr<const OpenSegment>> retired_;  // no longer named; their files go when nobody reads them
  Duration paced_since_{0};
  std::uint64_t paced_bytes_ = 0;

  std::atomic<std::uint64_t> runs_{0}, failures_{0}, bytes_in_{0}, bytes_out_{0}, nanoseconds_{0};
  std::atomic<std::uint64_t> debt_segments_{0}, debt_bytes_{0};
};

}  // namespace streamflow::storage
