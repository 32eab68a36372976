// Which segments to merge next, from what the manifest says of them alone.
//
// A shard's segments of a project are cut into partitions by the ladder (engine/partition.h), from the top: a partition
// with more than `partition_rows` rows is cut by the next finer step. So a sparse table's years are one file, and a
// dense one's hours apart. A partition at rest is one segment: reads then answer from statistics, without merging.
//
// Cost. Writes: a row is written once by the flush, once per tier while its partition takes rows (at most
// log_fan_out(partition bytes / flush bytes), 2 or 3 in practice), and once when the partition is quiet. Late rows wait
// the longer the more would be written again for them, so that they cost at most 8 times their bytes, or one rewrite in
// 240 times quiet_after. Reads: at most fan_out - 1 segments per tier in an active partition, 1 in a quiet one.
//
// Invariants: a choice never moves rows past others of the same time: whatever meets its time range is part of it, or
//             older than all of it, or newer than all of it.
// Threads:    pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/time.h"
#include "storage/manifest/manifest.h"

namespace streamflow::storage {

struct CompactionOptions {
  bool enabled = true;                              // false: only when asked to
  std::uint64_t bytes_per_second = 64U << 20U;      // read and written together; 0: as fast as it goes
  std::uint32_t fan_out = 8;                        // at least 2
  Duration quiet_after = std::chrono::seconds(15);  // a partition without a new segment for so long is merged into one
  Duration deletes_after = std::chrono::hours(1);   // when files with deleted rows are written anew
  std::uint64_t partition_rows = 8U << 20U;         // per shard; one with more is cut by the ladder's next step
};

inline constexpr std::size_t kCompactionSourcesMax = 64;                       // of one merge
inline constexpr std::uint64_t kCompactionBytesMax = std::uint64_t{8} << 30U;  // of one segment made by merging

struct CompactionCandidate {
  SegmentEntry entry;
  Duration age{0};        // since it appeared
  bool is_open = true;    // false: its file is lost or damaged, so that it cannot be read
  bool is_stale = false;  // it holds rows that are deleted for long: to be written anew, even alone
};

struct CompactionOutput {
  TimeRange range;
  std::vector<std::size_t> sources;  // candidates, oldest first; the output takes the last one's place
};

struct CompactionChoice {
  std::vector<std::size_t> sources;  // candidates, oldest first; none is left once the outputs are there
  std::vector<CompactionOutput> outputs;
};

enum class CompactionUrgency : std::uint8_t { kWhenQuiet, kNow };

// `segments`: all of one project and shard, oldest first. None: nothing is worth it.
std::optional<CompactionChoice> choose_compaction(std::span<const CompactionCandidate> segments,
                                                  const CompactionOptions& options, CompactionUrgency urgency);

// What would be merged if nothing more came: segments of partitions that hold several, and their bytes.
struct CompactionDebt {
  std::uint64_t segments = 0, bytes = 0;
};
CompactionDebt compaction_debt(std::span<const CompactionCandidate> segments, const CompactionOptions& options);

// A partition of the ladder and the segments that meet it, oldest first.
struct LadderPartition {
  TimeRange range;
  std::vector<std::size_t> members;
};
// Ascending, only such with segments.
std::vector<LadderPartition> ladder_partitions(std::span<const CompactionCandidate> segments,
                                               std::uint64_t partition_rows);

}  // namespace streamflow::storage
