// The storage engine of one data folder: durable writes, snapshots to read, flushes to segments, recovery.
// Source:     ARCHITECTURE.md, "Storage engine"; docs/format/.
// Invariants: an acknowledged row survives kill -9 and power loss, is never doubled and never invented. Schemas only
//             widen. Everything that can refuse happens before the log.
// Threads:    every method may be called from any thread.
// Errors:     kConflict (another field type; both types are named), kTooLarge (limits), kOverloaded (memory budget or
//             disk full: retry later), kUnavailable (shard stopped after an I/O error, or closing).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "storage/compaction/compaction_policy.h"
#include "storage/environment/clock.h"
#include "storage/environment/file_system.h"
#include "storage/environment/randomness.h"
#include "storage/scan/scan.h"
#include "storage/wal/log_record.h"
#include "storage/wal/wal.h"

namespace streamflow::storage {

// When an acknowledged row is safe from a power loss; a kill of the process takes none in any case.
// kAlways: at once. kInterval: at most sync_interval, and one sync, later. kOff: when the operating system likes.
enum class LogSync : std::uint8_t { kAlways, kInterval, kOff };

// Who commits, syncs and flushes: threads of the engine, or whoever calls write(), flush() and step(). Stepped, nothing
// happens by itself, so that a simulation can repeat a run call by call; it belongs to one thread.
enum class Background : std::uint8_t { kThreads, kStepped };

struct EngineOptions {
  std::filesystem::path data_folder;
  FileSystem* files = &local_file_system();
  const Clock* clock = &system_clock();
  Randomness* randomness = &system_randomness();
  Background background = Background::kThreads;
  std::uint32_t shard_count = 2;                   // fixed when the folder is created
  std::uint64_t memtable_bytes_max = 512U << 20U;  // of all shards; writers get kOverloaded past it
  std::uint64_t flush_bytes = 128U << 20U;         // memtables are written out past this; at most half of the above
  Duration flush_age = std::chrono::minutes(10);   // ...or when its oldest row has waited this long
  LogSync sync = LogSync::kAlways;
  Duration sync_interval = std::chrono::milliseconds(100);  // kInterval: a power loss takes at most this much
  Duration admission_wait = std::chrono::seconds(2);        // a writer waits this long for memory before kOverloaded
  std::uint64_t disk_free_bytes_min = 256U << 20U;  // below it writes answer kOverloaded; they resume by themselves
  Duration time_past_max = Duration::max();         // rows older than now - this are refused
  Duration time_future_max = Duration::max();
  CompactionOptions compaction;
  bool strict = false;  // refuse to start over rot, rather than go on without what is lost and report it
};

// A row that could not be taken, while the rest of its request was.
struct RejectedRows {
  std::string table;
  std::string reason;               // a sentence a user can act on
  std::vector<std::uint32_t> rows;  // indexes into the batch as given
  std::size_t batch = 0;            // which batch of the request
};

struct WriteRequest {
  ProjectName project;
  std::vector<RowBatch> batches;  // validated by model's validate()
  Producer producer;              // empty id: no idempotency
};

struct WriteReceipt {
  std::uint64_t rows = 0, points = 0;  // stored
  std::vector<RejectedRows> rejected;
  bool duplicate = false;  // the producer's sequence was already stored: nothing was written again
  std::string position;    // opaque; a read that waits for it sees these rows
};

// A segment that could not be opened: its rows are missing until its file is restored and the folder opened again. The
// manifest goes on naming it.
struct LostSegment {
  std::filesystem::path file;
  std::string reason;
  std::uint64_t row_count = 0;
};

struct DeleteReceipt {
  std::string position;  // as WriteReceipt's; a read that waits for it does not see the rows any more
};

// A delete as it stands in all shards.
struct DeleteRecord {
  Deletion deletion;
  Timestamp asked;
  std::optional<Timestamp> applied;  // when the rows had left every file; none: they are hidden, and still on disk
};

struct EngineStatistics {
  std::uint64_t rows_written = 0, points_written = 0, requests = 0, requests_overloaded = 0;
  std::uint64_t memtable_bytes = 0, memtable_bytes_max = 0, memtable_rows = 0;
  std::uint64_t queued_bytes = 0;                            // waiting for the log; draws on memtable_bytes_max too
  std::uint64_t flush_backlog = 0, flush_backlog_bytes = 0;  // memtables waiting to be written; part of memtable_bytes
  std::uint64_t disk_free_bytes = 0, disk_free_bytes_min = 0;  // as last looked at; below the latter writes are refused
  std::uint64_t wal_bytes = 0, wal_syncs = 0, wal_sync_ns = 0;
  std::uint64_t segment_count = 0, segment_bytes = 0, segment_rows = 0;
  std::uint64_t flushes = 0, flush_ns = 0;
  std::uint64_t compactions = 0, compaction_failures = 0, compaction_ns = 0;
  std::uint64_t compaction_bytes_in = 0, compaction_bytes_out = 0;
  std::uint64_t compaction_debt_segments = 0, compaction_debt_bytes = 0;  // of partitions with several segments
  std::uint64_t series_count = 0, table_count = 0;
  std::uint64_t recovered_records = 0, recovery_ns = 0, torn_bytes = 0;
  std::uint64_t replay_backlog_bytes = 0;  // of the log, not yet applied: reads wait for it
  std::vector<WalLoss> losses;
  std::vector<LostSegment> lost_segments;
  std::vector<std::string> shard_errors;  // one per stopped shard
};

class Engine {
 public:
  // Recovers: reads the manifest, opens segments, looks through the log. Ready to write when it returns; the log's rows
  // are applied beside new writes, and reads wait for them.
  static Result<std::unique_ptr<Engine>> open(EngineOptions options);
  ~Engine();  // stops background work; what is in the memtable stays in the log

  // Acknowledged when it returns: every shard has written its part and, with LogSync::kAlways, synced it. Blocking;
  // concurrent calls share one sync (group commit).
  // Rows of the wrong type or outside the time window are rejected one by one, the rest is stored.
  Result<WriteReceipt> write(WriteRequest request);
  // Hides what the deletion says of the rows that are there: at once for reads that begin after it returns, for good on
  // disk when compaction has written the files anew. Later rows are kept. kNotFound: an unknown table or tag.
  Result<DeleteReceipt> delete_rows(const ProjectName& project, const Deletion& deletion);
  std::vector<DeleteRecord> deletes(const ProjectName& project) const;  // pending, and the last 1000 applied ones
  // Writes memtables to segments now and waits. For tests, benchmarks and shutdown.
  Status flush();
  // Merges the project's segments until each partition has one, now, without pausing for anybody. Flush before it to
  // have all rows in. kUnavailable when the engine is closing.
  Status compact(const ProjectName& project);
  // One round of what the threads do by themselves; with Background::kStepped only. Its first error, if any.
  Status step();

  std::shared_ptr<ProjectReader> reader(const ProjectName& project);
  std::vector<ProjectName> projects() const;
  std::shared_ptr<const TableSchema> table(const ProjectName& project, std::string_view name) const;  // null: unknown
  EngineStatistics statistics() const;
  const EngineOptions& options() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::storage
