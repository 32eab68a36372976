// Connection's writing half: heads, bodies, chunks.
#include <algorithm>
#include <array>
#include <utility>

#include "server/http/connection.h"

namespace streamflow::server {
namespace {

constexpr std::size_t kWriteBytes = 256U << 10U;  // each must get through within progress_timeout

}  // namespace

// All of it, or false: the connection is broken then.
net::awaitable<bool> Connection::write(std::string_view first, std::string_view second, std::string_view third) {
  const std::array<net::const_buffer, 3> buffers = {net::buffer(first), net::buffer(second), net::buffer(third)};
  timed_out_ = false;
  deadline_ = now() + shared_.options.progress_timeout;
  const std::size_t count =
      co_await net::async_write(socket_, buffers, net::redirect_error(net::use_awaitable, error_));
  deadline_.reset();
  shared_.statistics.bytes_sent += count;
  if (timed_out_) { ++shared_.statistics.timeouts; }
  co_return !error_;
}

net::awaitable<Connection::Next> Connection::send(Exchange& exchange, Response& response) {
  const bool head_only = exchange.request.method == "HEAD" || status_has_no_body(response.status);
  const bool streams = static_cast<bool>(response.producer) && !head_only;
  ResponseFraming framing;
  framing.request_id = exchange.request.id;
  framing.http_1_0 = exchange.http_1_0;
  framing.chunked = streams && !exchange.http_1_0;
  if (!response.producer && !status_has_no_body(response.status)) { framing.content_length = response.body.size(); }
  const bool ends_by_closing = streams && exchange.http_1_0;
  framing.keep_alive = exchange.keep_alive && !shared_.stopping && !ends_by_closing;

  const std::string head = response_head(response, framing);
  bool sent = false;
  if (head_only) {
    sent = co_await write(head);
  } else if (streams) {
    sent = co_await write(head);
    if (sent) { sent = co_await send_pieces(exchange, response, framing.chunked); }
  } else {
    const std::string_view body = response.body;
    sent = co_await write(head, body.substr(0, kWriteBytes));
    for (std::size_t at = kWriteBytes; sent && at < body.size(); at += kWriteBytes) {
      sent = co_await write(body.substr(at, kWriteBytes));
    }
    exchange.bytes_out = sent ? body.size() : 0;
  }
  if (!sent && exchange.failure.empty()) {
    exchange.gone = true;
    exchange.request.cancel->cancel();
  }
  report(exchange, response.status);
  co_return sent&& framing.keep_alive && !exchange.gone ? Next::kGoOn : Next::kClose;
}

// False when the client is gone or the producer failed: the body then lacks its last chunk, on purpose.
net::awaitable<bool> Connection::send_pieces(Exchange& exchange, Response& response, bool chunked) {
  std::string piece = std::move(response.body);
  bool more = true;
  while (more || !piece.empty()) {
    if (!piece.empty()) {
      const std::string head = chunked ? chunk_head(piece.size()) : std::string();
      const bool sent = co_await write(head, piece, chunked ? "\r\n" : "");
      if (!sent) { co_return false; }
      exchange.bytes_out += piece.size();
      piece.clear();
    }
    if (!more) { break; }
    if (exchange.gone) { co_return false; }
    Result<bool> produced = false;
    const bool ran = co_await run_job(
        exchange, [&] { produced = response.producer(piece); }, false);
    if (!ran || !produced.has_value()) {
      exchange.failure = ran ? produced.error().message : "the server is stopping";
      co_return false;
    }
    more = *produced;
  }
  const bool ended = !chunked || co_await write("0\r\n\r\n");
  co_return ended;
}

}  // namespace streamflow::server
