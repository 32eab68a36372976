// Connection's reading half: heads, bodies, and what is left when a connection closes.
#include <algorithm>
#include <utility>

#include "server/http/connection.h"

namespace streamflow::server {
namespace {

constexpr std::size_t kHeadReadBytes = 16U << 10U;
constexpr std::size_t kBodyReadBytes = 128U << 10U;
constexpr std::size_t kIdleBufferBytesMax = 32U << 10U;
constexpr std::uint64_t kLingerBytesMax = 64ULL << 20U;
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kRequestIdLengthMax = 64;

bool sensible_request_id(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == ':';
  };
  return !id.empty() && id.size() <= kRequestIdLengthMax && std::all_of(id.begin(), id.end(), fits);
}

AdapterProblem problem_of(const error_code& error) {
  if (error == http::error::header_limit) { return {431, "the request's head is larger than this server reads"}; }
  if (error == http::error::body_limit) { return {413, "the request's body is larger than this server takes"}; }
  if (error == http::error::bad_version) { return {505, "this server speaks HTTP/1.0 and HTTP/1.1"}; }
  return {400, "the request is not valid HTTP/1.1: " + error.message()};
}

}  // namespace

net::awaitable<std::size_t> Connection::fill(std::size_t bytes) {
  timed_out_ = false;
  const auto space = buffer_.prepare(bytes);
  const std::size_t count = co_await socket_.async_read_some(space, net::redirect_error(net::use_awaitable, error_));
  deadline_.reset();
  buffer_.commit(count);
  shared_.statistics.bytes_received += count;
  co_return count;
}

// Until the first byte of a request; false when there is none to come.
net::awaitable<bool> Connection::wait_for_request() {
  peer_gone_ = false;
  if (buffer_.size() > 0) { co_return true; }
  if (shared_.stopping) { co_return false; }
  if (buffer_.capacity() > kIdleBufferBytesMax) { buffer_.shrink_to_fit(); }
  idle_ = true;
  deadline_ = now() + shared_.options.idle_timeout;
  const std::size_t count = co_await fill(kHeadReadBytes);
  idle_ = false;
  co_return count > 0;
}

// What to say after a read that brought nothing. A client that is gone is told nothing.
Connection::Problem Connection::failed_read(std::string_view what) {
  if (timed_out_) {
    ++shared_.statistics.timeouts;
    return AdapterProblem{408, std::string(what) + " did not arrive in time"};
  }
  peer_gone_ = true;
  return std::nullopt;
}

net::awaitable<Connection::Problem> Connection::read_head(Exchange& exchange) {
  auto& parser = exchange.parser;
  parser.header_limit(shared_.options.header_bytes_max);
  parser.body_limit(boost::none);  // admission sets it
  const SteadyTime deadline = now() + shared_.options.header_timeout;
  while (!parser.is_header_done()) {
    error_code error;
    buffer_.consume(parser.put(buffer_.data(), error));
    if (parser.is_header_done() && !error) { break; }
    if (error != http::error::need_more) { co_return problem_of(error); }
    deadline_ = deadline;
    const std::size_t count = co_await fill(kHeadReadBytes);
    if (count == 0) { co_return failed_read("the request's head"); }
  }
  co_return std::nullopt;
}

// Beast's head as a Request.
Connection::Problem Connection::take_head(Exchange& exchange) {
  auto& parser = exchange.parser;
  const auto& head = parser.get();
  Request& request = exchange.request;
  request.method = head.method_string();
  request.target = head.target();
  request.remote_address = remote_address_;
  request.headers.reserve(16);
  for (const auto& field : head) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  exchange.keep_alive = parser.keep_alive();
  exchange.http_1_0 = head.version() == 10;
  const auto wanted_id = request.header("X-Request-Id").value_or("");
  request.id = sensible_request_id(wanted_id) ? std::string(wanted_id) : shared_.new_request_id();
  if (const Status parsed = parse_target(request); !parsed) { return AdapterProblem{400, parsed.error().message}; }
  for (const auto& header : request.headers) {
    if (!equal_ignoring_case(header.name, "Transfer-Encoding")) { continue; }
    if (parser.chunked() && equal_ignoring_case(header.value, "chunked")) { continue; }
    return AdapterProblem{501, "of the transfer encodings this server reads `chunked` alone"};
  }
  if (const auto expect = request.header("Expect"); expect.has_value()) {
    if (!equal_ignoring_case(*expect, "100-continue")) {
      return AdapterProblem{417, "of expectations this server meets `100-continue` alone"};
    }
    exchange.expects_continue = !exchange.http_1_0 && buffer_.size() == 0;
  }
  return std::nullopt;
}

net::awaitable<Connection::Problem> Connection::read_body(Exchange& exchange) {
  auto& parser = exchange.parser;
  if (parser.is_done()) { co_return std::nullopt; }
  const std::uint64_t limit = exchange.admission.body_bytes_max;
  const auto length = parser.content_length();
  if (length.has_value() && *length > limit) { co_return problem_of(http::error::body_limit); }
  parser.body_limit(limit);
  parser.eager(true);
  if (exchange.expects_continue) {
    const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) { co_return failed_read("a sign of life"); }
    exchange.expects_continue = false;
  }
  const SteadyTime deadline = now() + shared_.options.request_timeout;
  while (!parser.is_done()) {
    error_code error;
    if (buffer_.size() > 0) { buffer_.consume(parser.put(buffer_.data(), error)); }
    if (error && error != http::error::need_more) { co_return problem_of(error); }
    if (!exchange.charge.hold(parser.get().body().size())) {
      co_return AdapterProblem{503, "the bodies of all requests take as much memory as they may: try again later"};
    }
    if (parser.is_done()) { break; }
    if (buffer_.size() > kBodyReadBytes) { co_return AdapterProblem{400, "a chunk's head is too long"}; }
    deadline_ = std::min(deadline, now() + shared_.options.progress_timeout);
    const std::size_t count = co_await fill(kBodyReadBytes);
    if (count == 0) { co_return failed_read("the request's body"); }
  }
  exchange.request.body = std::move(parser.get().body());
  exchange.bytes_in = exchange.request.body.size();
  co_return std::nullopt;
}

// A client that is still sending would lose our answer to a reset: let it finish, within limits.
net::awaitable<void> Connection::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  const SteadyTime deadline = now() + kLingerTime;
  std::uint64_t discarded = 0;
  std::size_t count = 1;
  while (count > 0 && discarded < kLingerBytesMax && now() < deadline && !aborted_ && !shared_.stopping) {
    buffer_.clear();
    deadline_ = deadline;
    count = co_await fill(kBodyReadBytes);
    discarded += count;
  }
}

}  // namespace streamflow::server
