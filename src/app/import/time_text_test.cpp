#include "app/import/time_text.h"

#include <gtest/gtest.h>

namespace streamflow::app {
namespace {

constexpr Timestamp kNow = timestamp_from_ns(1'700'000'000'000'000'000);

TEST(TimeText, ExpiryIsADurationOrADate) {
  EXPECT_EQ(*parse_expiry("90d", kNow), kNow + std::chrono::hours(90 * 24));
  EXPECT_EQ(format_time(*parse_expiry("2027-01-31", kNow)), "2027-01-31T00:00:00Z");
  for (const char* text : {"", "soon", "0s", "2027-02-30", "2027-1-1", "20x7-01-01", "0001-01-01", "100000000h"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_expiry(text, kNow));
  }
}

TEST(TimeText, TimesAreUtc) {
  EXPECT_EQ(format_time(kNow), "2023-11-14T22:13:20Z");
}

}  // namespace
}  // namespace streamflow::app
