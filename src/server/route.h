// The route table: every address, who may use it, where its handler runs.
// Invariants: a route without an action is public, and says nothing that a stranger may not know.
// Threads:    immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "access/access.h"
#include "server/http_types.h"
#include "server/problem.h"
#include "server/services.h"

namespace streamflow::server {

class Gateway;

// One request on its way to a handler: authenticated and authorized.
struct Call {
  Request& request;
  const Gateway& gateway;
  const Services& services;
  const GatewayOptions& options;
  Surface surface = Surface::kOwn;
  access::Subject subject;
  ProjectName project;
  std::string id;  // what {id} stands for

  Response problem(const Error& error) const { return problem_response(surface, request, problem_of(error)); }
};

enum class BodyLimit : std::uint8_t { kNone, kSmall, kLarge };  // kSmall: kSmallBodyBytesMax; kLarge: body_bytes_max
inline constexpr std::uint64_t kSmallBodyBytesMax = 1U << 20U;

struct Route {
  std::string_view method;  // GET stands for HEAD too
  std::string_view path;    // may end in "/{id}"
  Surface surface = Surface::kOwn;
  std::optional<access::Action> action;     // nullopt: public
  std::optional<access::Action> or_action;  // opens the door as well; the handler authorizes what it then does
  Lane lane = Lane::kInline;
  BodyLimit body = BodyLimit::kNone;
  bool below_influx = false;  // also under the prefix /influx
  Response (*handle)(Call&) = nullptr;
};

std::span<const Route> all_routes();

struct RouteMatch {
  const Route* route = nullptr;  // null: no such address, or another method
  std::string id;
  std::string allow;  // when only the method was wrong: what would be right
  Surface surface = Surface::kOwn;
};
RouteMatch find_route(std::string_view method, std::string_view path);

// The project a request is for: the credential's, or what the request chooses (`project`, `db`, `bucket`).
Result<ProjectName> project_of(const Request& request, Surface surface, const access::Subject& subject);

}  // namespace streamflow::server
