#include "storage/engine/partition.h"

#include <algorithm>
#include <limits>

namespace streamflow::storage {

TimeRange partition_of(Timestamp time, Duration step) {
  if (step == Duration(0)) { return {}; }
  const std::int64_t ns = to_ns(time), width = step.count();
  const std::int64_t remainder = ((ns % width) + width) % width;
  // The ends of the time axis belong to shorter partitions.
  const std::int64_t begin = ns < to_ns(kTimestampMin) + remainder ? to_ns(kTimestampMin) : ns - remainder;
  const std::int64_t end = begin > to_ns(kTimestampMax) + 1 - width ? to_ns(kTimestampMax) + 1 : ns - remainder + width;
  return {timestamp_from_ns(begin), timestamp_from_ns(end)};
}

void PartitionChooser::add(std::span<const std::int64_t> times) {
  rows_ += times.size();
  for (std::size_t level = 0; level < kPartitionLadder.size(); ++level) {
    std::vector<std::int64_t>& begins = begins_[level];
    TimeRange current{timestamp_from_ns(0), timestamp_from_ns(0)};
    for (const std::int64_t time : times) {
      if (begins.size() > kPartitionsPerFlushMax) { break; }  // this step is out of the question
      if (current.contains(timestamp_from_ns(time))) { continue; }
      current = partition_of(timestamp_from_ns(time), kPartitionLadder[level]);
      const auto place = std::lower_bound(begins.begin(), begins.end(), to_ns(current.begin));
      if (place == begins.end() || *place != to_ns(current.begin)) { begins.insert(place, to_ns(current.begin)); }
    }
  }
}

Duration PartitionChooser::step() const {
  for (std::size_t level = 0; level < kPartitionLadder.size(); ++level) {
    const std::size_t count = begins_[level].size();
    if (count <= kPartitionsPerFlushMax && count * kPartitionRowsMin <= std::max(rows_, kPartitionRowsMin)) {
      return kPartitionLadder[level];
    }
  }
  return Duration(0);
}

std::vector<TimeRange> PartitionChooser::partitions() const {
  const Duration chosen = step();
  const auto level = static_cast<std::size_t>(std::find(kPartitionLadder.begin(), kPartitionLadder.end(), chosen) -
                                              kPartitionLadder.begin());
  std::vector<TimeRange> ranges;
  for (const std::int64_t begin : begins_[level]) { ranges.push_back(partition_of(timestamp_from_ns(begin), chosen)); }
  return ranges;
}

}  // namespace streamflow::storage
