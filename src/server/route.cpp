#include "server/route.h"

#include <algorithm>

#include "server/routes/handlers.h"

namespace streamflow::server {
namespace {

using enum access::Action;
using enum Surface;

// clang-format off
constexpr Route kRoutes[] = {
  // method    path                  surface     action        or           lane            body              influx handler
  {"POST",   "/api/v2/write",    kInfluxV2, kWriteData,   {},          Lane::kWrite,  BodyLimit::kLarge, true,  routes::write_influx},
  {"POST",   "/write",           kInfluxV1, kWriteData,   {},          Lane::kWrite,  BodyLimit::kLarge, true,  routes::write_influx},
  {"POST",   "/api/v1/write",    kOwn,      kWriteData,   {},          Lane::kWrite,  BodyLimit::kLarge, false, routes::write_own},
  {"POST",   "/api/v1/write/arrow", kOwn,   kWriteData,   {},          Lane::kWrite,  BodyLimit::kLarge, false, routes::write_arrow},
  {"POST",   "/api/v1/sql",      kOwn,      kReadData,    {},          Lane::kRead,   BodyLimit::kSmall, false, routes::sql_post},
  {"GET",    "/api/v1/sql",      kOwn,      kReadData,    {},          Lane::kRead,   BodyLimit::kNone,  false, routes::sql_get},
  {"POST",   "/api/v1/chart",    kOwn,      kReadData,    {},          Lane::kRead,   BodyLimit::kSmall, false, routes::chart},
  {"GET",    "/api/v1/keys",     kOwn,      kManageKeys,  {},          Lane::kWrite,  BodyLimit::kNone,  false, routes::list_keys},
  {"POST",   "/api/v1/keys",     kOwn,      kManageKeys,  {},          Lane::kWrite,  BodyLimit::kSmall, false, routes::create_key},
  {"DELETE", "/api/v1/keys/{id}", kOwn,     kManageKeys,  {},          Lane::kWrite,  BodyLimit::kNone,  false, routes::revoke_key},
  {"POST",   "/api/v1/flush",    kOwn,      kAdminister,  {},          Lane::kWrite,  BodyLimit::kSmall, false, routes::flush},
  {"POST",   "/api/v1/delete",   kOwn,      kWriteData,   {},          Lane::kWrite,  BodyLimit::kSmall, false, routes::delete_rows},
  {"GET",    "/api/v1/deletes",  kOwn,      kReadData,    {},          Lane::kRead,   BodyLimit::kNone,  false, routes::list_deletes},
  {"POST",   "/api/v2/delete",   kInfluxV2, kWriteData,   {},          Lane::kWrite,  BodyLimit::kSmall, true,  routes::influx_delete_rows},
  {"POST",   "/api/v1/admin/compact", kOwn, kAdminister,  {},          Lane::kWrite,  BodyLimit::kSmall, false, routes::compact},
  {"GET",    "/query",           kInfluxV1, kReadData,    kWriteData,  Lane::kRead,   BodyLimit::kNone,  true,  routes::influx_query},
  {"POST",   "/query",           kInfluxV1, kReadData,    kWriteData,  Lane::kRead,   BodyLimit::kSmall, true,  routes::influx_query},
  {"GET",    "/api/v2/buckets",  kInfluxV2, kReadData,    kWriteData,  Lane::kRead,   BodyLimit::kNone,  true,  routes::influx_buckets},
  {"POST",   "/api/v2/buckets",  kInfluxV2, kWriteData,   {},          Lane::kRead,   BodyLimit::kSmall, true,  routes::influx_create_bucket},
  {"GET",    "/api/v2/orgs",     kInfluxV2, kReadData,    kWriteData,  Lane::kRead,   BodyLimit::kNone,  true,  routes::influx_orgs},
  {"GET",    "/metrics",         kOwn,      kReadMetrics, {},          Lane::kRead,   BodyLimit::kNone,  false, routes::metrics},
  {"GET",    "/health",          kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  true,  routes::health},
  {"GET",    "/ready",           kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  true,  routes::ready},
  {"GET",    "/ping",            kInfluxV1, {},           {},          Lane::kInline, BodyLimit::kNone,  true,  routes::ping},
  {"GET",    "/openapi.json",    kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  false, routes::openapi},
  {"GET",    "/docs",            kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  false, routes::docs},
  {"GET",    "/",                kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  false, routes::app},
  {"GET",    "/explore",         kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  false, routes::app},
  {"GET",    "/assets/{id}",     kOwn,      {},           {},          Lane::kInline, BodyLimit::kNone,  false, routes::app_file},
};
// clang-format on

constexpr std::string_view kIdSuffix = "/{id}";

// What {id} stands for, when `path` is one of the route's.
std::optional<std::string_view> match(const Route& route, std::string_view path) {
  if (!route.path.ends_with(kIdSuffix)) {
    return path == route.path ? std::optional(std::string_view()) : std::nullopt;
  }
  const std::string_view stem = route.path.substr(0, route.path.size() - kIdSuffix.size() + 1);
  if (!path.starts_with(stem) || path.size() == stem.size()) { return std::nullopt; }
  const std::string_view id = path.substr(stem.size());
  return id.find('/') == std::string_view::npos ? std::optional(id) : std::nullopt;
}

// So that an unknown address below a foreign surface still answers in its shape.
Surface surface_of_path(std::string_view path) {
  if (path.starts_with("/api/v2/")) { return kInfluxV2; }
  return path == "/write" || path == "/query" ? kInfluxV1 : kOwn;
}

Result<std::string> checked_name(std::string_view what, std::string_view name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && c != '/';
  });
  if (!name.empty() && name.size() <= kNameBytesMax && printable) { return std::string(name); }
  return Error{ErrorCode::kInvalidArgument, "the " + std::string(what) + " \"" + std::string(name.substr(0, 80)) +
                                                "\" must be 1 to 255 bytes without spaces, slashes or control "
                                                "characters"};
}

}  // namespace

