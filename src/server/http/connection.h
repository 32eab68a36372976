// One client's connection: a coroutine on its I/O thread that reads requests and sends answers, one after the other.
// Invariants: while a handler runs, the socket is watched: what a pipelining client sends is kept for the next request,
//             the end of its stream cancels the request. The coroutine outlives every job it gave to a pool.
// Threads:    everything on the connection's I/O thread; handlers on pool threads.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "server/http/asio.h"
#include "server/http/response_text.h"
#include "server/http/shared.h"

namespace streamflow::server {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `over_limit`: one more than connections_max; its first request is answered 503.
  Connection(tcp::socket socket, HttpShared& shared, bool over_limit);

  net::awaitable<void> run();
  void check_deadline(SteadyTime now);
  void finish_and_close();  // at once when idle
  void abort();             // cancels what runs

 private:
  struct Exchange;
  using Problem = std::optional<AdapterProblem>;
  enum class Next { kGoOn, kClose };

  // connection.cpp: the life of a request
  net::awaitable<Next> serve_one();
  net::awaitable<Next> answer(Exchange& exchange);
  net::awaitable<Next> answer_problem(Exchange& exchange, AdapterProblem problem);
  net::awaitable<Next> answer_unread(Exchange& exchange, Response response);
  void report(Exchange& exchange, int status);

  // read.cpp
  net::awaitable<std::size_t> fill(std::size_t bytes);  // 0: error_ says why
  net::awaitable<bool> wait_for_request();
  net::awaitable<Problem> read_head(Exchange& exchange);
  net::awaitable<Problem> read_body(Exchange& exchange);
  Problem take_head(Exchange& exchange);
  Problem failed_read(std::string_view what);
  net::awaitable<void> linger();

  // run_job.cpp: handlers on other threads
  net::awaitable<bool> run_job(Exchange& exchange, std::function<void()> job, bool first);
  void watch(Exchange& exchange);

  // send.cpp
  net::awaitable<Next> send(Exchange& exchange, Response& response);
  net::awaitable<bool> send_pieces(Exchange& exchange, Response& response, bool chunked);
  net::awaitable<bool> write(std::string_view first, std::string_view second = {}, std::string_view third = {});

  static SteadyTime now() { return std::chrono::steady_clock::now(); }

  tcp::socket socket_;
  HttpShared& shared_;
  const bool over_limit_;
  net::steady_timer wake_;  // rung when a job or a watching read has ended
  boost::beast::flat_buffer buffer_;
  std::optional<SteadyTime> deadline_;  // of the read or write under way
  error_code error_;                    // of the last read or write
  Exchange* current_ = nullptr;         // the request being answered
  std::string remote_address_;
  bool timed_out_ = false, idle_ = false, watching_ = false, peer_gone_ = false, aborted_ = false, linger_ = false;
};

// One request while it is served.
struct Connection::Exchange {
  explicit Exchange(HttpShared& shared) : charge(shared) {}

  http::request_parser<http::string_body> parser;
  Request request;
  Admission admission;
  BodyCharge charge;
  std::uint64_t bytes_in = 0, bytes_out = 0;  // of bodies
  std::string failure;
  bool keep_alive = true, http_1_0 = false, expects_continue = false, gone = false;
};

}  // namespace streamflow::server
