// Limits, time-outs, stopping: when the adapter says no.
#include "server/http/http_server.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "server/testing/echo_service_fixture.h"

namespace streamflow::server {
namespace {

using testing::Answer;
using testing::request_text;
using testing::TestClient;

using HttpLimits = testing::HttpServerTest;

TEST_F(HttpLimits, RefusesConnectionsOverTheLimit) {
  HttpOptions options;
  options.connections_max = 2;
  start(options);
  TestClient first(port()), second(port());
  EXPECT_EQ(first.exchange(request_text("GET", "/echo")).status, 200);
  EXPECT_EQ(second.exchange(request_text("GET", "/echo")).status, 200);
  TestClient third(port());
  EXPECT_EQ(third.exchange(request_text("GET", "/echo")).status, 503);
  EXPECT_TRUE(third.at_end());
  EXPECT_EQ(server_->statistics().connections_refused, 1U);
}

TEST_F(HttpLimits, RefusesRequestsWhenTheQueueIsFull) {
  HttpOptions options;
  options.write_threads = 1;
  options.queue_max = 0;
  start(options);
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).status, 503);
  EXPECT_EQ(client.exchange(request_text("GET", "/inline")).status, 200);
}

TEST_F(HttpLimits, BoundsTheMemoryOfAllBodies) {
  HttpOptions options;
  options.bodies_bytes_max = 100'000;
  start(options);
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("POST", "/echo", std::string(200'000, 'x'))).status, 503);
  TestClient other(port());
  EXPECT_EQ(other.exchange(request_text("POST", "/echo", std::string(90'000, 'x'))).status, 200);
  EXPECT_EQ(other.exchange(request_text("POST", "/echo", std::string(90'000, 'x'))).status, 200);  // given back
}

TEST_F(HttpLimits, ClosesIdleConnections) {
  HttpOptions options;
  options.idle_timeout = std::chrono::milliseconds(1);
  start(options);
  TestClient idle(port());
  EXPECT_TRUE(idle.at_end());
}

TEST_F(HttpLimits, ClosesSlowConnections) {
  HttpOptions options;
  options.header_timeout = options.progress_timeout = std::chrono::milliseconds(1);
  start(options);
  TestClient slow_head(port());
  slow_head.send("GET /echo HTT");
  EXPECT_EQ(slow_head.receive().status, 408);
  TestClient slow_body(port());
  slow_body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(slow_body.receive().status, 408);
}

TEST_F(HttpLimits, StopsAfterRunningRequestsFinish) {
  TestClient client(port()), idle(port());
  EXPECT_EQ(idle.exchange(request_text("GET", "/echo")).status, 200);
  client.send(request_text("GET", "/wait"));
  service_.gate.wait_for_arrival();
  std::thread stopper([&] { server_->stop(); });
  EXPECT_TRUE(idle.at_end());
  service_.gate.open();
  const Answer answer = client.receive();
  EXPECT_EQ(answer.status, 200) << answer.problem;
  EXPECT_EQ(answer.header("Connection"), "close");
  stopper.join();
  TestClient late(server_->port());
  EXPECT_FALSE(late.connected());
}

TEST_F(HttpLimits, StopsByCancellingWhatDoesNotFinish) {
  HttpOptions options;
  options.stop_timeout = std::chrono::milliseconds(1);
  start(options);
  TestClient client(port());
  client.send(request_text("GET", "/wait"));
  service_.gate.wait_for_arrival();
  server_->stop();  // the gate never opens
  EXPECT_EQ(service_.outcome_of("/wait").status, 499);
}

TEST_F(HttpLimits, SaysWhyItCannotListen) {
  HttpOptions options;
  options.port = port();
  const auto taken = HttpServer::start(options, service_);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
  options.host = "not an address";
  const auto wrong = HttpServer::start(options, service_);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(HttpLimits, ServesManyConnectionsAtOnce) {
  HttpOptions options;
  options.io_threads = 2;
  start(options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      TestClient client(port());
      for (int i = 0; i < 100; ++i) {
        const std::string body(static_cast<std::size_t>(t * 1000 + i), 'x');
        const Answer answer = client.exchange(request_text("POST", "/echo", body));
        ASSERT_EQ(answer.body, "POST /echo " + body) << answer.problem;
      }
    });
  }
  for (auto& thread : threads) { thread.join(); }
}

}  // namespace
}  // namespace streamflow::server
