// A table that is being written part by part: what a part must be, where it is cut into blocks, what is kept of it.
// Format:     docs/format/segment.md §4.
// Threads:    values and pure functions.
// Errors:     kInvalidArgument names the table and the rule that a part breaks; kTooLarge a limit.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/segment/segment_directory.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {

struct TableInParts {
  std::uint64_t begin = 0;  // of its columns in the file
  TableDirectory directory;
  std::int64_t last_time = 0;  // of the last row
};

Error invalid_table(const TableSchema& schema, const std::string& what);
// Whether the part keeps the rules of SegmentTableInput and may follow what is there.
Status check_part(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges, const TableInParts& table);
// Row counts of its blocks. A block holds rows of one series or several whole ones: series that are cut stand alone.
std::vector<std::uint32_t> cut_part(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges);
// `blocks` count rows and series from the part's first ones.
void add_to_directory(const SegmentTableInput& part, const SegmentWriter::PartEdges& edges,
                      std::span<const BlockInfo> blocks, TableInParts& table);

}  // namespace streamflow::storage
