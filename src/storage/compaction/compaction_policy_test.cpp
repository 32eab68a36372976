#include "storage/compaction/compaction_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace streamflow::storage {
namespace {

constexpr std::int64_t kHour = 3'600'000'000'000;
constexpr std::uint64_t kMebibyte = 1U << 20U;

CompactionCandidate segment(std::int64_t begin, std::int64_t end, std::uint64_t bytes, Duration age = {}) {
  static std::uint64_t next_id = 1;
  CompactionCandidate candidate;
  candidate.entry.id = SegmentId{next_id++};
  candidate.entry.range = {timestamp_from_ns(begin), timestamp_from_ns(end)};
  candidate.entry.bytes = bytes;
  candidate.entry.row_count = bytes;
  candidate.age = age;
  return candidate;
}

CompactionOptions options_with(std::uint64_t partition_rows) {
  CompactionOptions options;
  options.partition_rows = partition_rows;
  return options;
}

TEST(CompactionPolicy, LeavesWhatIsAloneAlone) {
  const std::vector<CompactionCandidate> one = {segment(0, kHour, 5, std::chrono::hours(9))};
  EXPECT_FALSE(choose_compaction(one, {}, CompactionUrgency::kNow));
  EXPECT_FALSE(choose_compaction({}, {}, CompactionUrgency::kNow));
  EXPECT_EQ(compaction_debt(one, {}).segments, 0U);
}

TEST(CompactionPolicy, MergesAQuietPartitionWholeAndNotBefore) {
  std::vector<CompactionCandidate> two = {segment(0, 10, 100), segment(5, 15, 100)};
  EXPECT_FALSE(choose_compaction(two, {}, CompactionUrgency::kWhenQuiet));
  EXPECT_EQ(compaction_debt(two, {}).segments, 2U);
  EXPECT_EQ(compaction_debt(two, {}).bytes, 200U);
  two[0].age = two[1].age = std::chrono::seconds(15);
  const auto choice = choose_compaction(two, {}, CompactionUrgency::kWhenQuiet);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->sources, (std::vector<std::size_t>{0, 1}));
  ASSERT_EQ(choice->outputs.size(), 1U);
  EXPECT_EQ(choice->outputs[0].sources, choice->sources);
}

TEST(CompactionPolicy, MergesInTiersWhileRowsArrive) {
  std::vector<CompactionCandidate> segments = {segment(0, 100, 60 * kMebibyte)};
  for (int i = 0; i < 7; ++i) { segments.push_back(segment(i, i + 50, kMebibyte)); }
  EXPECT_FALSE(choose_compaction(segments, {}, CompactionUrgency::kWhenQuiet));
  segments.push_back(segment(9, 60, kMebibyte));
  const auto choice = choose_compaction(segments, {}, CompactionUrgency::kWhenQuiet);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->sources, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8})) << "not the large one";
}

TEST(CompactionPolicy, FewLateRowsWaitLongerForALargePartition) {
  const auto pair = [](Duration age) {
    return std::vector<CompactionCandidate>{segment(0, 100, 800 * kMebibyte, std::chrono::hours(100)),
                                            segment(5, 15, kMebibyte, age)};
  };
  EXPECT_FALSE(choose_compaction(pair(std::chrono::minutes(20)), {}, CompactionUrgency::kWhenQuiet));
  EXPECT_TRUE(choose_compaction(pair(std::chrono::minutes(26)), {}, CompactionUrgency::kWhenQuiet));
  EXPECT_TRUE(choose_compaction(pair({}), {}, CompactionUrgency::kNow));
}

