// Aggregates of a scan's rows, computed where the rows lie: whole blocks from their statistics, the rest from decoded
// columns, without a value ever becoming a row of SQL. The outcome is partial: the same group may come out several
// times, and whoever asked combines them.
// Invariants: the groups are those of the rows that the scan would deliver: every row counts in exactly one. Statistics
//             answer only for blocks that no other source overlaps (the scan's direct tasks) and whose rows all lie in
//             the wanted range, series and one bucket. Sums of float64 add in another order than the rows'.
// Threads:    a Groups belongs to one thread; AggregateSpec is immutable and shared.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "storage/scan/scan.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

// What to group by and what to aggregate, by position in ScanRequest::columns.
struct AggregateSpec {
  struct Field {
    std::size_t column = 0;
    FieldType type = FieldType::kFloat64;
  };
  std::vector<std::size_t> tags;
  std::vector<Field> fields;        // neither times nor tags; strings are only counted
  std::optional<std::size_t> time;  // where the times are, if they are among the columns
  // The half-open bucket that holds a time; empty: all times are one group. Wants `time`. Pure.
  std::function<TimeRange(Timestamp)> bucket_of;
  bool use_statistics = true;  // off: decode every row. The answer is the same
};

// Partial aggregates, one entry per group that met a row.
class Groups {
 public:
  explicit Groups(const AggregateSpec& spec);

  std::size_t size() const { return rows_.size(); }
  std::uint64_t rows(std::size_t group) const { return rows_[group]; }
  std::int64_t bucket(std::size_t group) const { return buckets_[group]; }      // its first ns; 0 without buckets
  std::int64_t time_min(std::size_t group) const { return times_[group].min; }  // of its rows, if times were asked for
  std::int64_t time_max(std::size_t group) const { return times_[group].max; }
  // Codes of the scan's dictionaries, in the order of AggregateSpec::tags.
  std::span<const std::uint32_t> codes(std::size_t group) const {
    return std::span(codes_).subspan(group * spec_.tags.size(), spec_.tags.size());
  }
  // In the order of AggregateSpec::fields. `count` is the number of non-NULL values; first and last are by time.
  const BlockStatistics& field(std::size_t group, std::size_t field) const {
    return fields_[group * spec_.fields.size() + field];
  }
  // Take the groups and clear() then: beyond this, memory grows and 32-bit counts could overflow.
  bool is_full() const { return rows_.size() >= kGroupsMax || rows_added_ >= kRowsMax; }
  void clear();

  // The rows of a chunk, delivered in any order.
  void add(const ScanChunk& chunk);
  // `row_count` rows of one series in one bucket; `statistics` has one entry per field.
  void add(std::span<const std::uint32_t> codes, std::int64_t time_min, std::int64_t time_max, std::uint64_t row_count,
           std::span<const BlockStatistics> statistics);

  const AggregateSpec& spec() const { return spec_; }

 private:
  static constexpr std::size_t kGroupsMax = 65536;
  static constexpr std::uint64_t kRowsMax = std::uint64_t{1} << 31U;

  struct Times {
    std::int64_t min = 0, max = 0;
  };
  std::size_t find(std::span<const std::uint32_t> codes, std::int64_t bucket);
  void grow();
  std::size_t run_end(const ScanChunk& chunk, std::size_t begin, const TimeRange& bucket) const;
  void add_run(const ScanChunk& chunk, std::size_t begin, std::size_t end, std::size_t group);
  void add_times(std::size_t group, std::int64_t min, std::int64_t max);

  const AggregateSpec& spec_;
  std::vector<std::uint64_t> rows_;
  std::vector<std::int64_t> buckets_;
  std::vector<Times> times_;
  std::vector<std::uint32_t> codes_;
  std::vector<BlockStatistics> fields_;
  std::vector<std::uint32_t> slots_;  // open addressing: 1 + group, 0 is free; a power of two
  std::vector<std::uint32_t> run_codes_;
  std::uint64_t rows_added_ = 0;
  TimeRange last_bucket_{timestamp_from_ns(0), timestamp_from_ns(0)};
};

}  // namespace streamflow::storage
