// Cuts a table scan into tasks: which rows come straight from one segment or page, and which must be merged.
//
// In a table whose duplicates merge, sources (segments, memtable pages) whose times overlap may hold the same
// (series, time). The time axis is therefore cut where sources begin and end: an interval with one source is read
// directly, one with several is merged, series by series. A `keep` table never merges.
#pragma once

#include <memory>
#include <vector>

#include "storage/engine/shard.h"
#include "storage/scan/scan.h"

namespace streamflow::storage {

Result<std::unique_ptr<TableScan>> plan_scan(const std::shared_ptr<TableEntry>& table,
                                             std::shared_ptr<const TableSchema> schema,
                                             const std::shared_ptr<const std::vector<ShardView>>& shards,
                                             ScanRequest request);

// The extent of such a scan over all series.
ScanExtent extent_of_rows(const std::shared_ptr<TableEntry>& table, DuplicatePolicy duplicates,
                          const std::vector<ShardView>& shards, const TimeRange& range);

}  // namespace streamflow::storage
