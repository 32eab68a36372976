#include "storage/memtable/sorted_tail.h"

#include <gtest/gtest.h>

#include <vector>

namespace streamflow::storage {
namespace {

// One series, rows at the given times.
std::shared_ptr<const ArrivedRows> arrived(std::vector<std::int64_t> times) {
  auto batch = std::make_shared<RowBatch>();
  batch->series_count = 1;
  batch->series_of_row.assign(times.size(), 0);
  batch->times = std::move(times);
  auto rows = std::make_shared<ArrivedRows>();
  rows->batch = batch;
  rows->series_ids = {SeriesId{0}};
  return rows;
}

TEST(SortedTail, IsSortedOnceUntilMoreArrives) {
  SortedTail tail;
  std::vector<std::shared_ptr<const ArrivedRows>> rows{arrived({5, 3})};
  const auto once = tail.of(rows, DuplicatePolicy::kMerge);
  EXPECT_EQ(once->times, (std::vector<std::int64_t>{3, 5}));
  EXPECT_EQ(tail.of(rows, DuplicatePolicy::kMerge), once);
  rows.push_back(arrived({4}));
  const auto more = tail.of(rows, DuplicatePolicy::kMerge);
  EXPECT_EQ(more->times, (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(once->times, (std::vector<std::int64_t>{3, 5})) << "whoever holds it keeps it";
  EXPECT_EQ(tail.of(rows, DuplicatePolicy::kMerge), more);
}

TEST(SortedTail, ASnapshotMadeBeforeSeesWhatItSaw) {
  SortedTail tail;
  const std::vector<std::shared_ptr<const ArrivedRows>> before{arrived({5, 3})};
  std::vector<std::shared_ptr<const ArrivedRows>> after = before;
  after.push_back(arrived({4}));
  EXPECT_EQ(tail.of(after, DuplicatePolicy::kMerge)->row_count(), 3U);
  EXPECT_EQ(tail.of(before, DuplicatePolicy::kMerge)->row_count(), 2U);
}

TEST(SortedTail, ATailThatStartsElsewhereIsAnother) {
  SortedTail tail;
  const auto last = arrived({9});
  const std::vector<std::shared_ptr<const ArrivedRows>> longer{arrived({5, 3}), last}, shorter{last};
  EXPECT_EQ(tail.of(longer, DuplicatePolicy::kMerge)->row_count(), 3U);
  EXPECT_EQ(tail.of(shorter, DuplicatePolicy::kMerge)->row_count(), 1U);
}

TEST(SortedTail, FollowsTheDuplicatePolicy) {
  SortedTail tail;
  const std::vector<std::shared_ptr<const ArrivedRows>> rows{arrived({5, 5})};
  EXPECT_EQ(tail.of(rows, DuplicatePolicy::kMerge)->row_count(), 1U);
  EXPECT_EQ(tail.of(rows, DuplicatePolicy::kKeep)->row_count(), 2U);
}

}  // namespace
}  // namespace streamflow::storage
