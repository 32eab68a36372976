// What a scan delivers, resolved once per scan: which columns, which series, which codes.
// Threads: immutable after planning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/memtable/sorted_rows.h"
#include "storage/scan/scan.h"

namespace streamflow::storage {

struct DeliveredColumn {
  ScanColumn::Kind kind = ScanColumn::Kind::kField;
  std::uint32_t index = 0;  // of the tag or field in the table's schema
  FieldType type = FieldType::kInt64;
};

// One shard's series as a scan sees them.
struct SeriesSelection {
  std::vector<std::vector<std::uint32_t>> codes;  // [delivered column][series]; empty for columns that are no tags
  std::vector<bool> allowed;                      // [series]; empty: all
  bool allows(SeriesId id) const { return allowed.empty() || (id.value < allowed.size() && allowed[id.value]); }
};

// Columns of rows somewhere in memory, one per delivered column, indexed by row.
struct ColumnView {
  const std::uint64_t* bits = nullptr;          // times as well
  const std::string_view* strings = nullptr;    // strings of a decoded block...
  const StringColumn* string_column = nullptr;  // ...or of a page
  const std::uint64_t* validity = nullptr;      // null: all valid
  bool absent = false;                          // NULL in every row
};

// Makes chunks of runs of rows. Copies only what cannot be pointed at.
class ChunkBuilder {
 public:
  ChunkBuilder(std::span<const DeliveredColumn> columns, const SeriesSelection& selection);
  // `runs` hold at most kScanChunkRowsMax rows together. The chunk points into `views` and this builder.
  void build(std::span<const ColumnView> views, std::span<const RowRun> runs, ScanChunk& chunk);

 private:
  struct Buffers {
    std::vector<std::uint64_t> bits, validity;
    std::vector<std::string_view> strings;
    std::vector<std::uint32_t> codes;
  };
  void deliver_tag(std::size_t column, std::span<const RowRun> runs, ScanColumn& out);
  void deliver_values(std::size_t column, const ColumnView& view, std::span<const RowRun> runs, ScanColumn& out);
  void deliver_validity(Buffers& buffers, const ColumnView& view, std::span<const RowRun> runs, ScanColumn& out);

  const std::span<const DeliveredColumn> columns_;
  const SeriesSelection& selection_;
  std::vector<Buffers> buffers_;
  std::size_t rows_ = 0;     // of the chunk being built
  bool contiguous_ = false;  // its runs follow one another
};

// Splits runs so that consecutive ones can be delivered together: at most kScanChunkRowsMax rows at a time.
class RunFeeder {
 public:
  void reset(std::vector<RowRun> runs);
  std::span<const RowRun> next();  // empty at the end

 private:
  std::vector<RowRun> runs_, piece_;
  std::size_t at_ = 0;
  std::uint32_t offset_ = 0;  // rows of runs_[at_] already given
};

}  // namespace streamflow::storage
