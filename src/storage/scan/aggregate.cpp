#include "storage/scan/aggregate.h"

#include <algorithm>
#include <array>

#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {
namespace {

constexpr std::size_t kSlotsMin = 1024;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
  return hash ^ (hash >> 32U);
}

std::uint64_t hash_of(std::span<const std::uint32_t> codes, std::int64_t bucket) {
  std::uint64_t hash = mixed(0, static_cast<std::uint64_t>(bucket));
  for (const std::uint32_t code : codes) { hash = mixed(hash, code); }
  return hash;
}

std::span<const std::int64_t> times_of(const ScanColumn& column) {
  return {reinterpret_cast<const std::int64_t*>(column.bits.data()), column.bits.size()};
}

}  // namespace

Groups::Groups(const AggregateSpec& spec) : spec_(spec), slots_(kSlotsMin, 0), run_codes_(spec.tags.size()) {}

void Groups::clear() {
  rows_.clear();
  buckets_.clear();
  times_.clear();
  codes_.clear();
  fields_.clear();
  std::fill(slots_.begin(), slots_.end(), 0U);
  rows_added_ = 0;
}

void Groups::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::size_t group = 0; group < rows_.size(); ++group) {
    std::size_t slot = hash_of(codes(group), buckets_[group]) & (slots_.size() - 1);
    while (slots_[slot] != 0) { slot = (slot + 1) & (slots_.size() - 1); }
    slots_[slot] = static_cast<std::uint32_t>(group + 1);
  }
}

std::size_t Groups::find(std::span<const std::uint32_t> codes, std::int64_t bucket) {
  std::size_t slot = hash_of(codes, bucket) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const std::size_t group = slots_[slot] - 1;
    if (buckets_[group] == bucket && std::equal(codes.begin(), codes.end(), this->codes(group).begin())) {
      return group;
    }
  }
  const std::size_t group = rows_.size();
  slots_[slot] = static_cast<std::uint32_t>(group + 1);
  rows_.push_back(0);
  buckets_.push_back(bucket);
  times_.emplace_back();
  codes_.insert(codes_.end(), codes.begin(), codes.end());
  fields_.resize(fields_.size() + spec_.fields.size());
  if (rows_.size() * 2 > slots_.size()) { grow(); }
  return group;
}

void Groups::add_times(std::size_t group, std::int64_t min, std::int64_t max) {
  Times& times = times_[group];
  const bool first = rows_[group] == 0;
  times.min = first ? min : std::min(times.min, min);
  times.max = first ? max : std::max(times.max, max);
}

void Groups::add(std::span<const std::uint32_t> codes, std::int64_t time_min, std::int64_t time_max,
                 std::uint64_t row_count, std::span<const BlockStatistics> statistics) {
  const std::int64_t bucket = spec_.bucket_of ? to_ns(spec_.bucket_of(timestamp_from_ns(time_min)).begin) : 0;
  const std::size_t group = find(codes, bucket);
  add_times(group, time_min, time_max);
  rows_[group] += row_count;
  rows_added_ += row_count;
  for (std::size_t f = 0; f < statistics.size(); ++f) {
    merge_statistics(spec_.fields[f].type, statistics[f], fields_[group * spec_.fields.size() + f]);
  }
}

// Where the rows that begin at `begin` stop having its codes or leave its bucket.
std::size_t Groups::run_end(const ScanChunk& chunk, std::size_t begin, const TimeRange& bucket) const {
  std::size_t end = chunk.row_count;
  for (const std::size_t tag : spec_.tags) {
    const std::span<const std::uint32_t> codes = chunk.columns[tag].codes;
    if (codes.empty()) { continue; }
    const auto from = codes.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto stop = std::find_if(from, codes.begin() + static_cast<std::ptrdiff_t>(end),
                                   [first = *from](std::uint32_t code) { return code != first; });
    end = static_cast<std::size_t>(stop - codes.begin());
  }
  if (spec_.bucket_of) {
    const std::span<const std::int64_t> times = times_of(chunk.columns[*spec_.time]);
    const std::int64_t first = to_ns(bucket.begin), past = to_ns(bucket.end);
    std::size_t row = begin;
    while (row < end && first <= times[row] && times[row] < past) { ++row; }
    end = row;
  }
  return end;
}

void Groups::add_run(const ScanChunk& chunk, std::size_t begin, std::size_t end, std::size_t group) {
  static constexpr std::array<std::int64_t, kScanChunkRowsMax> kNoTimes{};
  std::span<const std::int64_t> times = std::span(kNoTimes).first(end - begin);
  bool ascending = true;
  if (spec_.time.has_value()) {
    times = times_of(chunk.columns[*spec_.time]).subspan(begin, end - begin);
    ascending = std::is_sorted(times.begin(), times.end());
    if (ascending) {
      add_times(group, times.front(), times.back());
    } else {
      const auto [min, max] = std::minmax_element(times.begin(), times.end());
      add_times(group, *min, *max);
    }
  }
  rows_[group] += end - begin;
  rows_added_ += end - begin;
  for (std::size_t f = 0; f < spec_.fields.size(); ++f) {
    const ScanColumn& column = chunk.columns[spec_.fields[f].column];
    MicroBlock rows{.type = column.type, .times = times, .validity = column.validity, .validity_offset = begin};
    rows.ascending = ascending;
    if (column.type != FieldType::kString) { rows.bits = column.bits.subspan(begin, end - begin); }
    merge_statistics(column.type, compute_statistics(rows), fields_[group * spec_.fields.size() + f]);
  }
}

void Groups::add(const ScanChunk& chunk) {
  for (std::size_t begin = 0; begin < chunk.row_count;) {
    for (std::size_t t = 0; t < spec_.tags.size(); ++t) {
      const ScanColumn& column = chunk.columns[spec_.tags[t]];
      run_codes_[t] = column.codes.empty() ? column.constant_code : column.codes[begin];
    }
    if (spec_.bucket_of) {
      const Timestamp time = timestamp_from_ns(times_of(chunk.columns[*spec_.time])[begin]);
      if (!last_bucket_.contains(time)) { last_bucket_ = spec_.bucket_of(time); }
    }
    const std::size_t end = run_end(chunk, begin, last_bucket_);
    add_run(chunk, begin, end, find(run_codes_, spec_.bucket_of ? to_ns(last_bucket_.begin) : 0));
    begin = end;
  }
}

}  // namespace streamflow::storage
