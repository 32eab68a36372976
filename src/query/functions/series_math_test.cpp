#include "query/functions/series_math.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

namespace streamflow::query {
namespace {

using Points = SeriesPoints<double>;
using Ordered = std::vector<std::pair<std::int64_t, double>>;

Ordered ordered(Points& points) {
  Ordered result;
  for (const auto& point : points.ordered()) result.emplace_back(point.time, point.value);
  return result;
}

class Owned {
 public:
  Owned() { points_.initialize(); }
  ~Owned() { points_.destroy(); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Points& operator*() { return points_; }

 private:
  Points points_;
};

// Whatever the order of rows and the cut into parts: sorted, and of each time the greatest value.
TEST(SeriesPoints, OrderAsAMapDoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    Owned left;
    Owned right;
    std::map<std::int64_t, double> expected;
    const std::size_t count = random() % 300;
    const bool in_order = random() % 2 == 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto time = in_order ? static_cast<std::int64_t>(i) : static_cast<std::int64_t>(random() % 97) - 48;
      const auto value = static_cast<double>(random() % 10);
      (random() % 3 == 0 ? *right : *left).append({time, value});
      const auto [found, is_new] = expected.emplace(time, value);
      if (!is_new) found->second = std::max(found->second, value);
    }
    (*left).append(*right);
    EXPECT_EQ(ordered(*left), Ordered(expected.begin(), expected.end()));
    EXPECT_EQ(ordered(*left), Ordered(expected.begin(), expected.end()));  // asked again
    (*left).append({1000, 1.0});
    expected[1000] = 1.0;
    EXPECT_EQ(ordered(*left), Ordered(expected.begin(), expected.end()));
  }
}

TEST(SeriesMath, DifferencesOfIntegersAreExact) {
  const SeriesPoint<std::uint64_t> counter[] = {{0, 1}, {1, ~std::uint64_t{0}}, {2, 5}};
  EXPECT_EQ(counter_increase<std::uint64_t>(counter), 18446744073709551614.0 + 5);
  const SeriesPoint<std::int64_t> gauge[] = {{0, 9007199254740993}, {1, 9007199254740994}};
  EXPECT_EQ(last_minus_first<std::int64_t>(gauge), 1.0);
}

TEST(SeriesMath, WorksAtTheEndsOfTime) {
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min() + 2;
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max() - 1;
  const SeriesPoint<double> points[] = {{kFirst, 1}, {0, 3}, {kLast, 2}};
  EXPECT_EQ(extremes(points, 1'000'000).size(), 3U);
  EXPECT_EQ(extremes_and_edges(points, 1).size(), 3U);
  EXPECT_DOUBLE_EQ(*time_weighted_average(points, Interpolation::kPrevious), 2.0);
  EXPECT_EQ(integral({}, Interpolation::kLinear), std::nullopt);
}

// Of each part, first and last, least and greatest are kept; what is kept is of the input, in order.
TEST(SeriesMath, DownsamplingKeepsInputPoints) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 100; ++round) {
    std::vector<SeriesPoint<double>> points;
    std::int64_t time = 0;
    for (std::size_t i = random() % 500; i > 0; --i) {
      time += 1 + static_cast<std::int64_t>(random() % 1000);
      points.push_back({time, static_cast<double>(random() % 50)});
    }
    const std::size_t count = 1 + random() % 60;
    for (const auto& kept :
         {extremes(points, count), extremes_and_edges(points, count), largest_triangles_of(points, count + 2)}) {
      EXPECT_LE(kept.size(), std::max(4 * count, count + 2));
      EXPECT_EQ(kept.empty(), points.empty());
      std::int64_t last = -1;
      for (const auto& point : kept) {
        EXPECT_GT(point.time, last);
        last = point.time;
        EXPECT_TRUE(std::any_of(points.begin(), points.end(), [&](const auto& other) {
          return other.time == point.time && other.value == point.value;
        }));
      }
    }
  }
}

}  // namespace
}  // namespace streamflow::query
