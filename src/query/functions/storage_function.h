// The table function streamflow_storage(): where a project's bytes on disk go, with advice. SHOW STORAGE reads it.
// Source:     storage/segment/storage_shares.h; docs/tsql.md, "SHOW STORAGE".
// Invariants: one row per table, column and codec, the largest first; bytes add up to the project's segment files.
// Threads:    register_storage_function() before the first query.
// Errors:     those of storage.
#pragma once

#include <string>

#include "storage/segment/storage_shares.h"

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

inline constexpr const char* kStorageFunction = "streamflow_storage";

void register_storage_function(duckdb::ClientContext& context);

// What would make this share smaller, as a sentence; empty when nothing obvious would.
std::string storage_advice(const storage::StorageShare& share);

}  // namespace streamflow::query
