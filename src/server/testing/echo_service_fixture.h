// A service that echoes, waits, streams and bursts: what the adapter's tests stand on.
// Threads:    as HttpService; the gate may be opened from anywhere.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "server/http/http_server.h"
#include "server/testing/test_client.h"

namespace streamflow::server::testing {

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

}  // namespace streamflow::server::testing
