// HTTP as routes see it: a Request that was read whole, a Response to send, and what the adapter asks of its service.
// No Beast or Asio here, so that routes compile fast and are tested without a socket.
// Source:     RFC 9110 (semantics), RFC 3986 (targets).
// Threads:    values; CancelToken is safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace streamflow::server {

// Set once, when nobody waits for the answer any more: the client is gone, or the server stops.
class CancelToken {
 public:
  // Runs `action` when cancelled; at once when that has happened. Actions are short and may run on any thread.
  void on_cancel(std::function<void()> action);
  void cancel();
  bool cancelled() const;

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;                      // guarded by mutex_
  std::vector<std::function<void()>> actions_;  // guarded by mutex_
};

struct Header {
  std::string name, value;
};
struct QueryParameter {
  std::string name, value;
};

struct Request {
  std::string method;                 // as sent: "GET"
  std::string target;                 // as sent: "/a%20b?c=d"
  std::string path;                   // decoded, without the query: "/a b"
  std::vector<QueryParameter> query;  // decoded, in order
  std::vector<Header> headers;        // in order
  std::string body;                   // chunking removed, content encoding not
  std::string remote_address;
  std::string id;  // unique; the caller's X-Request-Id when it is a sensible one
  std::chrono::steady_clock::time_point started;
  std::shared_ptr<CancelToken> cancel = std::make_shared<CancelToken>();

  std::optional<std::string_view> header(std::string_view name) const;     // the first of that name, any case
  std::optional<std::string_view> parameter(std::string_view name) const;  // the first of that name
};

struct Response {
  // Appends the next piece of the body; false when it was the last. After an error the connection is cut, so that the
  // client sees an incomplete body.
  using Producer = std::function<Result<bool>(std::string&)>;

  int status = 200;
  std::vector<Header> headers;  // without Content-Length, Date, Connection: the adapter's
  std::string body;
  Producer producer;  // when set, `body` is sent first, then its pieces, chunked

  std::optional<std::string_view> header(std::string_view name) const;
};

// Where a handler runs, so that slow queries cannot keep writes or health checks waiting.
enum class Lane : std::uint8_t { kInline, kWrite, kRead };  // kInline: on the I/O thread; must not block

// What the service says once it has seen a request's head, before the body is read.
struct Admission {
  std::optional<Response> refusal;  // the body is not read
  Lane lane = Lane::kInline;
  std::uint64_t body_bytes_max = 0;
  std::function<Response(Request&)> handle;
};

// Why the adapter itself must refuse a request.
struct AdapterProblem {
  int status = 400;    // 400, 408, 413, 417, 431, 501, 503, 505
  std::string detail;  // a sentence
};

// What became of one request, for metrics and logs.
struct RequestOutcome {
  int status = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::chrono::nanoseconds elapsed{};
  bool client_gone = false;
  std::string failure;  // of a producer, "" when there was none
};

class HttpService {
 public:
  virtual ~HttpService() = default;
  // On an I/O thread: must not block.
  virtual Admission admit(const Request& head) = 0;
  virtual Response refuse(const Request& head, const AdapterProblem& problem) = 0;
  virtual void finished(const Request& request, const RequestOutcome& outcome) = 0;
};

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string_view reason_phrase(int status);

// %XX and, where `plus_is_space`, '+'. kInvalidArgument for a broken escape or a NUL.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);
// "a=1&b=2" as in a query string or a form body; at most kQueryParametersMax.
inline constexpr std::size_t kQueryParametersMax = 128;
Result<std::vector<QueryParameter>> parse_form(std::string_view text);
// Fills path and query from target.
Status parse_target(Request& request);

}  // namespace streamflow::server
