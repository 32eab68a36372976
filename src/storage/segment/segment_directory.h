// The table section of a segment: one table's schema, series and block directory.
// Format:     docs/format/segment.md §4.
// Invariants: tag values are strictly ascending tuples; blocks follow segment_layout.h; the time column is column 0,
//             field f is column f + 1.
// Threads:    values and pure functions.
// Errors:     kCorrupt, kUnsupported for a column of an unknown type or with unknown flags.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "encoding/byte_io.h"
#include "model/result.h"
#include "model/schema.h"
#include "storage/segment/segment_columns.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

struct ColumnDirectory {
  std::vector<std::uint64_t> block_bytes;       // per block, checksum not counted; 0: all NULL, nothing stored
  std::vector<std::uint64_t> statistics_bytes;  // per row group, checksum not counted; never 0
};

struct TableDirectory {
  TableDirectory() = default;
  TableDirectory(TableDirectory&&) noexcept =
      default;  // no copies: views stay valid: the vectors' memory moves as it is
  TableDirectory& operator=(TableDirectory&&) noexcept = default;

  TableSchema schema;
  std::vector<TextColumn> dictionaries;         // reading: per tag; `series` points into them
  std::vector<std::string_view> series;         // flattened tag values
  std::vector<std::uint32_t> series_row_begin;  // series count + 1
  std::vector<BlockInfo> blocks;
  std::vector<std::uint32_t> group_block_begin;  // row group count + 1
  std::vector<ColumnDirectory> columns;          // time, then the fields
  // Per block, how many blocks back its times are (segment_shared_times.h); empty: all have their own. A section apart.
  std::vector<std::uint64_t> time_distances;

  std::uint32_t series_count() const { return static_cast<std::uint32_t>(series_row_begin.size() - 1); }
  std::size_t group_count() const { return group_block_begin.size() - 1; }
};

// `directory.dictionaries` is not used: they are built from `series`.
void encode_table_directory(const TableDirectory& directory, encoding::Bytes& out);
Result<TableDirectory> decode_table_directory(encoding::ByteSpan bytes);

}  // namespace streamflow::storage
