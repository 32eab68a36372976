#include "query/admission/watchdog.h"

#include <gtest/gtest.h>

#include <vector>

#include "duckdb/main/connection.hpp"
#include "duckdb/main/database.hpp"

namespace streamflow::query {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kFarAway = std::chrono::hours(1);

class WatchdogTest : public testing::Test {
 protected:
  std::shared_ptr<RunningQuery> query(Clock::time_point deadline) {
    return std::make_shared<RunningQuery>(connection_.context, deadline);
  }
  static StopReason wait_for(const RunningQuery& query) {
    while (query.stop_reason() == StopReason::kNone) std::this_thread::yield();
    return query.stop_reason();
  }
  duckdb::DuckDB database_{nullptr};
  duckdb::Connection connection_{database_};
};

TEST_F(WatchdogTest, StopsAtTheDeadlineAndOnlyThat) {
  Watchdog watchdog(0);
  const auto late = query(Clock::now() + kFarAway);
  const auto due = query(Clock::now());
  watchdog.add(late);
  watchdog.add(due);
  EXPECT_EQ(wait_for(*due), StopReason::kTimeout);
  EXPECT_EQ(late->stop_reason(), StopReason::kNone);
  watchdog.remove(due);
  watchdog.remove(late);
}

TEST_F(WatchdogTest, TheFirstReasonStays) {
  const auto running = query(Clock::now() + kFarAway);
  running->stop(StopReason::kCancelled);
  running->stop(StopReason::kTimeout);
  EXPECT_EQ(running->stop_reason(), StopReason::kCancelled);
}

TEST_F(WatchdogTest, StopsTheOldestWhenTheProcessGrows) {
  constexpr std::size_t kBytes = 64U << 20U;
  Watchdog watchdog(kBytes / 2);
  const auto oldest = query(Clock::now() + kFarAway);
  watchdog.add(oldest);
  const std::vector<char> touched(kBytes, 'x');
  EXPECT_EQ(wait_for(*oldest), StopReason::kMemory);
  EXPECT_EQ(touched.back(), 'x');
  watchdog.remove(oldest);
}

}  // namespace
}  // namespace streamflow::query
