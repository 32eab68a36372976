// Counts the bytes of open segments: storage_shares.h's figures from the segments of a snapshot.
// Threads:    pure.
// Errors:     as storage_shares.h says.
#pragma once

#include <span>

#include "storage/engine/shard.h"
#include "storage/segment/storage_shares.h"

namespace streamflow::storage {

// Sorted by table, kind, column and bytes, the most first.
Result<std::vector<StorageShare>> storage_report(const ProjectName& project, std::span<const ShardView> shards);

}  // namespace streamflow::storage
