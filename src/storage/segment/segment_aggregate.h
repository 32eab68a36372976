// One series of a segment in equal time buckets: from statistics where a block or micro-block lies within a bucket,
// from decoded rows where a bucket's edge cuts through one. Invariants: equal to a loop over the rows; a float sum adds
// micro-block sums in row order (docs/format/segment.md §8),
//             and sums of single rows where an edge cuts. Duplicates within the segment are counted as they are.
// Threads:    pure function of an immutable segment.
// Errors:     those of the reader; kInvalidArgument for an empty range, no buckets or more than kBucketsMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "storage/segment/segment_reader.h"

namespace streamflow::storage {

inline constexpr std::size_t kBucketsMax = std::size_t{1} << 20U;

struct SeriesBuckets {
  std::uint32_t series = 0;
  std::size_t field = 0;
  TimeRange range;  // bucket i holds times t with (t - begin) * bucket_count / (end - begin) == i
  std::size_t bucket_count = 1;
};

// One entry per bucket; a bucket without rows has count and nulls 0.
Result<std::vector<BlockStatistics>> aggregate_series(const SegmentTable& table, const SeriesBuckets& buckets);

}  // namespace streamflow::storage
