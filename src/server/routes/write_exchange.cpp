#include "server/routes/write_exchange.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/idempotency.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;

std::string reason_of(const ingest::LineError& line) {
  const bool malformed = line.kind == ingest::LineErrorKind::kMalformed;
  return malformed ? fmt::format("unable to parse '{}': {}", line.text, line.reason) : line.reason;
}

std::string receipt_json(const ingest::WriteOutcome& outcome, std::string_view noun) {
  Json rejected = Json::array();
  for (const ingest::LineError& line : outcome.rejected) {
    rejected.push_back({{std::string(noun), line.line}, {"reason", reason_of(line)}});
  }
  const Json receipt = {
      {"rows", outcome.rows_stored},     {"points", outcome.points_stored}, {"rejected_count", outcome.lines_dropped},
      {"rejected", std::move(rejected)}, {"duplicate", outcome.duplicate},  {"position", outcome.position}};
  return receipt.dump(-1, ' ', false, Json::error_handler_t::replace);  // a rejected line may be any bytes
}

Problem nothing_stored(const ingest::WriteOutcome& outcome, std::string_view noun) {
  Problem problem{kind_of(ErrorCode::kUnsupported),
                  fmt::format("none of {} {}(s) could be stored", outcome.lines_dropped, noun),
                  {}};
  for (const ingest::LineError& line : outcome.rejected) {
    if (noun == "line") {
      problem.errors.push_back({reason_of(line), line.line, ""});
    } else {
      problem.errors.push_back({fmt::format("{} {}: {}", noun, line.line, reason_of(line)), std::nullopt, ""});
    }
  }
  return problem;
}

}  // namespace

Status check_parameters(const Call& call, std::span<const std::string_view> known) {
  for (const QueryParameter& parameter : call.request.query) {
    if (std::ranges::find(known, parameter.name) != known.end()) { continue; }
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("there is no parameter `{}` here; there are: {}", parameter.name, fmt::join(known, ", "))};
  }
  return Ok{};
}

Result<WriteParameters> write_parameters_of(const Call& call) {
  WriteParameters write;
  SF_TRY(encoding, ingest::content_encoding_from(call.request.header("Content-Encoding").value_or("")));
  write.encoding = encoding;
  if (const auto key = call.request.header("Idempotency-Key"); key.has_value()) {
    SF_TRY(producer, producer_of(*key, call.subject.id, call.project));
    write.producer = std::move(producer);
  }
  if (const auto name = call.request.parameter("duplicates"); call.surface == Surface::kOwn && name.has_value()) {
    const auto policy = duplicate_policy_from(*name);
    if (!policy.has_value()) {
      return Error{ErrorCode::kInvalidArgument, "the parameter `duplicates` is merge, last or keep"};
    }
    write.duplicates = *policy;
  }
  return write;
}

Result<std::string_view> body_of(const Call& call, ingest::ContentEncoding encoding, std::string& decompressed) {
  if (encoding == ingest::ContentEncoding::kIdentity) { return std::string_view(call.request.body); }
  const ingest::BodyLimits limits{call.options.body_bytes_max, call.options.body_bytes_max};
  SF_TRY(decoded, ingest::decode_body(call.request.body, encoding, limits));
  decompressed = std::move(decoded);
  return std::string_view(decompressed);
}

void add_position(Response& response, const ingest::WriteOutcome& outcome) {
  if (response.header("X-StreamFlow-Position").has_value() || outcome.position.empty()) { return; }
  response.headers.push_back({"X-StreamFlow-Position", outcome.position});
}

Response own_answer(const Call& call, const ingest::WriteOutcome& outcome, std::string_view noun) {
  if (!outcome.complete() && outcome.rows_stored == 0 && !outcome.duplicate) {
    return problem_response(call.surface, call.request, nothing_stored(outcome, noun));
  }
  Response response = json_response(200, receipt_json(outcome, noun));
  add_position(response, outcome);
  return response;
}

Response own_failure(const Call& call, const Error& error) {
  Problem problem = problem_of(error);
  if (error.code == ErrorCode::kUnsupported) { problem.kind = kind_of_status(415); }
  return problem_response(call.surface, call.request, problem);
}

}  // namespace streamflow::server::routes
