#include "app/client/api_client.h"

#include <gtest/gtest.h>

#include "app/client/scripted_server.h"

namespace streamflow::app {
namespace {

TEST(ApiClient, SendsTheQueryAsJsonWithTheToken) {
  ScriptedServer server({ScriptedServer::reply("200 OK", "{}")});
  ApiClient client({server.url() + "/", "sfk_x"});
  ASSERT_TRUE(client.query("SELECT \"a\"\n", "application/json"));
  const std::string seen = server.requests().at(0);
  EXPECT_TRUE(seen.starts_with("POST /api/v1/sql HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Authorization: Bearer sfk_x\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with(R"({"query":"SELECT \"a\"\n"})")) << seen;
}

TEST(ApiClient, ErrorsCarryMessageAndPosition) {
  ScriptedServer server({ScriptedServer::reply(
      "400 Bad Request",
      R"({"type":"x","title":"Invalid query","status":400,"detail":"no table cpus","errors":[{"detail":"unknown","line":2,"column":6}]})")});
  ApiClient client({server.url(), ""});
  const auto answer = client.query("SELECT *\nFROM cpus", "application/json");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.problem.exit_code, ExitCode::kFailed);
  EXPECT_EQ(answer.problem.text(), "Invalid query: no table cpus");
  EXPECT_EQ(answer.problem.position, 14U);
  EXPECT_EQ(answer.problem.errors, std::vector<std::string>{"unknown"});
  EXPECT_FALSE(answer.problem.may_retry());
}

TEST(ApiClient, ExitCodesTellAuthenticationFromConnection) {
  ScriptedServer server({ScriptedServer::reply("401 Unauthorized", "{}")});
  EXPECT_EQ(ApiClient({server.url(), ""}).query("x", "a/b").problem.exit_code, ExitCode::kUnauthorized);
  std::string gone;
  {
    ScriptedServer closed({});
    gone = closed.url();
  }
  const auto refused = ApiClient({gone, ""}).query("x", "a/b");
  EXPECT_EQ(refused.problem.exit_code, ExitCode::kConnection);
  EXPECT_TRUE(refused.problem.may_retry());
  EXPECT_EQ(ApiClient({"nonsense://x", ""}).query("x", "a/b").problem.exit_code, ExitCode::kUsage);
}

TEST(ApiClient, OverloadMayBeRetriedAfterTheGivenTime) {
  ScriptedServer server({ScriptedServer::reply("429 Too Many Requests", "no json", "Retry-After: 7\r\n")});
  const auto answer = ApiClient({server.url(), ""}).write("m f=1 1", "&duplicates=keep", "k/1/1");
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.problem.may_retry());
  EXPECT_EQ(answer.problem.retry_after_s, 7);
  const std::string seen = server.requests().at(0);
  EXPECT_TRUE(seen.starts_with("POST /api/v1/write?precision=ns&duplicates=keep HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Idempotency-Key: k/1/1\r\n"), std::string::npos);
}

TEST(WriteAnswer, ReadsCountsAndReasons) {
  auto answer =
      parse_write_answer(R"({"rows":5,"duplicate":true,"rejected":[{"line":3,"reason":"bad"},{"reason":"worse"}]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rows, 5U);
  EXPECT_TRUE(answer->duplicate);
  EXPECT_EQ(answer->rejected, 2U);
  ASSERT_EQ(answer->lines.size(), 2U);
  EXPECT_EQ(answer->lines[0].line, 3U);
  EXPECT_EQ(answer->lines[0].reason, "bad");
  EXPECT_EQ(answer->lines[1].line, 0U);
  EXPECT_EQ(answer->lines[1].reason, "worse");
  EXPECT_EQ(parse_write_answer(R"({"rows":1,"rejected":4})")->rejected, 4U);
  EXPECT_TRUE(parse_write_answer(""));
  EXPECT_FALSE(parse_write_answer("[]"));
  EXPECT_FALSE(parse_write_answer("{"));
}

}  // namespace
}  // namespace streamflow::app
