#include "server/http/connection.h"

#include <exception>
#include <utility>

namespace streamflow::server {
namespace {

// An unread body up to this size is read away, so that the connection can be kept.
constexpr std::uint64_t kDiscardBytesMax = 64U << 10U;

}  // namespace

Connection::Connection(tcp::socket socket, HttpShared& shared, bool over_limit)
    : socket_(std::move(socket)), shared_(shared), over_limit_(over_limit), wake_(socket_.get_executor()) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const auto remote = socket_.remote_endpoint(ignored);
  if (!ignored) { remote_address_ = remote.address().to_string(); }
}

net::awaitable<void> Connection::run() {
  const auto keep = shared_from_this();
  Next next = Next::kGoOn;
  while (next == Next::kGoOn && !aborted_) { next = co_await serve_one(); }
  if (linger_ && !aborted_) { co_await linger(); }
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void Connection::check_deadline(SteadyTime now) {
  if (deadline_.has_value() && now >= *deadline_) {
    deadline_.reset();
    timed_out_ = true;
    error_code ignored;
    socket_.cancel(ignored);
  }
}

void Connection::finish_and_close() {
  if (!idle_) { return; }
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::abort() {
  aborted_ = true;
  if (current_ != nullptr) { current_->request.cancel->cancel(); }
  error_code ignored;
  socket_.close(ignored);
}

net::awaitable<Connection::Next> Connection::serve_one() {
  const bool started = co_await wait_for_request();
  if (!started) { co_return Next::kClose; }
  Exchange exchange(shared_);
  exchange.request.started = now();
  current_ = &exchange;
  const Next next = co_await answer(exchange);
  current_ = nullptr;
  co_return next;
}

net::awaitable<Connection::Next> Connection::answer(Exchange& exchange) {
  Problem problem = co_await read_head(exchange);
  if (peer_gone_) { co_return Next::kClose; }
  if (!problem.has_value()) { problem = take_head(exchange); }
  if (!problem.has_value() && over_limit_) {
    problem = AdapterProblem{503, "the server has as many connections as it may have: try again later"};
  }
  if (problem.has_value()) { co_return co_await answer_problem(exchange, std::move(*problem)); }

  exchange.admission = shared_.service.admit(exchange.request);
  if (exchange.admission.refusal.has_value()) {
    co_return co_await answer_unread(exchange, std::move(*exchange.admission.refusal));
  }
  problem = co_await read_body(exchange);
  if (peer_gone_) { co_return Next::kClose; }
  if (problem.has_value()) { co_return co_await answer_problem(exchange, std::move(*problem)); }

  Response response;
  const auto handle = [&] {
    try {
      response = exchange.admission.handle(exchange.request);
    } catch (const std::exception& error) {
      response = shared_.service.refuse(exchange.request, {500, std::string("the request failed: ") + error.what()});
    }
  };
  if (exchange.admission.lane == Lane::kInline) {
    handle();
  } else {
    const bool ran = co_await run_job(exchange, handle, true);
    if (!ran) {
      response = shared_.service.refuse(exchange.request, {503, "too many requests are waiting: try again later"});
    }
  }
  const Next next = co_await send(exchange, response);
  co_return next;
}

net::awaitable<Connection::Next> Connection::answer_problem(Exchange& exchange, AdapterProblem problem) {
  Response response = shared_.service.refuse(exchange.request, problem);
  exchange.keep_alive = false;
  linger_ = true;
  const Next next = co_await send(exchange, response);
  co_return next;
}

net::awaitable<Connection::Next> Connection::answer_unread(Exchange& exchange, Response response) {
  const auto length = exchange.parser.content_length();
  const bool is_short = length.has_value() && *length <= kDiscardBytesMax && !exchange.expects_continue;
  if (!exchange.parser.is_done()) {
    bool discarded = false;
    if (is_short) {
      exchange.admission.body_bytes_max = kDiscardBytesMax;
      const Problem problem = co_await read_body(exchange);
      if (peer_gone_) { co_return Next::kClose; }
      discarded = !problem.has_value();
    }
    if (!discarded) {
      exchange.keep_alive = false;
      linger_ = true;
    }
  }
  const Next next = co_await send(exchange, response);
  co_return next;
}

void Connection::report(Exchange& exchange, int status) {
  RequestOutcome outcome;
  outcome.status = status;
  outcome.bytes_in = exchange.bytes_in;
  outcome.bytes_out = exchange.bytes_out;
  outcome.elapsed = now() - exchange.request.started;
  outcome.client_gone = exchange.gone;
  outcome.failure = exchange.failure;
  if (exchange.gone) { ++shared_.statistics.clients_gone; }
  shared_.service.finished(exchange.request, outcome);
}

}  // namespace streamflow::server
