// Connection's way to run a handler on another thread while it keeps an eye on the client.
#include <utility>

#include "server/http/connection.h"

namespace streamflow::server {
namespace {

// Most requests are answered within this time and never pay for the watching read.
constexpr std::chrono::milliseconds kUnwatchedTime{20};
constexpr std::size_t kWatchReadBytes = 16U << 10U;
constexpr std::size_t kPipelinedBytesMax = 64U << 10U;  // beyond it the socket is left unread, which slows the client

}  // namespace

// False when the pool would not take the job; `first`: it may refuse because it is full.
net::awaitable<bool> Connection::run_job(Exchange& exchange, std::function<void()> job, bool first) {
  bool done = false;  // on this I/O thread only
  const auto work = [this, &done, job = std::move(job)] {
    job();
    net::post(socket_.get_executor(), [this, &done] {
      done = true;
      wake_.cancel();
    });
  };
  WorkerPool& pool = shared_.pool(exchange.admission.lane);
  const bool taken = first ? pool.submit(work) : pool.resume(work);
  if (!taken) { co_return false; }
  wake_.expires_after(kUnwatchedTime);
  error_code ignored;
  while (!done) {
    co_await wake_.async_wait(net::redirect_error(net::use_awaitable, ignored));
    if (!done && !watching_) { watch(exchange); }
    if (!done) { wake_.expires_at(SteadyTime::max()); }
  }
  if (watching_) { socket_.cancel(ignored); }
  while (watching_) {
    wake_.expires_at(SteadyTime::max());
    co_await wake_.async_wait(net::redirect_error(net::use_awaitable, ignored));
  }
  co_return true;
}

// Reads ahead: the next request of a pipelining client, or the end of the stream, which cancels this one.
void Connection::watch(Exchange& exchange) {
  if (buffer_.size() >= kPipelinedBytesMax || exchange.gone || aborted_) { return; }
  watching_ = true;
  socket_.async_read_some(buffer_.prepare(kWatchReadBytes), [this, &exchange](error_code error, std::size_t count) {
    watching_ = false;
    buffer_.commit(count);
    shared_.statistics.bytes_received += count;
    if (error && error != net::error::operation_aborted) {
      exchange.gone = true;
      exchange.request.cancel->cancel();
    }
    wake_.cancel();
  });
}

}  // namespace streamflow::server
