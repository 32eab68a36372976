// Merges segments into one new file: what compaction does to the disk, without publishing it.
// Invariants: the file is complete and synced, its folder too, before this returns; sources stay as they are.
// Threads:    one merge per thread.
// Errors:     those of reading and writing; the unfinished file is removed, as far as the disk allows.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/compaction/table_merge.h"
#include "storage/deletes/hidden_rows.h"

namespace streamflow::storage {

struct SegmentMerge {
  FileSystem* files = nullptr;
  std::filesystem::path data_folder;
  std::string database_id;
  std::vector<std::shared_ptr<const OpenSegment>> sources;  // of one project and shard, oldest first
  TimeRange range;                                          // rows outside are left out
  SegmentId id;                                             // of the new segment
  // Of the shard; their rows are left out, and the new segment says so.
  std::shared_ptr<const std::vector<Tombstone>> tombstones;
  TableMerge::Pace pace;
};

std::string segment_file_name(SegmentId id);  // relative to the data folder

// The new segment's entry; none when no row is left, and then no file either.
Result<std::optional<SegmentEntry>> merge_segments(const SegmentMerge& merge);

}  // namespace streamflow::storage
