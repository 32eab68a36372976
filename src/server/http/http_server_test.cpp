#include "server/http/http_server.h"

#include <gtest/gtest.h>

#include "server/testing/echo_service_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;
using testing::request_text;
using testing::TestClient;

using testing::HttpServerTest;

TEST_F(HttpServerTest, KeepsTheConnection) {
  TestClient client(port());
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.exchange(request_text("POST", "/echo?a=1&b=x%20y+z", "hello"));
    EXPECT_EQ(answer.status, 200) << answer.problem;
    EXPECT_EQ(answer.body, "POST /echo a=1 b=x y z hello");
    EXPECT_EQ(answer.header("X-Request-Id").size(), 16U);
    EXPECT_NE(answer.header("Date"), "");
  }
  EXPECT_EQ(server_->statistics().connections_accepted, 1U);
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += request_text("POST", i % 2 == 0 ? "/echo" : "/inline", "n" + std::to_string(i));
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const Answer answer = client.receive();
    ASSERT_EQ(answer.status, 200) << answer.problem;
    EXPECT_TRUE(answer.body.ends_with(" n" + std::to_string(i))) << answer.body;
  }
}

TEST_F(HttpServerTest, KeepsWhatIsPipelinedWhileAHandlerWaits) {
  TestClient client(port());
  client.send(request_text("GET", "/wait"));
  service_.gate.wait_for_arrival();
  const std::string big(100'000, 'b');  // more than is read ahead
  client.send(request_text("POST", "/echo", big) + request_text("GET", "/echo?last=1"));
  service_.gate.open();
  EXPECT_EQ(client.receive().body, "waited");
  EXPECT_EQ(client.receive().body, "POST /echo " + big);
  EXPECT_EQ(client.receive().body, "GET /echo last=1 ");
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  TestClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("3;extension=1\r\nabc\r\n");
  client.send("2\r\nd");
  client.send("e\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.receive().body, "POST /echo abcde");
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).status, 200);
}

TEST_F(HttpServerTest, ReadsBodiesByteByByte) {
  TestClient client(port());
  for (const char c : request_text("POST", "/echo", "slow")) { client.send(std::string_view(&c, 1)); }
  EXPECT_EQ(client.receive().body, "POST /echo slow");
}

TEST_F(HttpServerTest, RefusesBodiesOverTheLimit) {
  const std::string big((1U << 20U) + 1, 'x');
  {
    TestClient client(port());
    client.send(request_text("POST", "/echo", big));
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, 413) << answer.problem;
    EXPECT_EQ(answer.header("Connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
  TestClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("100001\r\n" + big + "\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);
  // Exactly the limit is taken.
  TestClient other(port());
  EXPECT_EQ(other.exchange(request_text("POST", "/echo", std::string_view(big).substr(1))).status, 200);
}

TEST_F(HttpServerTest, RefusesABodyBeforeItIsSent) {
  TestClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 413);  // not 100
}

TEST_F(HttpServerTest, SaysContinueWhenAsked) {
  TestClient client(port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("ok");
  EXPECT_EQ(client.receive().body, "POST /echo ok");
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: tea\r\n\r\nok");
  EXPECT_EQ(client.receive().status, 417);
}

TEST_F(HttpServerTest, RefusalsKeepTheConnectionOnlyAfterShortBodies) {
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("POST", "/denied", "short")).status, 401);
  const Answer answer = client.exchange(request_text("POST", "/denied", std::string(500'000, 'x')));
  EXPECT_EQ(answer.status, 401) << answer.problem;
  EXPECT_EQ(answer.header("Connection"), "close");
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttp) {
  const std::string head = "GET /echo HTTP/1.1\r\nHost: a\r\n";
  const std::pair<std::string, int> cases[] = {
      {"nonsense\r\n\r\n", 400},
      {"GET /echo HTTP/2.5\r\n\r\n", 505},
      {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {head + "Big: " + std::string(40'000, 'x') + "\r\n\r\n", 431},
      {head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
      {head + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400}};
  for (const auto& [text, status] : cases) {
    SCOPED_TRACE(text.substr(0, 80));
    TestClient client(port());
    client.send(text);
    const Answer answer = client.receive();
    EXPECT_EQ(answer.status, status) << answer.problem << answer.body;
    EXPECT_TRUE(client.at_end());
  }
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  TestClient client(port());
  const Answer answer = client.exchange(request_text("HEAD", "/echo"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), "11");
  EXPECT_EQ(client.exchange(request_text("HEAD", "/stream")).status, 200);
  EXPECT_EQ(client.exchange(request_text("GET", "/nothing")).status, 204);
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).body, "GET /echo ");
}

TEST_F(HttpServerTest, StreamsInChunks) {
  TestClient client(port());
  const Answer answer = client.exchange(request_text("GET", "/stream"));
  EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(answer.body, "first,piece,piece,");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).status, 200);
}

TEST_F(HttpServerTest, ClosesInsteadOfChunksForHttp10) {
  TestClient client(port());
  const Answer answer = client.exchange("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.header("Transfer-Encoding"), "");
  EXPECT_EQ(answer.body, "first,piece,piece,");
  TestClient other(port());
  EXPECT_EQ(other.exchange("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").status, 200);
  EXPECT_EQ(other.exchange("GET /echo HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(other.at_end());
}

TEST_F(HttpServerTest, CutsTheBodyWhenAProducerFails) {
  TestClient client(port());
  const Answer answer = client.exchange(request_text("GET", "/break"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(service_.outcome_of("/break").failure, "disk burst");
}

TEST_F(HttpServerTest, SurvivesAHandlerThatThrows) {
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("GET", "/throw")).status, 500);
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).status, 200);
}

TEST_F(HttpServerTest, CancelsWhenTheClientGoes) {
  TestClient client(port());
  client.send(request_text("GET", "/wait"));
  service_.gate.wait_for_arrival();
  client.close();
  const RequestOutcome outcome = service_.outcome_of("/wait");  // the gate never opens
  EXPECT_TRUE(outcome.client_gone);
  EXPECT_EQ(outcome.status, 499);
}

TEST_F(HttpServerTest, CancelsAStreamWhenTheClientGoes) {
  TestClient client(port());
  client.send(request_text("GET", "/endless"));
  service_.gate.wait_for_arrival();
  client.close();
  EXPECT_TRUE(service_.outcome_of("/endless").client_gone);
}

TEST_F(HttpServerTest, EchoesSensibleRequestIdsOnly) {
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("GET", "/echo", "", "X-Request-Id: abc-1.2\r\n")).header("X-Request-Id"),
            "abc-1.2");
  EXPECT_EQ(client.exchange(request_text("GET", "/echo", "", "X-Request-Id: a b\r\n")).header("X-Request-Id").size(),
            16U);
  const std::string longest(65, 'x');
  EXPECT_NE(
      client.exchange(request_text("GET", "/echo", "", "X-Request-Id: " + longest + "\r\n")).header("X-Request-Id"),
      longest);
}

TEST_F(HttpServerTest, KeepsHeaderValuesOnTheirLine) {
  TestClient client(port());
  const Answer answer = client.exchange(request_text("GET", "/inject"));
  EXPECT_EQ(answer.header("X-Other"), "");
  EXPECT_EQ(answer.header("X-Evil"), "a  X-Other: b");
}

}  // namespace
}  // namespace streamflow::server
