// Writes one segment: the rows of one project, shard and partition, all tables, compressed, immutable.
// Format:     docs/format/segment.md, version 1.
// Invariants: tables are added in name order; a table's rows arrive sorted by (tag values, time, age), so that a
//             series' rows are contiguous; the file is complete and synced when finish() returns.
// Threads:    one.
// Errors:     kIo; the unfinished file is the caller's to remove.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/schema.h"
#include "model/strong_id.h"
#include "model/time.h"
#include "storage/environment/file_system.h"

namespace streamflow::storage {

struct SegmentHeader {
  std::string database_id;  // 32 hex digits
  ProjectName project;
  ShardIndex shard;
  std::uint32_t generation = 1;
  SequenceNumber sequence_min, sequence_max;
};

// Sorted rows of one table. Spans are the caller's and must live until add_table returns.
struct SegmentTableInput {
  const TableSchema* schema = nullptr;  // names and types stored with the segment
  std::uint32_t series_count = 0;
  std::vector<std::string_view> series;  // flattened tag values, series_count x schema->tags; "" = lacks the tag
  std::vector<std::uint32_t>
      series_row_begin;                 // series_count + 1 entries: rows [begin[s], begin[s + 1]) belong to series s
  std::span<const std::int64_t> times;  // ascending within a series (equal times only in `keep` tables)
  struct Field {
    std::span<const std::uint64_t> bits;        // fixed-width types
    std::span<const std::string_view> strings;  // strings
    std::span<const std::uint64_t> validity;    // empty = all valid
  };
  std::vector<Field> fields;  // one per schema->fields
};

struct SegmentSummary {
  std::uint64_t bytes = 0, row_count = 0, content_hash = 0;
  TimeRange range;  // of all rows
};

class SegmentWriter {
 public:
  static Result<std::unique_ptr<SegmentWriter>> create(FileSystem& files, const std::filesystem::path& path,
                                                       SegmentHeader header);
  ~SegmentWriter();
  Status add_table(const SegmentTableInput& table);

  // A table in parts, for who does not hold it whole: begin_table, any number of add_part, end_table. Each part begins
  // a row group, so small ones are a waste. Tag values must live until end_table, the rest of a part until add_part
  // returns. A series may be cut between parts: then its rows go on as the first ones of the next part.
  struct PartEdges {
    bool continues_series = false;  // the part's first series is the last one of the part before
    bool series_goes_on = false;    // more rows of the part's last series may follow
  };
  Status begin_table(const TableSchema& schema);
  Status add_part(const SegmentTableInput& part, const PartEdges& edges);
  Status end_table();
  std::uint64_t bytes_written() const;  // so far, what is buffered included

  Result<SegmentSummary> finish();  // writes footer, syncs the file (not its folder)

 private:
  struct State;
  explicit SegmentWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::storage
