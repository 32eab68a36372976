// Is the server alive, does it serve, what does it do: /health, /ready, /ping, /metrics, /api/v1/flush.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "server/engine_metrics.h"
#include "server/gateway.h"
#include "server/rfc3339.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;

// "1h2m3s", as InfluxDB writes it.
std::string up_text(std::chrono::seconds up) {
  const auto count = up.count();
  std::string text;
  if (count >= 3600) { text += fmt::format("{}h", count / 3600); }
  if (count >= 60) { text += fmt::format("{}m", count / 60 % 60); }
  return text + fmt::format("{}s", count % 60);
}

}  // namespace

Response json_response(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body), {}};
}

Response health(Call& call) {
  const Status ready = call.services.ready();
  const Json body = {{"name", "streamflow"},
                     {"message", ready ? "ready for queries and writes" : ready.error().message},
                     {"status", ready ? "pass" : "fail"},
                     {"checks", Json::array()},
                     {"version", call.options.version}};
  return json_response(ready ? 200 : 503, body.dump());
}

Response ready(Call& call) {
  if (const Status status = call.services.ready(); !status) {
    const Json body = {{"status", "unavailable"}, {"message", status.error().message}};
    Response response = json_response(503, body.dump());
    response.headers.push_back({"Retry-After", "1"});
    return response;
  }
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(now - call.gateway.started());
  const Json body = {{"status", "ready"}, {"started", to_rfc3339(call.gateway.started())}, {"up", up_text(up)}};
  return json_response(200, body.dump());
}

Response ping(Call& call) {
  const bool verbose = call.request.parameter("verbose").value_or("") == "true";
  Response response{204, {{"X-Influxdb-Version", call.options.version}, {"X-Influxdb-Build", "StreamFlow"}}, "", {}};
  if (verbose) {
    response.status = 200;
    response.headers.push_back({"Content-Type", "application/json"});
    response.body = Json({{"version", call.options.version}}).dump();
  }
  return response;
}

Response metrics(Call& call) {
  return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, metrics_page(call), {}};
}

Response flush(Call& call) {
  if (const Status flushed = call.services.flush(); !flushed) { return call.problem(flushed.error()); }
  return {204, {}, "", {}};
}

Response compact(Call& call) {
  if (const Status flushed = call.services.flush(); !flushed) { return call.problem(flushed.error()); }
  if (const Status merged = call.services.compact(call.project); !merged) { return call.problem(merged.error()); }
  return {204, {}, "", {}};
}

}  // namespace streamflow::server::routes
