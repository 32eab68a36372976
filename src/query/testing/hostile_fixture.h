// A service with little memory and little time, for tests of statements that must be refused or stopped.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "query/testing/query_fixture.h"

namespace streamflow::query {

class HostileFixture : public testing::Test {
 protected:
  static QueryServiceOptions options() { return {.threads = 2, .memory_bytes_max = 256ULL << 20U}; }
  HostileFixture() {
    fill_cpu(*harness_.project);
    harness_.limits.timeout = std::chrono::milliseconds(1500);
    EXPECT_EQ(harness_.rows("SELECT count(*) FROM cpu"), "6");
  }
  void still_answers() {
    ASSERT_EQ(harness_.rows("SELECT host, count(*) FROM cpu WHERE host = 'a' GROUP BY host"), "a,2");
  }
  QueryHarness harness_{options()};
};

}  // namespace streamflow::query
