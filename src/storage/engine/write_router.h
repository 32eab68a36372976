// From a request's batches to one log record per shard: everything that can refuse a row happens here, before the log.
// Invariants: rows of one series go to one shard, in order; what is not in `writes` is in `rejected`.
// Threads:    any.
// Errors:     kTooLarge and kConflict when a whole batch cannot be taken (too many columns, a field used as a tag).
#pragma once

#include <cstdint>
#include <vector>

#include "model/result.h"
#include "storage/engine/engine.h"
#include "storage/engine/table_catalog.h"

namespace streamflow::storage {

struct RoutedBatch {
  std::shared_ptr<const RowBatch> batch;
  std::vector<std::uint64_t> series_hashes;  // of batch->series
};

struct RoutedWrite {
  std::vector<std::vector<RoutedBatch>> by_shard;  // empty entries: nothing for that shard
  std::vector<RejectedRows> rejected;
  std::uint64_t rows = 0, points = 0;  // that will be stored
};

// The times that are taken, by the options; bounds beyond the time axis leave that end open.
TimeRange write_window(Timestamp now, const EngineOptions& options);

// Rows whose time lies outside `window` are rejected.
Result<RoutedWrite> route(TableCatalog& catalog, std::uint32_t shard_count, const TimeRange& window,
                          const ProjectName& project, std::vector<RowBatch> batches);

// The shard of a series, from its tag set's hash.
std::uint32_t shard_of(std::uint64_t tag_set_hash, std::uint32_t shard_count);

}  // namespace streamflow::storage
