#include "analytics/downsample/lttb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "analytics/downsample/test_rows.h"

namespace streamflow::analytics {
namespace {

bool is_subsequence(const std::vector<std::pair<XKey, double>>& part, const std::vector<std::pair<XKey, double>>& all) {
  auto at = all.begin();
  for (const auto& point : part) {
    at = std::find(at, all.end(), point);
    if (at == all.end()) return false;
    ++at;
  }
  return true;
}

TEST(LargestTriangles, ChooseInputPointsAndKeepTheEnds) {
  Random random(fresh_seed());
  for (int round = 0; round < 200; ++round) {
    Rows rows = random.rows(static_cast<std::size_t>(random.between(1, 300)), -1000, 1000, true);
    std::vector<Point> line;
    for (std::size_t i = 0; i < rows.size(); ++i) line.push_back({rows.keys[i], rows.values[i]});
    const auto count = static_cast<std::size_t>(random.between(3, 60));
    const auto chosen = largest_triangles(line, round % 2 == 0 ? XKind::kTime : XKind::kNumber, count);
    const auto all = valued(line);
    const auto kept = valued(chosen);
    EXPECT_EQ(kept.size(), std::min(count, all.size()));
    EXPECT_TRUE(is_subsequence(kept, all));
    if (!all.empty()) {
      EXPECT_EQ(kept.front(), all.front());
      EXPECT_EQ(kept.back(), all.back());
    }
  }
}

// Section 4.2, read literally.
TEST(LargestTriangles, AgreeWithTheDefinition) {
  Random random(fresh_seed());
  std::vector<Point> line;
  for (XKey x = 0; x < 102; ++x) line.push_back({x, static_cast<double>(random.between(-50, 50))});
  const auto chosen = largest_triangles(line, XKind::kTime, 12);  // 10 inner buckets of 10 points
  ASSERT_EQ(chosen.size(), 12U);
  Point previous = line.front();
  for (std::size_t bucket = 0; bucket < 10; ++bucket) {
    double mean_x = 0, mean_y = 0;
    const std::size_t next = 1 + (bucket + 1) * 10;
    const std::size_t next_count = bucket < 9 ? 10 : 1;
    for (std::size_t i = next; i < next + next_count; ++i) {
      mean_x += static_cast<double>(line[i].x) / static_cast<double>(next_count);
      mean_y += line[i].y / static_cast<double>(next_count);
    }
    const auto area = [&](const Point& point) {
      const double ax = static_cast<double>(previous.x), bx = static_cast<double>(point.x);
      return std::abs(ax * (point.y - mean_y) + bx * (mean_y - previous.y) + mean_x * (previous.y - point.y)) / 2;
    };
    double best = 0;
    for (std::size_t i = 1 + bucket * 10; i < next; ++i) best = std::max(best, area(line[i]));
    EXPECT_NEAR(area(chosen[bucket + 1]), best, 1e-6);
    EXPECT_EQ(static_cast<std::size_t>(chosen[bucket + 1].x - 1) / 10, bucket);
    previous = chosen[bucket + 1];
  }
}

TEST(LargestTriangles, TakeFewPointsAndGaps) {
  EXPECT_TRUE(largest_triangles({}, XKind::kTime, 10).empty());
  const std::vector<Point> line{{1, 1}, {2, kNan}, {3, 3}, {4, 4}, {5, kNan}, {6, kNan}, {7, 9}};
  EXPECT_EQ(largest_triangles(line, XKind::kTime, 4).size(), line.size());  // 4 values: all of it
  EXPECT_EQ(plain(largest_triangles(line, XKind::kTime, 2)),
            (std::vector<std::pair<XKey, std::string>>{{1, "1.000000"}, {2, "nan"}, {7, "9.000000"}}));
  EXPECT_EQ(valued(largest_triangles(line, XKind::kTime, 1)).size(), 1U);
}

}  // namespace
}  // namespace streamflow::analytics
