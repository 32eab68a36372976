// Merges one table of several segments into a segment that is being written, part by part.
// Invariants: rows that meet in (series, time) become what a scan would make of them; what no source has is not
//             written. Memory: one part, and per source one block of each column.
// Threads:    one.
// Errors:     those of reading and writing segments; whatever `pace` answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "storage/compaction/part_builder.h"
#include "storage/compaction/table_cursor.h"

namespace streamflow::storage {

inline constexpr std::size_t kPartRowsMax = 131072;  // one row group
inline constexpr std::size_t kPartBytesMax = std::size_t{32} << 20U;

// Where one series' rows are in one source.
struct SeriesPlace {
  SeriesId id;
  std::uint32_t source = 0, local = 0;
};

class TableMerge {
 public:
  // Times of rows of this series and source that are deleted: ascending, apart from each other.
  using Hidden = std::function<std::vector<TimeRange>(std::size_t source, SeriesId series)>;
  // Told of the bytes read and written since it was last asked; an error stops the merge.
  using Pace = std::function<Status(std::uint64_t bytes)>;

  // `sources`: oldest first, each with rows of `entry`; null where a segment lacks the table.
  TableMerge(const TableEntry& entry, std::vector<const OpenSegment::Table*> sources, const TimeRange& visible);

  Status write_to(SegmentWriter& writer, const Hidden& hidden, const Pace& pace);

 private:
  Result<bool> open_series(std::span<const SeriesPlace> places, const Hidden& hidden);
  Status merge_series();
  Status take_rows(std::int64_t least, std::span<TableCursor* const> tied, std::int64_t next);
  Status add_part(bool series_goes_on);
  std::vector<SeriesPlace> ordered_series() const;
  std::string_view tag_value(const SeriesPlace& place, std::size_t tag) const;

  TableSchema schema_;  // the table's, without columns that no source has
  const std::vector<const OpenSegment::Table*> sources_;
  const TimeRange visible_;
  std::vector<std::vector<std::optional<std::size_t>>> source_tags_;  // [source][tag of schema_]
  std::vector<std::unique_ptr<TableCursor>> cursors_;                 // per source
  std::vector<TableCursor*> live_;                                    // with rows of the series at hand, oldest first
  PartBuilder part_;
  SegmentWriter* writer_ = nullptr;
  const Pace* pace_ = nullptr;
  bool begun_ = false;
  std::uint64_t bytes_paced_ = 0;
};

}  // namespace streamflow::storage
