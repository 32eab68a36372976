// Applying one log record to a shard: its rows go to a memtable, its tables and columns to the catalog.
// Invariants: total and deterministic: everything that can refuse has happened before the log.
// Threads:    the shard's writer; apply_outline on whichever thread opens the log.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "storage/engine/table_catalog.h"
#include "storage/memtable/memtable.h"
#include "storage/wal/log_record.h"

namespace streamflow::storage {

// `series_hashes`: one list per batch, of its tag sets (hash_tag_set); empty: they are computed.
void apply_record(TableCatalog& catalog, std::uint32_t shard, Memtable& memtable, const LogRecord& record,
                  std::span<const std::vector<std::uint64_t>> series_hashes);

// What a record without its rows (RecordDetail::kOutline) means: the tables and columns that its rows will need.
void apply_outline(TableCatalog& catalog, const LogRecord& record);

}  // namespace streamflow::storage
