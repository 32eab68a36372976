// The manifest: the one atomic record of what exists. Every crash point leaves the old one or the new one.
// Format:     docs/format/manifest.md, version 1: a sequence of files manifest/<generation, 16 hex digits>, each whole,
//             checksummed, the highest valid one counts; older ones are removed after publishing.
// Invariants: a segment file is readable from the moment it is named here until it is not; a file in segments/ that no
//             manifest names is an orphan of a crash and is removed on open.
// Threads:    publish is serialised by the caller.
// Errors:     kCorrupt when the newest manifest is damaged. It never falls back to an older one: a file gets its name
//             only when it is whole and synced, so damage is rot, and the log and segments that the older one needs may
//             be gone already. kUnsupported when a newer version wrote it. After a publish that failed to rename nobody
//             knows which of the two manifests a restart will find: every later publish answers kUnavailable, and no
//             file that either of them names may be removed before a restart.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/schema.h"
#include "model/strong_id.h"
#include "model/time.h"
#include "storage/environment/file_system.h"
#include "storage/environment/randomness.h"
#include "storage/wal/log_record.h"

namespace streamflow::storage {

struct SegmentEntry {
  SegmentId id;
  ProjectName project;
  ShardIndex shard;
  std::uint32_t generation = 1;  // of the shard layout (resharding)
  TimeRange range;               // of its rows
  SequenceNumber sequence_min, sequence_max;
  std::uint64_t row_count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t content_hash = 0;  // XXH3-64 of the file
  std::string file_name;           // relative to the data folder
  SequenceNumber deleted_through;  // rows that deletes up to this one hide are not in the file any more
  friend bool operator==(const SegmentEntry&, const SegmentEntry&) = default;
};

struct ProducerMark {  // the highest (epoch, sequence) of a producer that a shard has applied
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  friend bool operator==(const ProducerMark&, const ProducerMark&) = default;
};

struct ShardState {
  SequenceNumber flushed_through;  // records up to here are in segments
  Timestamp commit_time_max;
  std::map<std::string, ProducerMark> producers;  // as of flushed_through
  friend bool operator==(const ShardState&, const ShardState&) = default;
};

struct Manifest {
  std::uint64_t generation = 0;  // 0: nothing published yet
  std::string database_id;       // 32 hex digits, made once, never changes
  SegmentId next_segment_id{1};
  std::vector<ShardState> shards;
  std::map<ProjectName, std::vector<TableSchema>> tables;
  std::vector<SegmentEntry> segments;
  std::vector<Tombstone> tombstones;  // of records up to their shard's flushed_through
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

inline constexpr std::uint64_t kManifestBytesMax = std::uint64_t{1} << 30U;  // some 8 M segments

std::string make_database_id(Randomness& randomness);
// For manifests that publish() accepts: a database id of 32 hex digits, names of at most kNameBytesMax.
std::vector<std::byte> encode_manifest(const Manifest& manifest);
Result<Manifest> decode_manifest(std::span<const std::byte> bytes);

// A folder that holds segments or a log has had a manifest: kCorrupt when it is asked to do without. To start anew over
// it would delete what the lost manifest named.
Status check_no_data(FileSystem& files, const std::filesystem::path& data_folder);

class ManifestStore {
 public:
  // Loads the newest manifest of `folder`, which is made when missing; generation 0 when there is none. Removes
  // unfinished ones.
  static Result<ManifestStore> open(FileSystem& files, std::filesystem::path folder);
  const Manifest& current() const { return current_; }
  // Whether publish() may still succeed: kUnavailable once a publish has ended nobody knows how.
  Status check_running() const;
  // Durable when it returns: writes generation current + 1 (whatever `next` says) and forgets older files.
  Status publish(Manifest next);

 private:
  ManifestStore(FileSystem& files, std::filesystem::path folder, Manifest current);
  FileSystem* files_;
  std::filesystem::path folder_;
  Manifest current_;
  std::string failed_;  // why nothing may be published any more
};

}  // namespace streamflow::storage
