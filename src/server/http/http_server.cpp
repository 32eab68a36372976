#include "server/http/http_server.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/http/connection.h"

namespace streamflow::server {
namespace {

constexpr std::chrono::milliseconds kTick{200};       // the coarseness of every time-out
constexpr std::uint64_t kRefusedConnectionsMax = 64;  // over the limit, while they are told so

// One thread, its event loop and its connections.
class IoThread {
 public:
  IoThread(HttpShared& shared, std::function<void()> connection_closed)
      : shared_(shared), connection_closed_(std::move(connection_closed)), ticker_(context_) {
    tick();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~IoThread() { stop(); }
  void stop() {
    context_.stop();
    if (thread_.joinable()) { thread_.join(); }
  }

  net::io_context& context() { return context_; }

  void adopt(tcp::socket socket, bool over_limit) {
    net::post(context_, [this, over_limit, moved = std::make_shared<tcp::socket>(std::move(socket))] {
      auto connection = std::make_shared<Connection>(std::move(*moved), shared_, over_limit);
      connections_.insert(connection.get());
      if (shared_.stopping) { connection->abort(); }
      net::co_spawn(context_, connection->run(), [this, connection](const std::exception_ptr& failure) {
        connections_.erase(connection.get());
        if (failure) { spdlog::error("a connection ended by an exception"); }
        connection_closed_();
      });
    });
  }

  void each_connection(void (Connection::*action)()) {
    net::post(context_, [this, action] {
      for (Connection* connection : connections_) { (connection->*action)(); }
    });
  }

 private:
  void tick() {
    ticker_.expires_after(kTick);
    ticker_.async_wait([this](error_code error) {
      if (error) { return; }
      const SteadyTime now = std::chrono::steady_clock::now();
      for (Connection* connection : connections_) { connection->check_deadline(now); }
      tick();
    });
  }

  HttpShared& shared_;
  const std::function<void()> connection_closed_;
  net::io_context context_{1};
  net::steady_timer ticker_;
  std::unordered_set<Connection*> connections_;  // on the thread only
  std::thread thread_;
};

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

std::string HttpShared::new_request_id() {
  // SplitMix64's output function over a counter: a bijection, so ids never repeat (Steele, Lea, Flood 2014).
  std::uint64_t z = id_seed + 0x9e3779b97f4a7c15ULL * ++id_next;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return fmt::format("{:016x}", z ^ (z >> 31U));
}

struct HttpServer::State {
  State(HttpOptions options, HttpService& service) : shared(std::move(options), service, random_seed()) {}

  Status listen();
  net::awaitable<void> accept();
  void hand_over(tcp::socket socket);
  void connection_closed();
  void stop();

  HttpShared shared;
  std::mutex mutex;
  std::condition_variable closed;
  bool accepting = false;  // guarded by mutex
  bool stopped = false;    // by the owner's thread
  std::vector<std::unique_ptr<IoThread>> io;
  std::size_t io_next = 0;  // on the first I/O thread
  std::optional<tcp::acceptor> acceptor;
  std::uint16_t port = 0;
};

Status HttpServer::State::listen() {
  const std::string where = shared.options.host + ":" + std::to_string(shared.options.port);
  const std::string host = shared.options.host == "localhost" ? "127.0.0.1" : shared.options.host;
  error_code error;
  const auto address = net::ip::make_address(host, error);
  if (error) {
    return Error{ErrorCode::kInvalidArgument,
                 "cannot listen on " + where + ": give the host as an address (127.0.0.1, ::1, 0.0.0.0) or localhost"};
  }
  const tcp::endpoint endpoint(address, shared.options.port);
  acceptor.emplace(io.front()->context());
  acceptor->open(endpoint.protocol(), error);
  if (!error) { acceptor->set_option(tcp::acceptor::reuse_address(true), error); }
  if (!error) { acceptor->bind(endpoint, error); }
  if (!error) { acceptor->listen(net::socket_base::max_listen_connections, error); }
  if (error) { return Error{ErrorCode::kUnavailable, "cannot listen on " + where + ": " + error.message()}; }
  port = acceptor->local_endpoint(error).port();
  accepting = true;
  net::co_spawn(io.front()->context(), accept(), [this](const std::exception_ptr&) {
    const std::scoped_lock lock(mutex);
    accepting = false;
    closed.notify_all();
  });
  return Ok{};
}

net::awaitable<void> HttpServer::State::accept() {
  net::steady_timer pause(io.front()->context());
  while (!shared.stopping) {
    error_code error;
    // The socket belongs to the thread that will serve it.
    IoThread& target = *io[io_next++ % io.size()];
    tcp::socket socket(target.context());
    co_await acceptor->async_accept(socket, net::redirect_error(net::use_awaitable, error));
    if (error == net::error::operation_aborted || error == net::error::bad_descriptor) { break; }
    if (error) {  // no file descriptors, say: they come back when connections close
      spdlog::warn("accepting a connection: {}", error.message());
      pause.expires_after(kTick);
      co_await pause.async_wait(net::redirect_error(net::use_awaitable, error));
      continue;
    }
    ++shared.statistics.connections_accepted;
    const std::uint64_t open = ++shared.statistics.connections_open;
    const bool over_limit = open > shared.options.connections_max;
    if (over_limit) { ++shared.statistics.connections_refused; }
    if (open > shared.options.connections_max + kRefusedConnectionsMax) {
      --shared.statistics.connections_open;
      socket.close(error);
      continue;
    }
    target.adopt(std::move(socket), over_limit);
  }
  error_code ignored;
  acceptor->close(ignored);
}

void HttpServer::State::connection_closed() {
  const std::scoped_lock lock(mutex);
  --shared.statistics.connections_open;
  closed.notify_all();
}

void HttpServer::State::stop() {
  if (std::exchange(stopped, true)) { return; }
  shared.stopping = true;
  if (acceptor.has_value()) {
    net::post(io.front()->context(), [this] {
      error_code ignored;
      acceptor->close(ignored);
    });
  }
  for (const auto& thread : io) { thread->each_connection(&Connection::finish_and_close); }
  const auto quiet = [this] { return !accepting && shared.statistics.connections_open == 0; };
  std::unique_lock lock(mutex);
  if (!closed.wait_for(lock, shared.options.stop_timeout, quiet)) {
    lock.unlock();
    for (const auto& thread : io) { thread->each_connection(&Connection::abort); }
    lock.lock();
    closed.wait(lock, quiet);
  }
  lock.unlock();
  shared.write_pool.stop();
  shared.read_pool.stop();
  for (const auto& thread : io) { thread->stop(); }
  acceptor.reset();
  io.clear();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, HttpService& service) {
  auto state = std::make_unique<State>(std::move(options), service);
  for (std::uint32_t i = 0; i < std::max(1U, state->shared.options.io_threads); ++i) {
    state->io.push_back(std::make_unique<IoThread>(state->shared, [raw = state.get()] { raw->connection_closed(); }));
  }
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(state)));
  SF_CHECK(server->state_->listen());
  return server;
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() {
  stop();
}
std::uint16_t HttpServer::port() const {
  return state_->port;
}
const HttpStatistics& HttpServer::statistics() const {
  return state_->shared.statistics;
}
void HttpServer::stop() {
  state_->stop();
}

}  // namespace streamflow::server
