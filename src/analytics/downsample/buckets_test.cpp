#include "analytics/downsample/buckets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "analytics/downsample/test_rows.h"

namespace streamflow::analytics {
namespace {

__extension__ typedef __int128 Wide;

// What the definition says, row by row over whole buckets.
std::vector<std::pair<XKey, double>> outline_oracle(const Rows& rows, XKey begin, XKey end, std::size_t count,
                                                    bool with_ends) {
  std::map<std::size_t, std::vector<std::pair<XKey, double>>> buckets;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.keys[i] < begin || rows.keys[i] >= end || std::isnan(rows.values[i])) continue;
    const Wide bucket = (static_cast<Wide>(rows.keys[i]) - begin) * static_cast<Wide>(count) /
                        (static_cast<Wide>(end) - static_cast<Wide>(begin));
    buckets[static_cast<std::size_t>(bucket)].emplace_back(rows.keys[i], rows.values[i]);
  }
  std::vector<std::pair<XKey, double>> result;
  for (auto& [bucket, points] : buckets) {
    std::sort(points.begin(), points.end());
    std::set<std::pair<XKey, double>> kept;
    if (with_ends) kept.insert({points.front(), points.back()});
    kept.insert(*std::min_element(points.begin(), points.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
    kept.insert(*std::max_element(points.begin(), points.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; }));
    result.insert(result.end(), kept.begin(), kept.end());
  }
  return result;
}

TEST(Buckets, AgreeWithTheOracleOnRandomRows) {
  Random random(fresh_seed());
  for (int round = 0; round < 300; ++round) {
    const XKey begin = random.between(-1000, 1000);
    const XKey end = begin + random.between(1, 2000);
    const auto count = static_cast<std::size_t>(random.between(1, 50));
    const Rows rows =
        random.rows(static_cast<std::size_t>(random.between(0, 400)), begin - 10, end + 10, round % 2 == 0);
    const Buckets buckets = buckets_of(Grid::of_times(begin, end, count).value(), rows);
    EXPECT_EQ(valued(buckets.outline()), outline_oracle(rows, begin, end, count, true));
    EXPECT_EQ(valued(buckets.extremes()), outline_oracle(rows, begin, end, count, false));
    EXPECT_LE(buckets.outline().size(), outline_count_max(count));
    EXPECT_LE(buckets.extremes().size(), extremes_count_max(count));
  }
}

TEST(Buckets, DoNotDependOnOrderChunksOrMerging) {
  Random random(fresh_seed());
  for (int round = 0; round < 200; ++round) {
    const Rows rows = random.rows(300, 0, 999, true);
    const Grid grid = Grid::of_times(0, 1000, static_cast<std::size_t>(random.between(1, 40))).value();
    const auto expected = plain(buckets_of(grid, rows).outline());

    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random.engine());
    Rows shuffled;
    for (const std::size_t i : order) {
      shuffled.keys.push_back(rows.keys[i]);
      shuffled.values.push_back(rows.values[i]);
    }
    EXPECT_EQ(plain(buckets_of(grid, shuffled).outline()), expected);

    std::vector<Buckets> parts;
    for (std::size_t at = 0; at < rows.size();) {
      const auto end = std::min(rows.size(), at + static_cast<std::size_t>(random.between(1, 60)));
      parts.push_back(buckets_of(grid, (round % 2 == 0 ? rows : shuffled).slice(at, end)));
      at = end;
    }
    std::shuffle(parts.begin(), parts.end(), random.engine());
    Buckets merged;
    for (const Buckets& part : parts) merged.merge(part);
    EXPECT_EQ(plain(merged.outline()), expected);
  }
}

// Between two values of the answer there is a NaN when, and only when, a bucket's edge saw one: after a bucket's last
// value, before its first, or in a bucket without values.
TEST(Buckets, KeepGapsThatBreakTheLine) {
  const Grid grid = Grid::of_times(0, 30, 3).value();
  const struct {
    const char* name;
    Rows rows;
    std::vector<std::pair<XKey, std::string>> expected;
  } cases[] = {
      {"a whole bucket", {{5, 15, 25}, {1, kNan, 3}}, {{5, "1.000000"}, {15, "nan"}, {25, "3.000000"}}},
      {"after the last", {{5, 9, 25}, {1, kNan, 3}}, {{5, "1.000000"}, {9, "nan"}, {25, "3.000000"}}},
      {"before the first", {{5, 21, 25}, {1, kNan, 3}}, {{5, "1.000000"}, {21, "nan"}, {25, "3.000000"}}},
      {"several in a row",
       {{5, 9, 15, 21, 25}, {1, kNan, kNan, kNan, 3}},
       {{5, "1.000000"}, {9, "nan"}, {25, "3.000000"}}},
      {"inside a pixel", {{1, 2, 3}, {1, kNan, 3}}, {{1, "1.000000"}, {3, "3.000000"}}},
      {"nothing else", {{1, 12}, {kNan, kNan}}, {{1, "nan"}}},
  };
  for (const auto& [name, rows, expected] : cases) {
    SCOPED_TRACE(name);
    EXPECT_EQ(plain(buckets_of(grid, rows).outline()), expected);
    EXPECT_EQ(plain(buckets_of(grid, rows).extremes()), expected);
  }
}

TEST(Buckets, TakeEmptyConstantAndSinglePointSeries) {
  const Grid grid = Grid::of_times(0, 100, 10).value();
  EXPECT_TRUE(buckets_of(grid, {}).outline().empty());
  EXPECT_TRUE(buckets_of(grid, {}).candles().empty());
  EXPECT_TRUE(buckets_of(grid, {{200}, {1}}).outline().empty());
  EXPECT_EQ(buckets_of(grid, {{7}, {1}}).outline(), (std::vector<Point>{{7, 1}}));
  EXPECT_EQ(buckets_of(grid, {{1, 2, 3, 4}, {5, 5, 5, 5}}).outline(), (std::vector<Point>{{1, 5}, {4, 5}}));
  EXPECT_EQ(buckets_of(grid, {{1, 2, 3, 4}, {5, 5, 5, 5}}).extremes(), (std::vector<Point>{{1, 5}}));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(buckets_of(grid, {{1, 2, 3}, {0, -infinity, infinity}}).outline(),
            (std::vector<Point>{{1, 0}, {2, -infinity}, {3, infinity}}));
}

TEST(Buckets, MakeCandles) {
  const Grid grid = Grid::of_times(0, 20, 2).value();
  const auto candles = buckets_of(grid, {{9, 1, 4, 2, 15}, {3, 2, 9, kNan, 7}}).candles();
  ASSERT_EQ(candles.size(), 2U);
  EXPECT_EQ(candles[0].open, 2);
  EXPECT_EQ(candles[0].high, 9);
  EXPECT_EQ(candles[0].low, 2);
  EXPECT_EQ(candles[0].close, 3);
  EXPECT_EQ(candles[1].bucket, 1U);
  EXPECT_EQ(candles[1].open, candles[1].close);
}

}  // namespace
}  // namespace streamflow::analytics
