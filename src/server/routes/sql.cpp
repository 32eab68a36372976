// SQL over HTTP: one statement in, a streamed result out.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "access/access.h"
#include "server/routes/handlers.h"
#include "server/sql_request.h"

namespace streamflow::server::routes {
namespace {

// The end of a JSON result that fails after its head was sent. ResultStream's JSON pieces end behind the head or behind
// a whole row, so closing the rows makes a valid document.
std::string json_failure(const Request& request, const Error& error, std::uint64_t rows) {
  return fmt::format("],\"row_count\":{},\"error\":{}}}\n", rows, problem_json(request, problem_of(error)));
}

// The rest of a result. Keeps what it needs of the request: that is gone when the last pieces are sent.
Response::Producer rest_of(std::shared_ptr<query::ResultStream> stream, query::ResultFormat format,
                           const Request& request) {
  Request origin;
  origin.path = request.path;
  origin.id = request.id;
  return [stream = std::move(stream), format, origin = std::move(origin)](std::string& out) -> Result<bool> {
    const std::size_t before = out.size();
    auto more = stream->next(out);
    if (more || format != query::ResultFormat::kJson) { return more; }
    spdlog::warn("request {} failed after its answer had begun: {}", origin.id, more.error().message);
    out.resize(before);
    out.append(json_failure(origin, more.error(), stream->row_count()));
    return false;
  };
}

// What INSERT writes with; empty for callers that may not write, and for GET, which changes nothing.
query::RowWriter writer_of(const Call& call) {
  if (call.request.method != "POST" ||
      !access::authorize(call.subject, access::Action::kWriteData, {call.project, ""}).has_value()) {
    return {};
  }
  return [write = call.services.write, project = call.project](RowBatch batch) -> Result<std::uint64_t> {
    storage::WriteRequest request{project, {}, {}};
    request.batches.push_back(std::move(batch));
    SF_TRY(receipt, write(std::move(request)));
    if (receipt.rejected.empty()) { return receipt.rows; }
    const storage::RejectedRows& refused = receipt.rejected.front();
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("INSERT: {} of its rows were refused, from row {} on: {}. {} rows were stored",
                             refused.rows.size(), refused.rows.front() + 1, refused.reason, receipt.rows)};
  };
}

Response run(Call& call, SqlRequest sql) {
  query::QueryRequest request;
  request.project = call.project;
  request.text = std::move(sql.text);
  request.parameters = std::move(sql.parameters);
  request.format = sql.format;
  request.limits = call.options.query_limits;
  request.write = writer_of(call);
  if (sql.timeout.has_value()) { request.limits.timeout = *sql.timeout; }
  auto started = call.services.query(std::move(request));
  if (!started) { return call.problem(started.error()); }
  const std::shared_ptr<query::ResultStream> stream = std::move(*started);
  call.request.cancel->on_cancel([stream] { stream->cancel(); });

  Response response{200, {{"Content-Type", std::string(media_type(sql.format))}, {"Vary", "Accept"}}, "", {}};
  // The first piece decides the status: most errors come before it.
  const auto more = stream->next(response.body);
  if (!more) { return call.problem(more.error()); }
  if (*more) { response.producer = rest_of(stream, sql.format, call.request); }
  return response;
}

Response answer(Call& call, Result<SqlRequest> sql) {
  if (sql) { return run(call, std::move(*sql)); }
  Problem problem = problem_of(sql.error());
  if (sql.error().code == ErrorCode::kUnsupported) { problem.kind = kind_of_status(406); }
  return problem_response(call.surface, call.request, problem);
}

}  // namespace

Response sql_post(Call& call) {
  return answer(call, sql_request_of_body(call.request, call.options.query_limits));
}
Response sql_get(Call& call) {
  return answer(call, sql_request_of_parameters(call.request, call.options.query_limits));
}

}  // namespace streamflow::server::routes
