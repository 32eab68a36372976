// The sources of one table in one shard (segments, memtable pages) and how their rows are taken.
// Threads: immutable after planning; functions are pure.
#pragma once

#include <memory>
#include <vector>

#include "storage/deletes/hidden_rows.h"
#include "storage/scan/aggregate.h"
#include "storage/scan/scan_columns.h"
#include "storage/segment/open_segment.h"

namespace streamflow::storage {

// Exactly one of `segment` and `page` is set.
struct ScanSource {
  std::shared_ptr<const OpenSegment> keep_alive;
  const OpenSegment::Table* segment = nullptr;
  std::shared_ptr<const SortedRows> page;
  TimeRange range;
  std::uint64_t rows = 0;
  std::shared_ptr<const HiddenRows> hidden = nullptr;  // of a segment: rows that deletes hide; null: none
};

// What every task of a scan shares.
struct ScanContext {
  std::shared_ptr<TableEntry> table;
  std::shared_ptr<const TableSchema> schema;
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;
  std::vector<DeliveredColumn> columns;
  std::vector<std::shared_ptr<const TagDictionary>> dictionaries;  // per delivered column, null for others
  struct Shard {
    SeriesSelection selection;
    std::vector<ScanSource> sources;  // oldest first
  };
  std::vector<Shard> shards;
};

struct ScanTask {
  std::size_t shard = 0;
  TimeRange range;
  std::vector<std::uint32_t> sources;              // one: taken directly; several: merged
  std::vector<std::uint32_t> blocks;               // of a single segment
  SeriesId series_begin, series_end{0xffffffffU};  // of a merge, half-open
  bool merge = false;
};

// A segment's rows of the wanted series and times, decoded, ready to be merged.
struct DecodedRows {
  std::vector<std::int64_t> times;
  std::vector<SortedRows::Column> columns;  // the delivered fields that the segment has
  std::vector<RowRun> runs;                 // ascending by series
};
Result<DecodedRows> decode_rows(const ScanContext& context, const ScanTask& task, const ScanSource& source,
                                ScanCounters& counters);

std::unique_ptr<TaskCursor> make_cursor(std::shared_ptr<const ScanContext> context, const ScanTask& task);

// The task's rows into `groups`: from statistics where they may answer.
Status aggregate_task(const std::shared_ptr<const ScanContext>& context, const ScanTask& task, Groups& groups,
                      ScanCounters& counters);

}  // namespace streamflow::storage
