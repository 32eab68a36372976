#include "app/client/http_client.h"

#include <gtest/gtest.h>

#include "app/client/scripted_server.h"

namespace streamflow::app {
namespace {

TEST(HttpClient, PostsTheBodyAndReadsStatusHeadersAndBody) {
  ScriptedServer server({ScriptedServer::reply("201 Created", "stored", "X-Thing:  yes \r\n")});
  HttpClient client;
  HttpRequest request;
  request.method = "POST";
  request.url = server.url() + "/a?b=c";
  request.headers = {{"Idempotency-Key", "k/1/2"}};
  request.body = "hello";
  auto answer = client.send(request);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, "stored");
  EXPECT_EQ(answer->header("x-thing"), "yes");
  EXPECT_EQ(answer->header("x-other"), std::nullopt);
  const std::string seen = server.requests().at(0);
  EXPECT_TRUE(seen.starts_with("POST /a?b=c HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Idempotency-Key: k/1/2\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("\r\n\r\nhello"));
}

TEST(HttpClient, PostsAnEmptyBody) {
  ScriptedServer server({ScriptedServer::reply("204 No Content", "")});
  HttpRequest request;
  request.method = "POST";
  request.url = server.url();
  auto answer = HttpClient().send(request);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 204);
  EXPECT_NE(server.requests().at(0).find("Content-Length: 0\r\n"), std::string::npos);
}

TEST(HttpClient, StreamsSuccessButCollectsErrors) {
  ScriptedServer server({ScriptedServer::reply("200 OK", "rows"), ScriptedServer::reply("400 Bad Request", "why")});
  HttpClient client;
  std::string streamed;
  HttpRequest request;
  request.url = server.url();
  request.sink = [&](std::string_view piece) {
    streamed += piece;
    return true;
  };
  auto good = client.send(request);
  ASSERT_TRUE(good);
  EXPECT_EQ(streamed, "rows");
  EXPECT_EQ(good->body, "");
  auto bad = client.send(request);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->status, 400);
  EXPECT_EQ(bad->body, "why");
  EXPECT_EQ(streamed, "rows");
}

TEST(HttpClient, NamesEachWayToFail) {
  HttpClient client;
  HttpRequest request;
  request.url = "ftp://localhost/";
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kInvalidArgument);
  {
    ScriptedServer closed({});
    request.url = closed.url();
  }
  auto refused = client.send(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find(request.url), std::string::npos) << refused.error().message;

  ScriptedServer cut({"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"});
  request.url = cut.url();
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kUnavailable);
}

TEST(HttpClient, StopsAtTheLimitAndWhenAsked) {
  ScriptedServer server({ScriptedServer::reply("200 OK", "0123456789"), ScriptedServer::reply("200 OK", "x"),
                         ScriptedServer::reply("200 OK", "x")});
  HttpClient client;
  HttpRequest request;
  request.url = server.url();
  request.response_bytes_max = 9;
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kTooLarge);
  request.sink = [](std::string_view) { return false; };
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kCancelled);
  request.sink = nullptr;
  request.cancelled = [] { return true; };
  EXPECT_EQ(client.send(request).error().code, ErrorCode::kCancelled);
}

TEST(UrlEncode, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(url_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(url_encode("a b/ü"), "a%20b%2F%C3%BC");
}

}  // namespace
}  // namespace streamflow::app