TEST(CompactionPolicy, SparseYearsAreOnePartitionAndDenseHoursAreMany) {
  std::vector<CompactionCandidate> sparse;
  for (int month = 0; month < 60; ++month) {
    sparse.push_back(segment(month * 720 * kHour, (month * 720 + 700) * kHour, 100));
  }
  EXPECT_EQ(ladder_partitions(sparse, 1'000'000).size(), 1U);
  EXPECT_EQ(ladder_partitions(sparse, 2'000).size(), 5U) << "years";
  std::vector<CompactionCandidate> dense;
  for (int hour = 0; hour < 48; ++hour) { dense.push_back(segment(hour * kHour, (hour + 1) * kHour, 1000)); }
  EXPECT_EQ(ladder_partitions(dense, 1'000'000).size(), 1U);
  EXPECT_EQ(ladder_partitions(dense, 24'000).size(), 2U) << "days";
  EXPECT_EQ(ladder_partitions(dense, 2'000).size(), 48U) << "hours, and never finer";
}

TEST(CompactionPolicy, CutsASegmentThatReachesBeyondItsPartition) {
  const std::vector<CompactionCandidate> segments = {segment(0, 3 * kHour, 3000), segment(kHour, 2 * kHour, 4000)};
  const auto choice = choose_compaction(segments, options_with(2000), CompactionUrgency::kNow);
  ASSERT_TRUE(choice);
  ASSERT_EQ(choice->outputs.size(), 3U);
  EXPECT_EQ(choice->outputs[0].range, (TimeRange{timestamp_from_ns(kHour), timestamp_from_ns(2 * kHour)}));
  EXPECT_EQ(choice->outputs[1].sources, std::vector<std::size_t>{0});
  EXPECT_EQ(choice->outputs[2].sources, std::vector<std::size_t>{0});
}

TEST(CompactionPolicy, LeavesAPartitionWithALostSegmentAsItIs) {
  std::vector<CompactionCandidate> segments = {segment(0, 10, 1), segment(5, 15, 1), segment(8, 12, 1)};
  segments[1].is_open = false;
  EXPECT_FALSE(choose_compaction(segments, {}, CompactionUrgency::kNow));
}

// What publishing a choice makes of the list.
std::vector<CompactionCandidate> applied(const std::vector<CompactionCandidate>& segments,
                                         const CompactionChoice& choice) {
  std::vector<CompactionCandidate> next;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    if (std::ranges::find(choice.sources, s) == choice.sources.end()) { next.push_back(segments[s]); }
    for (const CompactionOutput& output : choice.outputs) {
      if (output.sources.back() != s) { continue; }
      TimeRange range{kTimestampMax, kTimestampMin};
      double rows = 0;
      for (const std::size_t source : output.sources) {
        const TimeRange whole = segments[source].entry.range, inside = whole.intersect(output.range);
        if (inside.empty()) { continue; }
        range = {std::min(range.begin, inside.begin), std::max(range.end, inside.end)};
        rows += static_cast<double>(segments[source].entry.row_count) *
                static_cast<double>((inside.end - inside.begin).count()) /
                static_cast<double>((whole.end - whole.begin).count());
      }
      next.push_back(segment(to_ns(range.begin), to_ns(range.end), static_cast<std::uint64_t>(rows) + 1));
    }
  }
  return next;
}

TEST(CompactionPolicy, EndsWithSegmentsThatDoNotMeetInTime) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::vector<CompactionCandidate> segments;
    for (std::uint64_t n = random() % 100; n > 0; --n) {
      const auto begin = static_cast<std::int64_t>(random() % 3000) * kHour / 3;
      const std::int64_t width[] = {1, kHour / 9, kHour * 2, kHour * 30};
      segments.push_back(segment(begin, begin + width[random() % 4], random() % 1000 + 1));
    }
    const CompactionOptions options = options_with(std::vector<std::uint64_t>{500, 5000, 1'000'000}[random() % 3]);
    int steps = 0;
    while (const auto choice = choose_compaction(segments, options, CompactionUrgency::kNow)) {
      segments = applied(segments, *choice);
      ASSERT_LT(++steps, 1000) << "it goes round in circles";
    }
    for (std::size_t a = 0; a < segments.size(); ++a) {
      for (std::size_t b = a + 1; b < segments.size(); ++b) {
        ASSERT_FALSE(segments[a].entry.range.overlaps(segments[b].entry.range));
      }
    }
  }
}

}  // namespace
}  // namespace streamflow::storage
