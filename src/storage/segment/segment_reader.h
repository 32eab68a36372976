// Reads one immutable segment file: header, footer, tables, series, blocks.
// Format:     docs/format/segment.md, version 1.
// Invariants: the file never changes after open(); a table's rows are ordered by (series, time).
// Threads:    const methods may run concurrently; open() and the destructor may not.
// Errors:     kCorrupt when a checksum or the format fails (naming file, table, column and block), kIo when the disk
//             does, kUnsupported for a newer format version or an encrypted file. Never a wrong value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoding/column_block.h"
#include "model/result.h"
#include "model/schema.h"
#include "model/time.h"
#include "storage/environment/file_system.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {

__extension__ typedef __int128 Int128;  // sums of integers are exact

// Statistics of one column over one block or micro-block; NULLs are not counted in anything but `nulls`.
struct BlockStatistics {
  std::uint32_t count = 0, nulls = 0;
  std::uint64_t min_bits = 0, max_bits = 0;     // numbers and booleans; DuckDB's order: NaN is the greatest
  std::uint64_t first_bits = 0, last_bits = 0;  // of the earliest and latest non-NULL row
  std::int64_t first_time = 0, last_time = 0;   // ns, of those rows
  double sum_double = 0;                        // float64
  Int128 sum_int = 0;                           // int64, uint64, boolean: exact
};

// One block: at most 2048 rows. Either rows of one series, or ("packed") of several consecutive short ones.
struct BlockInfo {
  std::uint32_t row_begin = 0, row_count = 0;        // rows of the table within this segment
  std::uint32_t series_begin = 0, series_count = 0;  // the series it touches
  std::int64_t time_min = 0, time_max = 0;           // inclusive
};

// One decoded column of one block: `bits` (fixed-width types and times) or `strings` (views into `string_bytes`), and
// `validity` (empty = all valid). Vectors are reused by the caller from call to call.
using DecodedColumn = encoding::ColumnValues;

class SegmentTable {
 public:
  const TableSchema& schema() const;
  std::uint32_t series_count() const;
  std::uint64_t row_count() const;
  TimeRange range() const;
  // Tag values of series s, as in SegmentTableInput::series.
  std::span<const std::string_view> series_tags(std::uint32_t s) const;
  std::span<const std::uint32_t> series_row_begin() const;  // series_count + 1 entries
  std::span<const BlockInfo> blocks() const;                // in row order
  Status read_times(std::size_t block, DecodedColumn& out) const;
  Status read_field(std::size_t block, std::size_t field, DecodedColumn& out) const;
  // Over the whole block / per micro-block of 256 rows of it. nullopt for strings' min, max and sum: count and nulls
  // only.
  Result<BlockStatistics> statistics(std::size_t block, std::size_t field) const;
  Result<std::vector<BlockStatistics>> micro_statistics(std::size_t block, std::size_t field) const;
  // Where a block's micro-blocks stand in the statistics of its row group.
  struct MicroRange {
    std::size_t group = 0;  // the row group
    std::size_t begin = 0, count = 0;
  };
  MicroRange micro_range(std::size_t block) const;
  // Of all micro-blocks of a row group: scans read them once for all its blocks.
  Result<std::shared_ptr<const std::vector<BlockStatistics>>> group_statistics(std::size_t group,
                                                                               std::size_t field) const;
  std::uint64_t encoded_bytes(std::size_t block, std::optional<std::size_t> field) const;  // nullopt: the times
  // The codec of a block that has bytes, in words: "delta, split Rice".
  Result<std::string> codec(std::size_t block, std::optional<std::size_t> field) const;
  std::uint64_t statistics_bytes() const;  // of all columns, in the file
  std::uint64_t directory_bytes() const;   // schema, tags, series, block directory

  struct State;
  explicit SegmentTable(std::unique_ptr<State> state);
  ~SegmentTable();
  SegmentTable(SegmentTable&&) noexcept;

 private:
  std::unique_ptr<State> state_;
};

class SegmentReader {
 public:
  // Verifies header and footer; block checksums are verified when a block is read.
  static Result<std::unique_ptr<SegmentReader>> open(FileSystem& files, const std::filesystem::path& path);
  ~SegmentReader();
  const SegmentHeader& header() const;
  std::span<const SegmentTable> tables() const;  // sorted by name
  const SegmentTable* find(std::string_view table) const;
  const std::filesystem::path& path() const;
  // Reads every byte: checksums of all blocks, the file's hash, the order of rows. For doctor.
  Status verify() const;

 private:
  struct State;
  explicit SegmentReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::storage
