// The rows of one table that tombstones hide in one source: a segment, or a frozen memtable's page.
// Threads: immutable after construction.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/deletes/deletion.h"
#include "storage/engine/table_catalog.h"
#include "storage/memtable/sorted_rows.h"

namespace streamflow::storage {

class HiddenRows {
 public:
  struct Part {
    TimeRange range;
    std::shared_ptr<const std::vector<bool>> series;  // [series]; null: all
    bool has(SeriesId id) const { return series == nullptr || (id.value < series->size() && (*series)[id.value]); }
  };
  explicit HiddenRows(std::vector<Part> parts) : parts_(std::move(parts)) {}

  // Whether a row of this series and of a time in [time_min, time_max] may be hidden.
  bool touches(SeriesId series, std::int64_t time_min, std::int64_t time_max) const;
  // The hidden times of a series: ascending, apart from each other.
  std::vector<TimeRange> times_of(SeriesId series) const;
  // Appends what is left of `run`. `times`: of the run's source, ascending within it.
  void append_visible(const RowRun& run, std::span<const std::int64_t> times, std::vector<RowRun>& out) const;

 private:
  std::vector<Part> parts_;
};

// The tombstones of one table in one shard, their series looked up once for all sources.
class TableTombstones {
 public:
  TableTombstones(std::span<const Tombstone> tombstones, const TableEntry& table, std::uint32_t shard);
  // What they hide of a source whose last record is `sequence_max`, whose rows lie in `range` and from which deletions
  // up to `deleted_through` are gone already; null: nothing.
  std::shared_ptr<const HiddenRows> of_source(const TimeRange& range, SequenceNumber sequence_max,
                                              SequenceNumber deleted_through) const;

 private:
  struct Entry {
    SequenceNumber sequence;
    HiddenRows::Part part;
  };
  std::vector<Entry> entries_;
};

// `rows` without those that are hidden.
SortedRows without_hidden(const SortedRows& rows, const HiddenRows& hidden);

}  // namespace streamflow::storage
