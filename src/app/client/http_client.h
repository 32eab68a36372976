// A small HTTP/1.1 client over libcurl: one request at a time, connection kept between requests.
// Invariants: only http and https; redirects are not followed; a loopback address never goes through a proxy.
// Threads:    an HttpClient belongs to one thread; `cancelled` of a request may read what other threads set.
// Errors:     kInvalidArgument (address), kUnavailable (no connection, or lost in the middle), kTimeout, kCancelled,
//             kTooLarge (answer over the request's limit). Every HTTP status is an answer, not an error.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/result.h"
#include "model/time.h"

namespace streamflow::app {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;  // sent for POST; must outlive the call
  Duration connect_timeout = std::chrono::seconds(5);
  Duration timeout = std::chrono::minutes(10);
  std::uint64_t response_bytes_max = 256U << 20U;  // collected into HttpResponse::body
  // When set, a 2xx answer's bytes go here as they arrive instead of into `body`; false stops the transfer
  // (kCancelled).
  std::function<bool(std::string_view)> sink;
  std::function<bool()> cancelled;  // asked about once a second and between pieces
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; the last of a repeated header
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  std::optional<std::string> header(const std::string& name) const;
};

class HttpClient {
 public:
  HttpClient();
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  Result<HttpResponse> send(const HttpRequest& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
std::string url_encode(std::string_view text);

}  // namespace streamflow::app
