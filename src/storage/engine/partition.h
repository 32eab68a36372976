// The ladder of time partitions: how a flush cuts its rows into segments.
// Invariants: partitions are aligned to multiples of their step since the epoch; "all" is one partition.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "model/time.h"

namespace streamflow::storage {

// Steps of the ladder; 0 means one partition for all time.
inline constexpr std::array<Duration, 5> kPartitionLadder = {std::chrono::hours(1), std::chrono::hours(24),
                                                             std::chrono::hours(24 * 30), std::chrono::hours(24 * 365),
                                                             Duration(0)};
inline constexpr std::size_t kPartitionRowsMin = 65536;  // fewer rows per segment are not worth a file
inline constexpr std::size_t kPartitionsPerFlushMax = 64;

// The partition of `step` that holds `time`.
TimeRange partition_of(Timestamp time, Duration step);

// The finest step of which every partition gets kPartitionRowsMin rows on average. `times`: of all rows, in any order;
// ordered ones are faster.
class PartitionChooser {
 public:
  void add(std::span<const std::int64_t> times);
  Duration step() const;
  std::vector<TimeRange> partitions() const;  // of step(), ascending, those that hold rows

 private:
  std::array<std::vector<std::int64_t>, kPartitionLadder.size()> begins_;  // sorted, at most kPartitionsPerFlushMax + 1
  std::size_t rows_ = 0;
};

}  // namespace streamflow::storage
