// Statistics of a column per micro-block of 256 rows: computed by the writer, stored as encoded columns, merged to
// blocks by the reader.
// Format:     docs/format/segment.md §8.
// Invariants: a block's statistics are the merge of its micro-blocks' in row order, also for float sums: what the
// writer
//             stores, what a reader merges and what verify() computes again agree bit for bit (sums: or are both NaN).
// Threads:    pure functions; StatisticsEncoder belongs to one thread.
// Errors:     kCorrupt, kUnsupported for an unknown layout.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "encoding/byte_io.h"
#include "encoding/float_codec.h"
#include "encoding/integer_codec.h"
#include "model/result.h"
#include "model/schema.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

struct MicroTimes {  // of one micro-block
  std::uint32_t row_count = 0;
  std::int64_t min = 0, max = 0;
  friend bool operator==(const MicroTimes&, const MicroTimes&) = default;
};

// Rows of one micro-block of one column.
struct MicroBlock {
  FieldType type = FieldType::kInt64;
  std::span<const std::uint64_t> bits{};      // empty for strings
  std::span<const std::int64_t> times{};      // one per row; its size is the row count
  std::span<const std::uint64_t> validity{};  // empty = all valid; row i is bit validity_offset + i
  std::size_t validity_offset = 0;
  bool ascending = true;  // times ascend: one series
};

MicroTimes micro_times(std::span<const std::int64_t> times);
BlockStatistics compute_statistics(const MicroBlock& micro);
// Appends `next`, whose rows follow, to `into`.
void merge_statistics(FieldType type, const BlockStatistics& next, BlockStatistics& into);
bool same_statistics(FieldType type, const BlockStatistics& a, const BlockStatistics& b);

class StatisticsEncoder {
 public:
  // Statistics of one column of a row group, one entry per micro-block.
  void encode_field(FieldType type, std::span<const BlockStatistics> statistics, std::span<const MicroTimes> times,
                    encoding::Bytes& out);
  void encode_times(std::span<const MicroTimes> times, encoding::Bytes& out);

 private:
  encoding::IntegerEncoder integers_;
  encoding::FloatEncoder floats_;
};

// `row_counts` has one entry per micro-block.
Result<std::vector<MicroTimes>> decode_time_statistics(encoding::ByteSpan bytes,
                                                       std::span<const std::uint32_t> row_counts);
Result<std::vector<BlockStatistics>> decode_field_statistics(encoding::ByteSpan bytes, FieldType type,
                                                             std::span<const MicroTimes> times);

}  // namespace streamflow::storage
