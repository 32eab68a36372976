// Writes a frozen memtable to segments: one per project and time partition, with all its tables.
// Invariants: files are complete and synced, their folder too, before this returns; publishing is the caller's.
// Threads:    one flush per shard at a time.
#pragma once

#include <functional>
#include <vector>

#include "model/result.h"
#include "storage/manifest/manifest.h"
#include "storage/memtable/memtable.h"

namespace streamflow::storage {

struct FlushInput {
  FileSystem* files = nullptr;
  std::filesystem::path data_folder;
  std::string database_id;
  ShardIndex shard;
  SequenceNumber sequence_min, sequence_max;  // of the memtable's records
  std::function<SegmentId()> next_id;
};

// On failure the files it has begun are removed, as far as the disk allows.
Result<std::vector<SegmentEntry>> write_segments(const FlushInput& input, const Memtable& frozen);
// Of segments that no manifest may name. What cannot be removed goes when the folder is opened.
void remove_segments(const FlushInput& input, const std::vector<SegmentEntry>& entries);

}  // namespace streamflow::storage
