// StreamFlow's own HTTP API as the command line uses it: SQL, writes, readiness.
// Source:     docs/http-api.md; errors are RFC 9457 problem+json.
// Invariants: what went wrong arrives as one Problem, whether the server or the way to it failed.
// Threads:    an ApiClient belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/client/http_client.h"
#include "app/command/exit_code.h"
#include "model/result.h"

namespace streamflow::app {

struct Endpoint {
  std::string url = "http://127.0.0.1:8080";
  std::string token;  // empty: none is sent
};

// One failure, as a person and a script want it.
struct Problem {
  ExitCode exit_code = ExitCode::kFailed;
  int status = 0;  // 0: the server did not answer
  std::string title = {}, detail = {};
  std::vector<std::string> errors = {};      // single lines or fields, when the server names them
  std::optional<std::size_t> position = {};  // byte of the SQL text, from 0
  std::optional<int> retry_after_s = {};

  bool may_retry() const;    // 429, 502, 503, 504, or no answer at all
  std::string text() const;  // title and detail in one sentence
};

template <class T>
struct Outcome {  // a value, or the problem
  std::optional<T> value;
  Problem problem;
  explicit operator bool() const { return value.has_value(); }
};

// Of an error answer, or of a transfer that failed. `statement` turns line and column into a position.
Problem problem_of(const HttpResponse& response, std::string_view statement = {});
Problem problem_of(const Error& error);

struct RejectedLine {
  std::uint64_t line = 0;  // of the body, from 1; 0 when the server does not say
  std::string reason;
};

struct WriteAnswer {
  std::uint64_t rows = 0;  // stored
  std::uint64_t rejected = 0;
  std::vector<RejectedLine> lines;  // of rejected rows, the first few
  bool duplicate = false;           // this Idempotency-Key was stored before
};
// Reads the receipt of POST /api/v1/write; fields that are missing count as 0.
Result<WriteAnswer> parse_write_answer(std::string_view json);

class ApiClient {
 public:
  explicit ApiClient(Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  using Sink = std::function<bool(std::string_view)>;
  // One statement. `accept` is the media type wanted; with a sink a good answer is streamed into it.
  Outcome<HttpResponse> query(std::string_view sql, std::string_view accept, const Sink& sink = nullptr,
                              const std::function<bool()>& cancelled = nullptr);
  // Line protocol with nanosecond times. `idempotency_key` empty: none.
  Outcome<WriteAnswer> write(std::string_view lines, std::string_view parameters, std::string_view idempotency_key);
  // GET /ready answers 200.
  bool ready();
  const Endpoint& endpoint() const { return endpoint_; }

 private:
  HttpRequest request(std::string method, std::string_view path) const;

  Endpoint endpoint_;
  HttpClient http_;
};

}  // namespace streamflow::app
