#include "server/problem.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace streamflow::server {
namespace {

using Json = nlohmann::ordered_json;

constexpr ProblemKind kInvalid{400, "invalid-request", "The request is not valid"};
constexpr ProblemKind kNotFound{404, "not-found", "There is no such thing"};
constexpr ProblemKind kExists{409, "already-exists", "It exists already"};
constexpr ProblemKind kConflict{409, "conflict", "It conflicts with what is stored"};
constexpr ProblemKind kUnauthenticated{401, "unauthenticated", "A valid API key is needed"};
constexpr ProblemKind kForbidden{403, "forbidden", "This is not allowed"};
constexpr ProblemKind kTooLarge{413, "too-large", "It is larger than a limit"};
constexpr ProblemKind kOverloaded{429, "overloaded", "The server is overloaded", 1};
constexpr ProblemKind kUnavailable{503, "unavailable", "This cannot be served now", 5};
constexpr ProblemKind kCancelled{499, "cancelled", "The request was cancelled"};
constexpr ProblemKind kTimeout{504, "timeout", "It took longer than allowed"};
constexpr ProblemKind kCorrupt{500, "corrupt-data", "Stored data is damaged"};
constexpr ProblemKind kIo{500, "io-error", "The operating system refused"};
constexpr ProblemKind kUnsupported{422, "unsupported", "This is not supported"};
constexpr ProblemKind kInternal{500, "internal-error", "The server made a mistake"};

// Of the router and the adapter alone.
constexpr ProblemKind kStatusKinds[] = {
    {405, "method-not-allowed", "This address takes other methods"},
    {406, "not-acceptable", "No offered format is acceptable"},
    {408, "request-timeout", "The request arrived too slowly"},
    {415, "unsupported-media-type", "The body's type or encoding is not supported"},
    {417, "expectation-failed", "The expectation cannot be met"},
    {431, "head-too-large", "The request's head is too large"},
    {501, "not-implemented", "This part of HTTP is not implemented"},
    {505, "http-version", "This version of HTTP is not supported"},
};

constexpr const ProblemKind* kErrorKinds[] = {&kInvalid,   &kNotFound, &kExists,     &kConflict,    &kUnauthenticated,
                                              &kForbidden, &kTooLarge, &kOverloaded, &kUnavailable, &kCancelled,
                                              &kTimeout,   &kCorrupt,  &kIo,         &kUnsupported, &kInternal};

std::string_view influx_v2_code(int status) {
  switch (status) {
    case 401: return "unauthorized";
    case 403: return "forbidden";
    case 404: return "not found";
    case 405: return "method not allowed";
    case 409: return "conflict";
    case 413: return "request too large";
    case 415: return "unsupported media type";
    case 422: return "unprocessable entity";
    case 429: return "too many requests";
    case 501: return "not implemented";
    case 503: return "unavailable";
    default: return status >= 500 ? "internal error" : "invalid";
  }
}

Json own_shape(const Request& request, const Problem& problem) {
  Json json = {{"type", "/docs#problem-" + std::string(problem.kind.slug)},
               {"title", problem.kind.title},
               {"status", problem.kind.status},
               {"detail", problem.detail},
               {"instance", request.path},
               {"request_id", request.id}};
  for (const ProblemEntry& entry : problem.errors) {
    Json item = {{"detail", entry.detail}};
    if (entry.line.has_value()) { item["line"] = *entry.line; }
    if (!entry.pointer.empty()) { item["pointer"] = entry.pointer; }
    json["errors"].push_back(std::move(item));
  }
  return json;
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Response influx_v1_response(const Problem& problem) {
  int status = problem.kind.status;
  std::string text = problem.detail;
  if (status == 429) { status = 503; }  // Telegraf drops a batch on 429
  if (status == 409) { status = 400; }
  if (status == 401) { text = "authorization failed"; }
  if (status == 413) { text = "Request Entity Too Large"; }
  return {status, {{"Content-Type", "application/json"}}, dump({{"error", text}}) + "\n", {}};
}

Response influx_v2_response(const Problem& problem) {
  const int status = problem.kind.status == 409 ? 422 : problem.kind.status;
  Json json = {{"code", influx_v2_code(status)}, {"message", status == 401 ? "unauthorized access" : problem.detail}};
  if (!problem.errors.empty() && problem.errors.front().line.has_value()) {
    json["line"] = *problem.errors.front().line;
  }
  return {status, {{"Content-Type", "application/json; charset=utf-8"}}, dump(json), {}};
}

}  // namespace

const ProblemKind& kind_of(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kErrorKinds) ? *kErrorKinds[index] : kInternal;
}

const ProblemKind& kind_of_status(int status) {
  for (const ProblemKind& kind : kStatusKinds) {
    if (kind.status == status) { return kind; }
  }
  for (const ProblemKind* kind : kErrorKinds) {
    if (kind->status == status && kind != &kCorrupt && kind != &kIo) { return *kind; }
  }
  return kInternal;
}

std::vector<ProblemKind> all_problem_kinds() {
  std::vector<ProblemKind> kinds(std::begin(kStatusKinds), std::end(kStatusKinds));
  for (const ProblemKind* kind : kErrorKinds) { kinds.push_back(*kind); }
  return kinds;
}

Problem problem_of(const Error& error) {
  return {kind_of(error.code), error.message, {}};
}

Response problem_response(Surface surface, const Request& request, const Problem& problem) {
  Response response;
  switch (surface) {
    case Surface::kOwn:
      response = {
          problem.kind.status, {{"Content-Type", "application/problem+json"}}, problem_json(request, problem), {}};
      break;
    case Surface::kInfluxV1: response = influx_v1_response(problem); break;
    case Surface::kInfluxV2: response = influx_v2_response(problem); break;
  }
  if (problem.kind.retry_after_s > 0) {
    response.headers.push_back({"Retry-After", std::to_string(problem.kind.retry_after_s)});
  }
  if (problem.kind.status == 401) {
    const bool token = surface == Surface::kInfluxV2;
    response.headers.push_back(
        {"WWW-Authenticate", token ? "Token realm=\"streamflow\"" : "Bearer realm=\"streamflow\""});
  }
  return response;
}

std::string problem_json(const Request& request, const Problem& problem) {
  return dump(own_shape(request, problem));
}

}  // namespace streamflow::server
