#include "app/host/host_collector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace streamflow::app {
namespace {

TEST(HostCollector, SamplesAgainAndAgainEvenAfterAFailure) {
  std::atomic<int> calls = 0;
  std::promise<void> third;
  std::string lines;
  {
    HostCollector collector(
        [&](const std::string& text, Timestamp) -> Status {
          const int call = ++calls;
          if (call == 1) return Error{ErrorCode::kOverloaded, "full"};
          if (call == 3) {
            lines = text;
            third.set_value();
          }
          return Ok{};
        },
        std::chrono::milliseconds(1));
    third.get_future().wait();
  }
  EXPECT_GE(calls, 3);
  EXPECT_NE(lines.find("host_load,host="), std::string::npos);
}

TEST(HostCollector, StopsAtOnceWhateverTheInterval) {
  HostCollector collector([](const std::string&, Timestamp) -> Status { return Ok{}; }, std::chrono::hours(24));
}

}  // namespace
}  // namespace streamflow::app
