// Line protocol over HTTP: InfluxDB's two surfaces and our own.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "ingest/body.h"
#include "ingest/pipeline/write_service.h"
#include "ingest/protocols/influx_http.h"
#include "ingest/protocols/line_protocol.h"
#include "server/idempotency.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;

constexpr ingest::InfluxVersion version_of(Surface surface) {
  return surface == Surface::kInfluxV2 ? ingest::InfluxVersion::kV2 : ingest::InfluxVersion::kV1;
}

// What a request says beside its lines.
struct LineWrite {
  std::int64_t ns_per_unit = 1;
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;
  ingest::ContentEncoding encoding = ingest::ContentEncoding::kIdentity;
  storage::Producer producer;
};

Result<LineWrite> parameters_of(const Call& call) {
  LineWrite write;
  SF_TRY(ns_per_unit,
         ingest::ns_per_unit_from(version_of(call.surface), call.request.parameter("precision").value_or("")));
  write.ns_per_unit = ns_per_unit;
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

Result<ingest::WriteOutcome> store(Call& call) {
  SF_TRY(write, parameters_of(call));
  std::string decompressed;
  std::string_view lines = call.request.body;
  if (write.encoding != ingest::ContentEncoding::kIdentity) {
    const ingest::BodyLimits limits{call.options.body_bytes_max, call.options.body_bytes_max};
    SF_TRY(decoded, ingest::decode_body(lines, write.encoding, limits));
    decompressed = std::move(decoded);
    lines = decompressed;
  }
  ingest::LineProtocolOptions options;
  options.ns_per_unit = write.ns_per_unit;
  options.duplicates = write.duplicates;
  options.now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  if (call.services.table) {
    options.stored_table = [&call](std::string_view table) { return call.services.table(call.project, table); };
  }
  thread_local ingest::LineProtocolDecoder decoder;  // keeps its buffers from request to request
  return ingest::WriteService(call.services.write)
      .write(call.project, decoder.decode(lines, options), std::move(write.producer));
}

Response response_of(ingest::HttpAnswer answer) {
  Response response{answer.status, {}, std::move(answer.body), {}};
  for (auto& [name, value] : answer.headers) { response.headers.push_back({std::move(name), std::move(value)}); }
  return response;
}

void add_position(Response& response, const ingest::WriteOutcome& outcome) {
  if (response.header("X-StreamFlow-Position").has_value() || outcome.position.empty()) { return; }
  response.headers.push_back({"X-StreamFlow-Position", outcome.position});
}

// An encoding that nobody here knows is 415, not 422.
Response failed(const Call& call, const Error& error) {
  if (call.surface != Surface::kOwn && error.code != ErrorCode::kUnsupported) {
    return response_of(ingest::answer_error(version_of(call.surface), error));
  }
  Problem problem = problem_of(error);
  if (error.code == ErrorCode::kUnsupported) { problem.kind = kind_of_status(415); }
  return problem_response(call.surface, call.request, problem);
}

std::string reason_of(const ingest::LineError& line) {
  const bool malformed = line.kind == ingest::LineErrorKind::kMalformed;
  return malformed ? fmt::format("unable to parse '{}': {}", line.text, line.reason) : line.reason;
}

std::string receipt_json(const ingest::WriteOutcome& outcome) {
  Json rejected = Json::array();
  for (const ingest::LineError& line : outcome.rejected) {
    rejected.push_back({{"line", line.line}, {"reason", reason_of(line)}});
  }
  const Json receipt = {
      {"rows", outcome.rows_stored},     {"points", outcome.points_stored}, {"rejected_count", outcome.lines_dropped},
      {"rejected", std::move(rejected)}, {"duplicate", outcome.duplicate},  {"position", outcome.position}};
  return receipt.dump(-1, ' ', false, Json::error_handler_t::replace);  // a rejected line may be any bytes
}

Problem nothing_stored(const ingest::WriteOutcome& outcome) {
  Problem problem{
      kind_of(ErrorCode::kUnsupported), fmt::format("none of {} line(s) could be stored", outcome.lines_dropped), {}};
  for (const ingest::LineError& line : outcome.rejected) { problem.errors.push_back({reason_of(line), line.line, ""}); }
  return problem;
}

}  // namespace

Response write_influx(Call& call) {
  const auto outcome = store(call);
  if (!outcome) { return failed(call, outcome.error()); }
  Response response = response_of(ingest::answer_outcome(version_of(call.surface), *outcome));
  add_position(response, *outcome);
  return response;
}

Response write_own(Call& call) {
  const auto outcome = store(call);
  if (!outcome) { return failed(call, outcome.error()); }
  if (!outcome->complete() && outcome->rows_stored == 0 && !outcome->duplicate) {
    return problem_response(call.surface, call.request, nothing_stored(*outcome));
  }
  Response response = json_response(200, receipt_json(*outcome));
  add_position(response, *outcome);
  return response;
}

}  // namespace streamflow::server::routes
