// One project's tables over the shards' memtables and segments.
// Threads: see scan.h.
#pragma once

#include <memory>
#include <vector>

#include "storage/engine/shard.h"
#include "storage/scan/scan.h"

namespace streamflow::storage {

// Catalog and shards must outlive the reader and everything made from it.
std::shared_ptr<ProjectReader> make_project_reader(const TableCatalog& catalog, std::vector<Shard*> shards,
                                                   ProjectName project);

}  // namespace streamflow::storage
