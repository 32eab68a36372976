// Line protocol over HTTP: InfluxDB's two surfaces and our own.
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "ingest/protocols/influx_http.h"
#include "ingest/protocols/line_protocol.h"
#include "server/routes/handlers.h"
#include "server/routes/write_exchange.h"

namespace streamflow::server::routes {
namespace {

constexpr ingest::InfluxVersion version_of(Surface surface) {
  return surface == Surface::kInfluxV2 ? ingest::InfluxVersion::kV2 : ingest::InfluxVersion::kV1;
}

constexpr std::array<std::string_view, 3> kOwnParameters{"precision", "duplicates", "project"};

Result<ingest::WriteOutcome> store(Call& call) {
  if (call.surface == Surface::kOwn) { SF_CHECK(check_parameters(call, kOwnParameters)); }
  SF_TRY(ns_per_unit,
         ingest::ns_per_unit_from(version_of(call.surface), call.request.parameter("precision").value_or("")));
  SF_TRY(write, write_parameters_of(call));
  std::string decompressed;
  SF_TRY(lines, body_of(call, write.encoding, decompressed));
  ingest::LineProtocolOptions options;
  options.ns_per_unit = ns_per_unit;
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

}  // namespace

Response write_influx(Call& call) {
  const auto outcome = store(call);
  if (!outcome) {
    if (outcome.error().code == ErrorCode::kUnsupported) { return own_failure(call, outcome.error()); }
    return response_of(ingest::answer_error(version_of(call.surface), outcome.error()));
  }
  Response response = response_of(ingest::answer_outcome(version_of(call.surface), *outcome));
  add_position(response, *outcome);
  return response;
}

Response write_own(Call& call) {
  const auto outcome = store(call);
  return outcome ? own_answer(call, *outcome, "line") : own_failure(call, outcome.error());
}

}  // namespace streamflow::server::routes
