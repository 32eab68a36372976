#include "server/http/http_server.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "server/testing/test_client.h"

namespace streamflow::server {
namespace {

using testing::Answer;
using testing::request_text;
using testing::TestClient;

// A door that handlers wait at until the test opens it, or until their request is cancelled.
class Gate {
 public:
  void open() { set(open_); }
  void arrive() { set(arrived_); }
  void wait_for_arrival() { wait(arrived_); }
  // False when cancelled.
  bool pass(const std::shared_ptr<CancelToken>& cancel) {
    bool cancelled = false;
    cancel->on_cancel([&] { set(cancelled); });
    arrive();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_ || cancelled; });
    return !cancelled;
  }

 private:
  void set(bool& flag) {
    const std::scoped_lock lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  void wait(const bool& flag) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return flag; });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false, arrived_ = false;
};

class EchoService : public HttpService {
 public:
  Admission admit(const Request& head) override {
    Admission admission;
    admission.body_bytes_max = 1U << 20U;
    admission.lane = head.path == "/inline" ? Lane::kInline : Lane::kWrite;
    if (head.path == "/denied") { admission.refusal = text(401, "denied"); }
    admission.handle = [this](Request& request) { return handle(request); };
    return admission;
  }
  Response refuse(const Request&, const AdapterProblem& problem) override {
    return text(problem.status, problem.detail);
  }
  void finished(const Request& request, const RequestOutcome& outcome) override {
    const std::scoped_lock lock(mutex_);
    outcomes_[request.path] = outcome;
    changed_.notify_all();
  }
  RequestOutcome outcome_of(const std::string& path) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return outcomes_.contains(path); });
    return outcomes_[path];
  }

  Gate gate;

 private:
  static Response text(int status, std::string body) {
    return {status, {{"Content-Type", "text/plain"}}, std::move(body), {}};
  }

  Response handle(Request& request) {
    if (request.path == "/wait") { return text(gate.pass(request.cancel) ? 200 : 499, "waited"); }
    if (request.path == "/throw") { throw std::runtime_error("handler burst"); }
    if (request.path == "/nothing") { return {204, {}, "", {}}; }
    if (request.path == "/inject") { return {200, {{"X-Evil", "a\r\nX-Other: b"}}, "", {}}; }
    if (request.path == "/stream" || request.path == "/break") {
      Response response = text(200, "first,");
      response.producer = [left = 3, breaks = request.path == "/break"](std::string& out) mutable -> Result<bool> {
        if (breaks && left == 1) { return Error{ErrorCode::kIo, "disk burst"}; }
        if (left != 2) { out.append("piece,"); }  // one piece is empty
        return --left > 0;
      };
      return response;
    }
    if (request.path == "/endless") {
      Response response = text(200, "");
      response.producer = [this, cancel = request.cancel, started = false](std::string& out) mutable -> Result<bool> {
        if (!std::exchange(started, true)) {
          out = "head";
          return true;
        }
        if (!gate.pass(cancel)) { return Error{ErrorCode::kCancelled, "cancelled"}; }
        return false;
      };
      return response;
    }
    std::string body = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) { body.append(" " + name + "=" + value); }
    return text(200, body + " " + request.body);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, RequestOutcome> outcomes_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  void start(HttpOptions options = {}) { server_ = HttpServer::start(options, service_).value(); }
  std::uint16_t port() {
    if (!server_) { start(); }
    return server_->port();
  }
  EchoService service_;
  std::unique_ptr<HttpServer> server_;
};

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

TEST_F(HttpServerTest, RefusesConnectionsOverTheLimit) {
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

TEST_F(HttpServerTest, RefusesRequestsWhenTheQueueIsFull) {
  HttpOptions options;
  options.write_threads = 1;
  options.queue_max = 0;
  start(options);
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("GET", "/echo")).status, 503);
  EXPECT_EQ(client.exchange(request_text("GET", "/inline")).status, 200);
}

TEST_F(HttpServerTest, BoundsTheMemoryOfAllBodies) {
  HttpOptions options;
  options.bodies_bytes_max = 100'000;
  start(options);
  TestClient client(port());
  EXPECT_EQ(client.exchange(request_text("POST", "/echo", std::string(200'000, 'x'))).status, 503);
  TestClient other(port());
  EXPECT_EQ(other.exchange(request_text("POST", "/echo", std::string(90'000, 'x'))).status, 200);
  EXPECT_EQ(other.exchange(request_text("POST", "/echo", std::string(90'000, 'x'))).status, 200);  // given back
}

TEST_F(HttpServerTest, ClosesIdleConnections) {
  HttpOptions options;
  options.idle_timeout = std::chrono::milliseconds(1);
  start(options);
  TestClient idle(port());
  EXPECT_TRUE(idle.at_end());
}

TEST_F(HttpServerTest, ClosesSlowConnections) {
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

TEST_F(HttpServerTest, StopsAfterRunningRequestsFinish) {
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

TEST_F(HttpServerTest, StopsByCancellingWhatDoesNotFinish) {
  HttpOptions options;
  options.stop_timeout = std::chrono::milliseconds(1);
  start(options);
  TestClient client(port());
  client.send(request_text("GET", "/wait"));
  service_.gate.wait_for_arrival();
  server_->stop();  // the gate never opens
  EXPECT_EQ(service_.outcome_of("/wait").status, 499);
}

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
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

TEST_F(HttpServerTest, ServesManyConnectionsAtOnce) {
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