std::span<const Route> all_routes() {
  return kRoutes;
}

RouteMatch find_route(std::string_view method, std::string_view path) {
  constexpr std::string_view kPrefix = "/influx";
  const bool below_influx = path.starts_with("/influx/");
  if (below_influx) { path.remove_prefix(kPrefix.size()); }
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  RouteMatch found;
  found.surface = surface_of_path(path);
  for (const Route& route : kRoutes) {
    const auto id = match(route, path);
    if (!id.has_value() || (below_influx && !route.below_influx)) { continue; }
    found.surface = route.surface;
    if (route.method == wanted) {
      found.route = &route;
      found.id = *id;
      return found;
    }
    found.allow.append(found.allow.empty() ? "" : ", ").append(route.method);
    if (route.method == "GET") { found.allow.append(", HEAD"); }
  }
  return found;
}

Result<ProjectName> project_of(const Request& request, Surface surface, const access::Subject& subject) {
  const bool local = subject.kind == access::Subject::Kind::kLocalUser;
  ProjectName name{subject.organization, subject.project.value_or("default")};
  std::string_view chosen;
  switch (surface) {
    case kOwn:
      chosen = request.parameter("project").value_or(request.header("X-StreamFlow-Project").value_or(""));
      break;
    case kInfluxV1: chosen = request.parameter("db").value_or(""); break;
    case kInfluxV2: {
      // The local user has one organization; what clients were configured with is only a label there.
      const std::string_view organization = request.parameter("org").value_or("");
      if (!local && !organization.empty() && organization != subject.organization) {
        return Error{ErrorCode::kNotFound, "organization name \"" + std::string(organization) + "\" not found"};
      }
      chosen = request.parameter("bucket").value_or("");
      chosen = chosen.substr(0, chosen.find('/'));  // what follows names a table set: InfluxDB 1's retention policy
      break;
    }
  }
  if (chosen.empty()) { return name; }
  if (const std::size_t slash = chosen.find('/'); slash != std::string_view::npos) {
    SF_TRY(organization, checked_name("organization", chosen.substr(0, slash)));
    name.organization = organization;
    chosen.remove_prefix(slash + 1);
  }
  SF_TRY(project, checked_name("project", chosen));
  name.project = project;
  return name;
}

}  // namespace streamflow::server
