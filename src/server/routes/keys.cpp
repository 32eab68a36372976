// API keys over HTTP. ApiKeys itself checks scope and role of the caller.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "server/rfc3339.h"
#include "server/routes/handlers.h"

namespace streamflow::server::routes {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(const std::optional<Timestamp>& time) {
  return time.has_value() ? Json(to_rfc3339(*time)) : Json();
}

Json key_json(const access::KeyInfo& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"organization", key.organization},
          {"project", key.project.has_value() ? Json(*key.project) : Json()},
          {"role", access::name_of(key.role)},
          {"created", to_rfc3339(key.created)},
          {"expires", time_json(key.expires)},
          {"last_used", time_json(key.last_used)},
          {"revoked", time_json(key.revoked)}};
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Status read_member(const std::string& name, const Json& value, access::NewKey& key) {
  if (value.is_null()) { return Ok{}; }
  if (!value.is_string()) { return Error{ErrorCode::kInvalidArgument, fmt::format("`{}` must be a string", name)}; }
  const auto text = value.get<std::string>();
  if (name == "name") {
    key.name = text;
  } else if (name == "organization") {
    key.organization = text;
  } else if (name == "project") {
    key.project = text;
  } else if (name == "role") {
    const auto role = access::role_from(text);
    if (!role.has_value()) { return Error{ErrorCode::kInvalidArgument, "`role` is reader, writer, editor or admin"}; }
    key.role = *role;
  } else if (name == "expires") {
    SF_TRY(expires, parse_rfc3339(text));
    key.expires = expires;
  } else {
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("unknown member \"{}\": a key has name, organization, project, role and expires",
                             name.substr(0, 80))};
  }
  return Ok{};
}

Result<access::NewKey> new_key(const Call& call) {
  access::NewKey key;
  key.organization = call.subject.organization;
  key.project = call.subject.project;
  const Json body = Json::parse(call.request.body.empty() ? "{}" : call.request.body, nullptr, false);
  if (!body.is_object()) {
    return Error{ErrorCode::kInvalidArgument,
                 "the body must be a JSON object like {\"name\": \"gateway\", \"role\": \"writer\"}"};
  }
  for (const auto& [name, value] : body.items()) { SF_CHECK(read_member(name, value, key)); }
  return key;
}

}  // namespace

Response list_keys(Call& call) {
  const auto keys = call.services.keys->list(call.subject);
  if (!keys) { return call.problem(keys.error()); }
  Json list = Json::array();
  for (const access::KeyInfo& key : *keys) { list.push_back(key_json(key)); }
  return json_response(200, dump({{"keys", std::move(list)}}));
}

Response create_key(Call& call) {
  const auto wanted = new_key(call);
  if (!wanted) { return call.problem(wanted.error()); }
  const auto created = call.services.keys->create(call.subject, *wanted);
  if (!created) { return call.problem(created.error()); }
  Json body = key_json(created->info);
  body["token"] = created->token;
  Response response = json_response(201, dump(body));
  response.headers.push_back({"Location", "/api/v1/keys/" + created->info.id});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

Response revoke_key(Call& call) {
  if (const Status revoked = call.services.keys->revoke(call.subject, call.id); !revoked) {
    return call.problem(revoked.error());
  }
  return {204, {}, "", {}};
}

}  // namespace streamflow::server::routes
