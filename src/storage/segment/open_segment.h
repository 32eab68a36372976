// One published segment, open for reading, with its tables tied to the running process's tables and series.
// Invariants: immutable after attach(). The file outlives this object even when the manifest no longer names it.
// Threads:    attach() from any thread when every series is known, else only while recovering; the rest from any.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "storage/engine/table_catalog.h"
#include "storage/manifest/manifest.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

struct OpenSegment {
  struct Table {
    const SegmentTable* rows = nullptr;
    std::shared_ptr<TableEntry> entry;
    std::vector<SeriesId> series;            // [local series] -> this process's id
    std::vector<std::uint32_t> local_order;  // local series, ascending by SeriesId
    // [field of the table's schema] -> field of the segment, or none. Fields beyond its end are not in the segment.
    std::vector<std::optional<std::uint32_t>> fields;
  };
  SegmentEntry entry;
  std::unique_ptr<SegmentReader> reader;
  std::map<const TableEntry*, Table> tables;

  // Opens the file and registers its tables and series. kCorrupt also when it is another segment than `entry` names.
  static Result<std::shared_ptr<const OpenSegment>> attach(FileSystem& files, const std::filesystem::path& data_folder,
                                                           std::string_view database_id, const SegmentEntry& entry,
                                                           TableCatalog& catalog);
};

}  // namespace streamflow::storage
