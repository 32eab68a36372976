#include "app/client/api_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace streamflow::app {

namespace {

using nlohmann::json;

constexpr std::size_t kReasonsMax = 20;

ExitCode exit_code_of_status(int status) {
  if (status == 401 || status == 403) return ExitCode::kUnauthorized;
  if (status == 502) return ExitCode::kConnection;  // a proxy without its server; 504 is a query that took too long
  return ExitCode::kFailed;
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> number_of(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

// The byte of `statement` at `line` and `column`, both from 1; columns count characters.
std::size_t position_at(std::string_view statement, std::uint64_t line, std::uint64_t column) {
  std::size_t at = 0;
  for (std::uint64_t i = 1; i < line; ++i) {
    const std::size_t end = statement.find('\n', at);
    if (end == std::string_view::npos) return statement.size();
    at = end + 1;
  }
  for (std::uint64_t i = 1; i < column && at < statement.size() && statement[at] != '\n'; ++i) {
    ++at;
    while (at < statement.size() && (static_cast<unsigned char>(statement[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

void read_entry(const json& entry, std::string_view statement, Problem& problem) {
  if (!entry.is_object()) return;
  const auto line = number_of(entry, "line");
  const auto column = number_of(entry, "column");
  if (line && column && !statement.empty()) problem.position = position_at(statement, *line, *column);
  const std::string detail = text_of(entry, "detail");
  const std::string field = text_of(entry, "field");
  if (detail.empty() || problem.errors.size() == kReasonsMax) return;
  std::string where;
  if (line && statement.empty()) where = fmt::format("line {}: ", *line);
  if (!field.empty()) where += field + ": ";
  problem.errors.push_back(where + detail);
}

void read_problem(const json& body, std::string_view statement, Problem& problem) {
  problem.title = text_of(body, "title");
  problem.detail = text_of(body, "detail");
  for (const char* key : {"message", "error"}) {  // the shapes of the InfluxDB surfaces and of proxies
    if (problem.detail.empty()) problem.detail = text_of(body, key);
  }
  if (const auto position = number_of(body, "position")) problem.position = *position;
  const auto errors = body.find("errors");
  if (errors == body.end() || !errors->is_array()) return;
  for (const json& entry : *errors) read_entry(entry, statement, problem);
}

RejectedLine rejected_line(const json& entry) {
  if (entry.is_string()) return {0, entry.get<std::string>()};
  if (!entry.is_object()) return {0, "rejected without a reason"};
  std::string reason = text_of(entry, "reason");
  if (reason.empty()) reason = text_of(entry, "detail");
  return {number_of(entry, "line").value_or(0), std::move(reason)};
}

// A body that says how many rows were stored.
bool is_receipt(std::string_view text) {
  const json body = json::parse(text, nullptr, false);
  return body.is_object() && number_of(body, "rows").has_value();
}

}  // namespace

bool Problem::may_retry() const {
  return status == 0 ? exit_code == ExitCode::kConnection : status == 429 || (status >= 502 && status <= 504);
}

std::string Problem::text() const {
  if (title.empty() || title == detail) return detail;
  if (detail.empty()) return title;
  return fmt::format("{}: {}", title, detail);
}

Problem problem_of(const HttpResponse& response, std::string_view statement) {
  Problem problem;
  problem.status = response.status;
  problem.exit_code = exit_code_of_status(response.status);
  if (const auto value = response.header("retry-after")) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), seconds);
    if (error == std::errc() && end == value->data() + value->size() && seconds >= 0) problem.retry_after_s = seconds;
  }
  const json body = json::parse(response.body, nullptr, false);
  if (body.is_object()) read_problem(body, statement, problem);
  if (problem.title.empty() && problem.detail.empty()) {
    problem.detail = fmt::format("the server answered status {}", response.status);
  }
  if (response.status == 401 && problem.detail.find("streamflow key") == std::string::npos) {
    problem.errors.emplace_back("give a key with --token or STREAMFLOW_TOKEN; `streamflow key create` makes one");
  }
  return problem;
}

Problem problem_of(const Error& error) {
  Problem problem;
  problem.exit_code = exit_code_of(error);
  if (error.code == ErrorCode::kTooLarge || error.code == ErrorCode::kCancelled) problem.exit_code = ExitCode::kFailed;
  problem.detail = error.message;
  return problem;
}

Result<WriteAnswer> parse_write_answer(std::string_view text) {
  WriteAnswer answer;
  if (text.empty()) return answer;  // 204
  const json body = json::parse(text, nullptr, false);
  if (!body.is_object()) return Error{ErrorCode::kInternal, "the server's receipt is not a JSON object"};
  answer.rows = number_of(body, "rows").value_or(0);
  const auto duplicate = body.find("duplicate");
  answer.duplicate = duplicate != body.end() && duplicate->is_boolean() && duplicate->get<bool>();
  for (const char* key : {"rejected", "errors"}) {
    const auto list = body.find(key);
    if (list == body.end()) continue;
    if (list->is_number_unsigned()) {
      answer.rejected = list->get<std::uint64_t>();
    } else if (list->is_array()) {
      if (answer.rejected == 0) answer.rejected = list->size();
      for (const json& entry : *list) {
        if (answer.lines.size() < kReasonsMax) answer.lines.push_back(rejected_line(entry));
      }
    }
  }
  if (const auto count = number_of(body, "rejected_count")) answer.rejected = *count;
  return answer;
}

HttpRequest ApiClient::request(std::string method, std::string_view path) const {
  HttpRequest request;
  request.method = std::move(method);
  std::string base = endpoint_.url;
  while (base.ends_with('/')) base.pop_back();
  request.url = base + std::string(path);
  if (!endpoint_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + endpoint_.token);
  return request;
}

Outcome<HttpResponse> ApiClient::query(std::string_view sql, std::string_view accept, const Sink& sink,
                                       const std::function<bool()>& cancelled) {
  HttpRequest http = request("POST", "/api/v1/sql");
  http.headers.emplace_back("Content-Type", "application/json");
  http.headers.emplace_back("Accept", std::string(accept));
  const std::string body = json{{"query", sql}}.dump(-1, ' ', false, json::error_handler_t::replace);
  http.body = body;
  http.sink = sink;
  http.cancelled = cancelled;
  auto response = http_.send(http);
  if (!response) return {std::nullopt, problem_of(response.error())};
  if (!response->ok()) return {std::nullopt, problem_of(*response, sql)};
  return {std::move(*response), {}};
}

Outcome<WriteAnswer> ApiClient::write(std::string_view lines, std::string_view parameters,
                                      std::string_view idempotency_key) {
  HttpRequest http = request("POST", fmt::format("/api/v1/write?precision=ns{}", parameters));
  http.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  if (!idempotency_key.empty()) http.headers.emplace_back("Idempotency-Key", std::string(idempotency_key));
  http.body = lines;
  http.timeout = std::chrono::minutes(2);
  auto response = http_.send(http);
  if (!response) return {std::nullopt, problem_of(response.error())};
  // A refusal of some lines still carries the receipt of the others.
  if (!response->ok() && !is_receipt(response->body)) return {std::nullopt, problem_of(*response)};
  auto answer = parse_write_answer(response->body);
  if (!answer) return {std::nullopt, problem_of(answer.error())};
  return {std::move(*answer), {}};
}

bool ApiClient::ready() {
  HttpRequest http = request("GET", "/ready");
  http.connect_timeout = std::chrono::seconds(1);
  http.timeout = std::chrono::seconds(2);
  const auto response = http_.send(http);
  return response && response->ok();
}

}  // namespace streamflow::app
