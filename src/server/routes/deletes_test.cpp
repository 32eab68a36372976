// The delete routes over a real socket, and InfluxDB's predicate.
#include <gtest/gtest.h>

#include "server/influx_predicate.h"
#include "server/testing/gateway_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;

using Deletes = testing::GatewayTest;

TEST_F(Deletes, OwnFormNamesTableTimesAndTags) {
  const Answer answer =
      post("/api/v1/delete?project=plant", R"({"table":"cpu","start":"1970-01-01T00:00:01Z","stop":5000000000,)"
                                           R"("tags":{"host":["a",null],"room":"b"}})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(nlohmann::json::parse(answer.body)["position"], "0=3");
  ASSERT_EQ(deletions_.size(), 1U);
  EXPECT_EQ(deletions_[0], (storage::Deletion{"cpu",
                                              {timestamp_from_ns(1'000'000'000), timestamp_from_ns(5'000'000'000)},
                                              {{"host", {"a", ""}}, {"room", {"b"}}}}));
  ASSERT_EQ(post("/api/v1/delete", R"({"table":"cpu"})").status, 200);
  EXPECT_EQ(deletions_[1], (storage::Deletion{"cpu", {}, {}}));
  const auto list = nlohmann::json::parse(get("/api/v1/deletes").body)["deletes"];
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0]["start"], "1970-01-01T00:00:01Z");
  EXPECT_EQ(list[0]["tags"]["host"], (nlohmann::json{"a", ""}));
  EXPECT_TRUE(list[1]["start"].is_null() && list[1]["erased"].is_null());
}

TEST_F(Deletes, RefusesWhatItDoesNotUnderstand) {
  for (const char* body :
       {"", "[]", R"({"table":5})", R"({"table":"cpu","end":1})", R"({"table":"cpu","stop":true})",
        R"({"table":"cpu","start":"yesterday"})", R"({"table":"cpu","tags":["host"]})",
        R"({"table":"cpu","tags":{"host":5}})", R"({"table":"cpu","start":9223372036854775808})",
        R"({"table":"cpu","stop":18446744073709551615})", R"({"table":"cpu","tags":{"host":"a"},"tags":{}})",
        R"({"table":"cpu","tags":{"host":"a","host":"b"}})"}) {
    EXPECT_EQ(post("/api/v1/delete", body).status, 400) << body;
  }
  for (const char* body : {"", "{}", R"({"start":"1970-01-01T00:00:00Z"})",
                           R"({"start":"1970-01-01T00:00:00Z","stop":"1980-01-01T00:00:00Z","predicate":"host"})",
                           R"({"start":"1970-01-01T00:00:00Z","stop":"1980-01-01T00:00:00Z","predicate":7})"}) {
    EXPECT_EQ(post("/api/v2/delete", body).status, 400) << body;
  }
  EXPECT_TRUE(deletions_.empty());
}

TEST_F(Deletes, InfluxFormGoesToTheTablesThatThePredicateFits) {
  const std::string times = R"({"start":"1970-01-01T00:00:00Z","stop":"1970-01-01T00:00:05Z")";
  const TimeRange range{timestamp_from_ns(0), timestamp_from_ns(5'000'000'000)};
  EXPECT_EQ(post("/api/v2/delete?bucket=plant", times + "}").status, 204);
  EXPECT_EQ(deletions_, (std::vector<storage::Deletion>{{"cpu", range, {}}, {"mem", range, {}}}));
  deletions_.clear();
  EXPECT_EQ(post("/influx/api/v2/delete", times + R"(,"predicate":"host=\"a\""})").status, 204);
  EXPECT_EQ(deletions_, (std::vector<storage::Deletion>{{"cpu", range, {{"host", {"a"}}}}})) << "mem has no such tag";
  deletions_.clear();
  EXPECT_EQ(post("/api/v2/delete", times + R"(,"predicate":"_measurement=\"mem\""})").status, 204);
  EXPECT_EQ(deletions_, (std::vector<storage::Deletion>{{"mem", range, {}}}));
}

TEST(InfluxPredicate, ReadsEqualityAndAnd) {
  using Terms = std::vector<storage::TagTerm>;
  const struct {
    const char* text;
    Terms terms;
  } good[] = {{"", {}},
              {"  ", {}},
              {R"(host="a")", {{"host", {"a"}}}},
              {R"( "my host" = "a \"b\"" and room=c)", {{"my host", {"a \"b\""}}, {"room", {"c"}}}},
              {R"(_measurement='cpu' AND host="")", {{"_measurement", {"cpu"}}, {"host", {""}}}}};
  for (const auto& [text, terms] : good) {
    const auto parsed = parse_influx_predicate(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, terms) << text;
  }
  for (const char* bad : {"host", "host=", "=a", "host!=a", "host=a OR room=b", "host=a room=b", "host=a AND",
                          "host=\"a", "_field=\"x\"", "host==a", "host=~/a/ AND", "host=\"a\"AND"}) {
    EXPECT_FALSE(parse_influx_predicate(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace streamflow::server
