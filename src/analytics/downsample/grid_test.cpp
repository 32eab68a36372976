#include "analytics/downsample/grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "analytics/downsample/test_rows.h"

namespace streamflow::analytics {
namespace {

__extension__ typedef __int128 Wide;

constexpr XKey kXMin = std::numeric_limits<XKey>::min();
constexpr XKey kXMax = std::numeric_limits<XKey>::max();

TEST(Grid, HoldsTheTimesOfItsDefinitionForEveryRange) {
  const std::pair<XKey, XKey> ranges[] = {{kXMin, kXMax}, {kXMin, kXMin + 1}, {kXMax - 1, kXMax}, {-5, 5},
                                          {0, 3},         {-1'000'000'007, 1}};
  for (const auto& [begin, end] : ranges) {
    for (const std::size_t count : {1U, 3U, 7U, 10'000U}) {
      const Grid grid = Grid::of_times(begin, end, count).value();
      std::set<XKey> keys{begin, end - 1, begin / 2 + end / 2};
      for (std::size_t i = 0; i < std::min<std::size_t>(count, 8); ++i) {
        const XKey edge = grid.bucket_begin(i);
        keys.insert({std::max(edge, begin + 1) - 1, edge});
      }
      for (const XKey key : keys) {
        if (key < begin || key >= end) continue;
        const Wide span = static_cast<Wide>(end) - static_cast<Wide>(begin);
        const auto offset = static_cast<Wide>(key) - static_cast<Wide>(begin);
        // offset * count needs 78 bits at most.
        EXPECT_EQ(grid.bucket_of(key), static_cast<std::size_t>(offset * static_cast<Wide>(count) / span)) << key;
      }
      EXPECT_EQ(grid.bucket_of(end), std::nullopt);
      if (begin > kXMin) { EXPECT_EQ(grid.bucket_of(begin - 1), std::nullopt); }
    }
  }
}

TEST(Grid, RefusesWhatHasNoBuckets) {
  EXPECT_EQ(Grid::of_times(5, 5, 10).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Grid::of_times(6, 5, 10).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Grid::of_times(0, 5, 0).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Grid::of_round_steps(5, 5, 10).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Grid::of_numbers(0, kNan, 10).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(Grid::of_numbers(1, 0, 10).error().code, ErrorCode::kInvalidArgument);
}

TEST(Grid, OrdersNumbersAsTheyAre) {
  const double numbers[] = {-std::numeric_limits<double>::infinity(), -1e300, -1, -1e-300, -0.0, 0.0, 1e-300, 1, 1e300,
                            std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i + 1 < std::size(numbers); ++i) {
    EXPECT_LT(number_key(numbers[i]), number_key(numbers[i + 1])) << numbers[i];
  }
  for (const double number : numbers) EXPECT_EQ(number_of(number_key(number)), number);
}

TEST(Grid, CutsTheWidestRangeOfNumbers) {
  constexpr double kMax = std::numeric_limits<double>::max();
  const Grid grid = Grid::of_numbers(-kMax, kMax, 4).value();
  EXPECT_EQ(grid.bucket_of(number_key(-kMax)), 0U);
  EXPECT_EQ(grid.bucket_of(number_key(-kMax / 4)), 1U);
  EXPECT_EQ(grid.bucket_of(number_key(kMax / 4)), 2U);
  EXPECT_EQ(grid.bucket_of(number_key(kMax)), 3U);
  const Grid point = Grid::of_numbers(7, 7, 4).value();
  EXPECT_EQ(point.bucket_of(number_key(7)), 0U);
  EXPECT_EQ(point.bucket_of(number_key(7.5)), std::nullopt);
}

TEST(Grid, RoundStepsBeginAtTheirMultiples) {
  constexpr XKey kSecond = 1'000'000'000;
  const Grid grid = Grid::of_round_steps(7 * kSecond, 3600 * kSecond, 100).value();
  EXPECT_EQ(grid.begin(), 0);  // 36 s a bucket at least: a minute
  EXPECT_EQ(grid.count(), 60U);
  EXPECT_EQ(grid.bucket_begin(1), 60 * kSecond);
  const Grid before_1970 = Grid::of_round_steps(-90 * kSecond, 0, 2).value();
  EXPECT_EQ(before_1970.begin(), -120 * kSecond);
  EXPECT_EQ(before_1970.count(), 2U);
  EXPECT_EQ(Grid::of_round_steps(kXMin, kXMax, 3).value().count(), 3U);
}

}  // namespace
}  // namespace streamflow::analytics
