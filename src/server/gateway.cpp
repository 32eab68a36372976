#include "server/gateway.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "server/credentials.h"

namespace streamflow::server {
namespace {

std::uint64_t bytes_of(BodyLimit limit, const GatewayOptions& options) {
  switch (limit) {
    case BodyLimit::kNone: return 0;
    case BodyLimit::kSmall: return kSmallBodyBytesMax;
    case BodyLimit::kLarge: return options.body_bytes_max;
  }
  return 0;
}

Response no_such_route(const Request& head, const RouteMatch& match) {
  if (match.allow.empty()) {
    return problem_response(match.surface, head,
                            {kind_of(ErrorCode::kNotFound), "no route has the path " + head.path + ": see /docs", {}});
  }
  Response response = problem_response(
      match.surface, head, {kind_of_status(405), head.path + " takes " + match.allow + ", not " + head.method, {}});
  response.headers.push_back({"Allow", match.allow});
  return response;
}

bool is_encoded(const Request& head) {
  const auto encoding = head.header("Content-Encoding").value_or("");
  return !encoding.empty() && !equal_ignoring_case(encoding, "identity");
}

}  // namespace

Gateway::Gateway(Services services, GatewayOptions options)
    : services_(std::move(services)),
      options_(std::move(options)),
      started_(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())) {}

bool Gateway::authentication_on() const {
  return !options_.loopback_bind || services_.keys->any();
}

Result<access::Subject> Gateway::authenticate(const Request& head, Surface surface) const {
  access::Subject subject;
  if (!authentication_on()) {
    subject.kind = access::Subject::Kind::kLocalUser;
    subject.id = "local";
    subject.role = access::Role::kAdmin;
    return subject;
  }
  const auto key = offered_key(head, surface);
  if (!key.has_value()) { return subject; }
  return services_.keys->verify(*key);
}

Result<Admission> Gateway::admit_to(const Route& route, const Request& head, const std::string& id) const {
  access::Subject subject;
  ProjectName project;
  if (route.action.has_value()) {
    SF_TRY(caller, authenticate(head, route.surface));
    // Before the project: a stranger learns nothing about names.
    if (caller.kind == access::Subject::Kind::kAnonymous) { SF_CHECK(access::authorize(caller, *route.action, {})); }
    SF_TRY(chosen, project_of(head, route.surface, caller));
    Status allowed = access::authorize(caller, *route.action, {chosen, ""});
    if (!allowed && route.or_action.has_value()) {
      allowed = access::authorize(caller, *route.or_action, {chosen, ""});
    }
    SF_CHECK(std::move(allowed));
    subject = std::move(caller);
    project = std::move(chosen);
  }
  Admission admission;
  admission.lane = route.lane;
  admission.body_bytes_max = bytes_of(route.body, options_);
  admission.handle = [this, &route, subject, project, id](Request& request) {
    Call call{request, *this, services_, options_, route.surface, subject, project, id};
    return route.handle(call);
  };
  return admission;
}

Admission Gateway::admit(const Request& head) {
  Admission admission;
  const RouteMatch match = find_route(head.method, head.path);
  if (!authentication_on()) {
    if (const Status local = check_local_caller(head); !local) {
      admission.refusal = problem_response(match.surface, head, problem_of(local.error()));
      return admission;
    }
  }
  if (match.route == nullptr) {
    admission.refusal = no_such_route(head, match);
    return admission;
  }
  if (is_encoded(head) && match.route->body != BodyLimit::kLarge) {
    admission.refusal =
        problem_response(match.surface, head,
                         {kind_of_status(415), "bodies of " + head.path + " are sent without a Content-Encoding", {}});
    return admission;
  }
  auto admitted = admit_to(*match.route, head, match.id);
  if (admitted) { return std::move(*admitted); }
  admission.refusal = problem_response(match.surface, head, problem_of(admitted.error()));
  return admission;
}

Response Gateway::refuse(const Request& head, const AdapterProblem& problem) {
  return problem_response(find_route(head.method, head.path).surface, head,
                          {kind_of_status(problem.status), problem.detail, {}});
}

void Gateway::finished(const Request& request, const RequestOutcome& outcome) {
  metrics_.record(find_route(request.method, request.path).route, outcome);
  // 503 is an ordinary answer under overload: thousands a second, and counted above.
  const bool failed = (outcome.status >= 500 && outcome.status != 503) || !outcome.failure.empty();
  const auto level = failed || outcome.elapsed >= options_.slow_request ? spdlog::level::warn : spdlog::level::debug;
  if (!spdlog::should_log(level)) { return; }
  // The path alone: the query may hold a password (InfluxDB v1's ?p=).
  spdlog::log(level, "request {} {} {} from {}: {} in {:.1f} ms, {} bytes in, {} out{}{}{}", request.id, request.method,
              request.path, request.remote_address, outcome.status,
              std::chrono::duration<double, std::milli>(outcome.elapsed).count(), outcome.bytes_in, outcome.bytes_out,
              outcome.client_gone ? ", client gone" : "",
              outcome.failure.empty() ? "" : ", cut off: ", outcome.failure);
}

}  // namespace streamflow::server
