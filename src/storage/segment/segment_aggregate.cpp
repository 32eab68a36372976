#include "storage/segment/segment_aggregate.h"

#include <algorithm>
#include <span>
#include <string>

#include "storage/segment/segment_format.h"
#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {
namespace {

// Which bucket a time falls into.
class Buckets {
 public:
  explicit Buckets(const SeriesBuckets& wanted)
      : begin_(to_ns(wanted.range.begin)),
        span_(Int128{to_ns(wanted.range.end)} - begin_),
        count_(static_cast<std::int64_t>(wanted.bucket_count)) {}

  bool contains(std::int64_t time) const { return time >= begin_ && Int128{time} - begin_ < span_; }
  // The time must lie in the range.
  std::size_t of(std::int64_t time) const { return static_cast<std::size_t>((Int128{time} - begin_) * count_ / span_); }
  bool outside(std::int64_t min, std::int64_t max) const { return max < begin_ || Int128{min} - begin_ >= span_; }
  bool within_one(std::int64_t min, std::int64_t max) const {
    return contains(min) && contains(max) && of(min) == of(max);
  }

 private:
  std::int64_t begin_;
  Int128 span_;
  std::int64_t count_;
};

class SeriesAggregation {
 public:
  SeriesAggregation(const SegmentTable& table, const SeriesBuckets& wanted)
      : table_(table),
        field_(wanted.field),
        type_(table.schema().fields[wanted.field].type),
        buckets_(wanted),
        result_(wanted.bucket_count) {}

  // Rows [row_begin, row_end) of the table, those of one series.
  Status add_rows(std::size_t row_begin, std::size_t row_end) {
    const std::span<const BlockInfo> blocks = table_.blocks();
    const auto first = std::upper_bound(blocks.begin(), blocks.end(), row_begin,
                                        [](std::size_t row, const BlockInfo& block) { return row < block.row_begin; });
    for (auto b = static_cast<std::size_t>(first - blocks.begin()) - 1; b < blocks.size(); ++b) {
      if (blocks[b].row_begin >= row_end) { break; }
      if (buckets_.outside(blocks[b].time_min, blocks[b].time_max)) { continue; }
      SF_CHECK(blocks[b].series_count > 1 ? add_part(b, row_begin, row_end) : add_block(b));
    }
    return Ok{};
  }

  std::vector<BlockStatistics> take() { return std::move(result_); }

 private:
  void merge(std::int64_t time, const BlockStatistics& statistics) {
    merge_statistics(type_, statistics, result_[buckets_.of(time)]);
  }

  Status add_block(std::size_t b) {
    const BlockInfo& block = table_.blocks()[b];
    SF_TRY(micro, table_.micro_statistics(b, field_));
    if (buckets_.within_one(block.time_min, block.time_max)) {
      for (const BlockStatistics& statistics : micro) { merge(block.time_min, statistics); }
      return Ok{};
    }
    bool decoded = false;
    for (std::size_t m = 0; m < micro.size(); ++m) {
      const BlockStatistics& statistics = micro[m];
      // Where NULLs lie is not known: they could be in another bucket than the values.
      if (statistics.nulls == 0 && buckets_.within_one(statistics.first_time, statistics.last_time)) {
        merge(statistics.first_time, statistics);
        continue;
      }
      if (statistics.nulls == 0 && buckets_.outside(statistics.first_time, statistics.last_time)) { continue; }
      if (!decoded) { SF_CHECK(decode(b)); }
      decoded = true;
      const std::size_t begin = m * kMicroBlockRows;
      add_decoded(begin, std::min<std::size_t>(begin + kMicroBlockRows, block.row_count));
    }
    return Ok{};
  }

  // Of a packed block only the rows of the series.
  Status add_part(std::size_t b, std::size_t row_begin, std::size_t row_end) {
    const BlockInfo& block = table_.blocks()[b];
    SF_CHECK(decode(b));
    add_decoded(row_begin - block.row_begin, std::min<std::size_t>(row_end - block.row_begin, block.row_count));
    return Ok{};
  }

  Status decode(std::size_t b) {
    SF_CHECK(table_.read_times(b, times_));
    return table_.read_field(b, field_, values_);
  }

  // Rows of the decoded block, in pieces of one bucket each.
  void add_decoded(std::size_t begin, std::size_t end) {
    // Signed and unsigned versions of one type may alias.
    const std::span all(reinterpret_cast<const std::int64_t*>(times_.bits.data()), times_.bits.size());
    while (begin < end && !buckets_.contains(all[begin])) { ++begin; }
    while (begin < end && !buckets_.contains(all[end - 1])) { --end; }
    while (begin < end) {
      const std::size_t bucket = buckets_.of(all[begin]);
      const auto piece = std::partition_point(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                              all.begin() + static_cast<std::ptrdiff_t>(end),
                                              [&](std::int64_t time) { return buckets_.of(time) == bucket; });
      const auto piece_end = static_cast<std::size_t>(piece - all.begin());
      MicroBlock rows{.type = type_, .times = all.subspan(begin, piece_end - begin)};
      if (type_ != FieldType::kString) { rows.bits = std::span(values_.bits).subspan(begin, piece_end - begin); }
      rows.validity = values_.validity;
      rows.validity_offset = begin;
      merge_statistics(type_, compute_statistics(rows), result_[bucket]);
      begin = piece_end;
    }
  }

  const SegmentTable& table_;
  std::size_t field_;
  FieldType type_;
  Buckets buckets_;
  std::vector<BlockStatistics> result_;
  DecodedColumn times_, values_;
};

}  // namespace

Result<std::vector<BlockStatistics>> aggregate_series(const SegmentTable& table, const SeriesBuckets& buckets) {
  if (buckets.range.empty() || buckets.bucket_count == 0 || buckets.bucket_count > kBucketsMax) {
    return Error{ErrorCode::kInvalidArgument, "aggregating a series takes a range that is not empty and 1 to " +
                                                  std::to_string(kBucketsMax) + " buckets, got " +
                                                  std::to_string(buckets.bucket_count)};
  }
  if (buckets.series >= table.series_count() || buckets.field >= table.schema().fields.size()) {
    return Error{ErrorCode::kInvalidArgument, "series " + std::to_string(buckets.series) + " or field " +
                                                  std::to_string(buckets.field) + " is not in table \"" +
                                                  table.schema().name + "\""};
  }
  SeriesAggregation aggregation(table, buckets);
  const std::span<const std::uint32_t> begins = table.series_row_begin();
  if (begins[buckets.series] < begins[buckets.series + 1]) {
    SF_CHECK(aggregation.add_rows(begins[buckets.series], begins[buckets.series + 1]));
  }
  return aggregation.take();
}

}  // namespace streamflow::storage
