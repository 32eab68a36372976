// SortedRows: rows of one table and shard in memory, by columns, ordered by (series, time). Memtable pages, the input
// of a flush and the outcome of merging several sources all have this shape.
// Invariants: `series` ascends; rows [row_begin[i], row_begin[i + 1]) belong to series[i]; times ascend within a series
//             (equal ones only in `keep` tables, oldest first). Columns are ordered by `field`.
// Threads:    values.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "model/row_batch.h"
#include "model/schema.h"
#include "model/strong_id.h"
#include "model/time.h"

namespace streamflow::storage {

struct SortedRows {
  struct Column {
    std::uint32_t field = 0;  // index into the table's schema
    FieldType type = FieldType::kFloat64;
    std::vector<std::uint64_t> bits;
    StringColumn strings;
    std::vector<std::uint64_t> validity;  // empty: all valid
  };
  std::vector<SeriesId> series;
  std::vector<std::uint32_t> row_begin{0};
  std::vector<std::int64_t> times;
  std::vector<Column> columns;
  std::int64_t time_min = 0, time_max = 0;  // inclusive; meaningless without rows

  std::size_t row_count() const { return times.size(); }
  const Column* column(std::uint32_t field) const;  // null: NULL in every row
  std::size_t memory_bytes() const;
};

// Rows [begin, end) of some source belong to `series`.
struct RowRun {
  SeriesId series;
  std::uint32_t begin = 0, end = 0;
  friend bool operator==(const RowRun&, const RowRun&) = default;
};

// One input of a merge: columns, wherever they live, and the runs of them that take part.
struct RowSource {
  struct Column {
    std::uint32_t field = 0;
    FieldType type = FieldType::kFloat64;
    const std::uint64_t* bits = nullptr;
    const StringColumn* strings = nullptr;
    const std::uint64_t* validity = nullptr;  // null: all valid
  };
  std::vector<RowRun> runs;  // ascending by series, at most one for each; times ascend within a run
  std::span<const std::int64_t> times;
  std::vector<Column> columns;
};
RowSource source_of(const SortedRows& rows);  // all of them

// Rows as they arrived: not sorted, one SeriesId per row's series entry.
struct ArrivedRows {
  std::shared_ptr<const RowBatch> batch;
  std::vector<SeriesId> series_ids;          // of batch->series
  std::vector<std::uint32_t> field_indexes;  // of batch->fields in the table's schema
};

// Sorts arrived rows; `duplicates` decides what becomes of equal (series, time), later arrivals being newer.
SortedRows sort_rows(std::span<const std::shared_ptr<const ArrivedRows>> arrived, DuplicatePolicy duplicates);

// Merges sources given oldest first.
SortedRows merge_rows(std::span<const RowSource> sources, DuplicatePolicy duplicates);

// The part of a run whose times lie in `range`.
RowRun cut(const RowRun& run, std::span<const std::int64_t> times, const TimeRange& range);

}  // namespace streamflow::storage
