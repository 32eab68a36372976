#include "analytics/time_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>

namespace streamflow::analytics {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;
using ::testing::HasSubstr;

Timestamp day(int y, unsigned m, unsigned d) {
  return Timestamp(sys_days(year(y) / std::chrono::month(m) / std::chrono::day(d)));
}

TEST(TimeGrid, MonthsAreOneStepWhateverTheirLength) {
  std::vector<Timestamp> times;
  for (unsigned month = 1; month <= 12; ++month) {
    if (month != 4) { times.push_back(day(2023, month, 1)); }
  }
  const auto series = to_grid(times, Series(times.size(), 1.0));
  ASSERT_TRUE(series.has_value()) << series.error().message;
  EXPECT_EQ(series->grid.step_months, 1);
  ASSERT_EQ(series->values.size(), 12U);
  EXPECT_TRUE(std::isnan(series->values[3]));
  EXPECT_EQ(series->grid.at(12), day(2024, 1, 1));
  EXPECT_EQ(series->grid.at(13), day(2024, 2, 1));
}

TEST(TimeGrid, MonthEndsStayMonthEnds) {
  const std::vector<Timestamp> times{day(2023, 11, 30), day(2023, 12, 31), day(2024, 1, 31)};
  const auto series = to_grid(times, Series{1, 2, 3});
  ASSERT_TRUE(series.has_value());
  EXPECT_TRUE(series->grid.month_ends);
  EXPECT_EQ(series->grid.at(3), day(2024, 2, 29));
  EXPECT_EQ(series->grid.at(4), day(2024, 3, 31));
}

TEST(TimeGrid, QuartersAndYears) {
  EXPECT_EQ(to_grid(std::vector{day(2023, 1, 1), day(2023, 4, 1), day(2023, 10, 1)}, Series{1, 2, 3})->grid.step_months,
            3);
  const auto yearly = to_grid(std::vector{day(2019, 7, 4), day(2020, 7, 4), day(2021, 7, 4)}, Series{1, 2, 3});
  EXPECT_EQ(yearly->grid.step_months, 12);
  EXPECT_EQ(yearly->grid.at(5), day(2024, 7, 4));
}

TEST(TimeGrid, AnEvenStepIsKeptExactlyWithGaps) {
  const Timestamp first = timestamp_from_ns(1'700'000'000'123'456'789);
  const Duration step = std::chrono::seconds(15);
  const auto series = to_grid(std::vector{first, first + step, first + 2 * step, first + 5 * step}, Series{1, 2, 3, 6});
  ASSERT_TRUE(series.has_value());
  EXPECT_EQ(series->values.size(), 6U);
  EXPECT_EQ(series->values[5], 6);
  EXPECT_TRUE(std::isnan(series->values[3]));
  EXPECT_EQ(series->grid.at(6), first + 6 * step);
}

TEST(TimeGrid, JitterIsRoundedAwayAndDoesNotDrift) {
  std::mt19937_64 random(4);
  std::vector<Timestamp> times;
  for (int i = 0; i < 5000; ++i) {
    times.push_back(timestamp_from_ns(1'000'000'000LL * i + static_cast<std::int64_t>(random() % 100'000'000)));
  }
  const auto series = to_grid(times, Series(times.size(), 1.0));
  ASSERT_TRUE(series.has_value()) << series.error().message;
  EXPECT_EQ(series->values.size(), times.size());
  EXPECT_NEAR(series->grid.step_ns, 1e9, 1e5);
}

TEST(TimeGrid, SaysWhatIsWrongAndWhatToDo) {
  const auto says = [](const std::vector<Timestamp>& times) {
    const auto series = to_grid(times, Series(times.size(), 1.0));
    return series.has_value() ? std::string() : series.error().message;
  };
  EXPECT_THAT(says({}), HasSubstr("at least 2"));
  EXPECT_THAT(says({day(2023, 1, 1)}), HasSubstr("at least 2"));
  EXPECT_THAT(says({day(2023, 1, 2), day(2023, 1, 1)}), HasSubstr("ascend"));
  std::vector<Timestamp> uneven, sparse;
  std::mt19937_64 random(5);
  std::int64_t now = 0;
  for (int i = 0; i < 200; ++i) {
    now += 1'000'000 + static_cast<std::int64_t>(random() % 60'000'000'000);
    uneven.push_back(timestamp_from_ns(now));
    sparse.push_back(timestamp_from_ns(1'000'000'000LL * (i < 150 ? i : i * 100'000)));
  }
  EXPECT_THAT(says(uneven), HasSubstr("SAMPLE BY"));
  EXPECT_THAT(says(sparse), HasSubstr("too many gaps"));
}

TEST(TimeGrid, TimesAtBothEndsOfTimeAreApart) {
  const auto series = to_grid(std::vector{kTimestampMin, kTimestampMax - Duration(5)}, Series{1, 2});
  ASSERT_TRUE(series.has_value());
  EXPECT_EQ(series->values.size(), 2U);
  EXPECT_EQ(series->grid.at(2), kTimestampMax);
}

TEST(TimeGrid, TheFutureEndsAtTheLastStorableTime) {
  const auto years = to_grid(std::vector{day(2020, 1, 1), day(2021, 1, 1), day(2022, 1, 1)}, Series{1, 2, 3});
  EXPECT_EQ(years->grid.at(100'000), kTimestampMax);
  const auto hours =
      to_grid(std::vector{day(2020, 1, 1), day(2020, 1, 2), day(2020, 1, 3), day(2020, 1, 5)}, Series{1, 2, 3, 4});
  EXPECT_EQ(hours->grid.at(1'000'000), kTimestampMax);
}

}  // namespace
}  // namespace streamflow::analytics
