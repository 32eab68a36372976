// The pure parts: targets, times, idempotency keys, metrics text.
#include <gtest/gtest.h>

#include "server/http/response_text.h"
#include "server/http_types.h"
#include "server/idempotency.h"
#include "server/metrics_text.h"
#include "server/rfc3339.h"

namespace streamflow::server {
namespace {

TEST(Target, SplitsAndDecodes) {
  Request request;
  request.target = "/a%2Fb%20c?x=1&y&z=a%26b+c&&=v";
  ASSERT_TRUE(parse_target(request).has_value());
  EXPECT_EQ(request.path, "/a/b c");
  ASSERT_EQ(request.query.size(), 4U);
  EXPECT_EQ(request.parameter("x"), "1");
  EXPECT_EQ(request.parameter("y"), "");
  EXPECT_EQ(request.parameter("z"), "a&b c");
  EXPECT_EQ(request.parameter("q"), std::nullopt);
  request.target = "http://host:80/p?q=1";
  ASSERT_TRUE(parse_target(request).has_value());
  EXPECT_EQ(request.path, "/p");
  for (const char* bad : {"/%", "/%4", "/%4g", "/a?b=%", "/%00", "/?%00=1"}) {
    request.target = bad;
    EXPECT_FALSE(parse_target(request).has_value()) << bad;
  }
  request.target = "/?";
  for (std::size_t i = 0; i <= kQueryParametersMax; ++i) { request.target += "a&"; }
  EXPECT_FALSE(parse_target(request).has_value());
}

TEST(Rfc3339, RoundTripsAndRefuses) {
  EXPECT_EQ(to_rfc3339(parse_rfc3339("2026-01-31T12:34:56Z").value()), "2026-01-31T12:34:56Z");
  EXPECT_EQ(to_ns(parse_rfc3339("1970-01-01T01:00:00.123456789+01:00").value()), 123'456'789);
  EXPECT_EQ(to_ns(parse_rfc3339("1970-01-01T00:00:00.5Z").value()), 500'000'000);
  EXPECT_EQ(to_rfc3339(timestamp_from_ns(-1)), "1969-12-31T23:59:59Z");
  for (const char* bad :
       {"", "2026", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx", "-026-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-01-01T00:00:00+1:00"}) {
    EXPECT_FALSE(parse_rfc3339(bad).has_value()) << bad;
  }
}

TEST(IdempotencyKey, MapsStreamsAndSingleKeys) {
  const ProjectName project{"acme", "plant"};
  const auto id = [&](std::string_view header) { return producer_of(header, "k", project).value(); };
  EXPECT_EQ(id("gw/1/42"), (storage::Producer{"s|k|acme/plant|gw", 1, 42}));
  EXPECT_EQ(id("a/b/1/42"), (storage::Producer{"s|k|acme/plant|a/b", 1, 42}));
  EXPECT_EQ(id("uuid-1"), (storage::Producer{"o|k|acme/plant|uuid-1", 0, 1}));
  EXPECT_EQ(id("a/b/c"), (storage::Producer{"o|k|acme/plant|a/b/c", 0, 1}));
  EXPECT_EQ(id("/1/2"), (storage::Producer{"o|k|acme/plant|/1/2", 0, 1}));
  EXPECT_EQ(id("/").id, "o|k|acme/plant|/");
  EXPECT_NE(producer_of("x", "k", {"acme", "office"})->id, id("x").id);
  EXPECT_NE(producer_of("x", "other", project)->id, id("x").id);
  const ProjectName longest{std::string(255, 'a'), std::string(255, 'b')};
  EXPECT_EQ(producer_of("x", "k", longest)->id.size(), 71U);
  EXPECT_NE(producer_of("x", "k", longest)->id, producer_of("y", "k", longest)->id);
  for (const std::string& bad :
       {std::string(), std::string(129, 'x'), std::string("a b"), std::string("a\n"), std::string("a/1/0")}) {
    EXPECT_FALSE(producer_of(bad, "k", project).has_value()) << bad;
  }
}

TEST(MetricsText, EscapesLabels) {
  MetricsText text;
  text.family("m", "gauge", "help");
  text.sample(1.5, {{"a", "x\"y\\z\n"}});
  EXPECT_EQ(text.take(), "# HELP m help\n# TYPE m gauge\nm{a=\"x\\\"y\\\\z\\n\"} 1.5\n");
}

TEST(ProcessStatistics, AreThere) {
  const ProcessStatistics process = process_statistics();
  EXPECT_GT(process.resident_bytes, 0U);
  EXPECT_GT(process.open_files, 0U);
  EXPECT_GE(process.threads, 1U);
  EXPECT_GT(process.start_time_seconds, 1e9);
}

TEST(CancelToken, RunsActionsOnceAndAtOnceWhenLate) {
  CancelToken token;
  int calls = 0;
  token.on_cancel([&] { ++calls; });
  EXPECT_FALSE(token.cancelled());
  token.cancel();
  token.cancel();
  EXPECT_EQ(calls, 1);
  token.on_cancel([&] { ++calls; });
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace streamflow::server
