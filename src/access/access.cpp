#include "access/access.h"

namespace streamflow::access {
namespace {

constexpr bool reads(Role role) {
  return role != Role::kWriter;
}
constexpr bool writes(Role role) {
  return role != Role::kReader;
}

bool role_allows(Role role, Action action) {
  switch (action) {
    case Action::kReadData:
    case Action::kReadMetrics: return reads(role);
    case Action::kWriteData: return writes(role);
    case Action::kManageKeys:
    case Action::kAdminister: return role == Role::kAdmin;
  }
  return false;
}

std::string_view describe(Action action) {
  switch (action) {
    case Action::kReadData: return "reading data";
    case Action::kWriteData: return "writing data";
    case Action::kManageKeys: return "managing keys";
    case Action::kReadMetrics: return "reading metrics";
    case Action::kAdminister: return "administering the server";
  }
  return "this";
}

std::string_view roles_for(Action action) {
  switch (action) {
    case Action::kReadData:
    case Action::kReadMetrics: return "reader, editor or admin";
    case Action::kWriteData: return "writer, editor or admin";
    case Action::kManageKeys:
    case Action::kAdminister: return "admin";
  }
  return "another role";
}

// The server's own state (metrics, flushes) is nobody's project.
bool concerns_server(Action action) {
  return action == Action::kReadMetrics || action == Action::kAdminister;
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::kReader: return "reader";
    case Role::kWriter: return "writer";
    case Role::kEditor: return "editor";
    case Role::kAdmin: return "admin";
  }
  return "unknown";
}

std::optional<Role> role_from(std::string_view name) {
  for (const Role role : {Role::kReader, Role::kWriter, Role::kEditor, Role::kAdmin}) {
    if (name == name_of(role)) { return role; }
  }
  return std::nullopt;
}

Status authorize(const Subject& subject, Action action, const Resource& resource) {
  switch (subject.kind) {
    case Subject::Kind::kLocalUser: return Ok{};
    case Subject::Kind::kApiKey: break;
    case Subject::Kind::kAnonymous:
      return Error{ErrorCode::kUnauthenticated,
                   "this needs an API key: send `Authorization: Bearer sfk_...`; `streamflow key create` makes one"};
  }
  if (!role_allows(subject.role, action)) {
    return Error{ErrorCode::kForbidden, "key " + subject.id + " has the role " + std::string(name_of(subject.role)) +
                                            ", " + std::string(describe(action)) + " needs " +
                                            std::string(roles_for(action))};
  }
  if (concerns_server(action)) {
    if (!subject.project.has_value()) { return Ok{}; }
    return Error{ErrorCode::kForbidden, "key " + subject.id + " is limited to project " + *subject.project + ", " +
                                            std::string(describe(action)) + " needs a key without a project"};
  }
  const bool in_scope = subject.organization == resource.project.organization &&
                        (!subject.project.has_value() || *subject.project == resource.project.project);
  if (in_scope) { return Ok{}; }
  return Error{ErrorCode::kForbidden, "key " + subject.id + " is limited to " + subject.organization + "/" +
                                          subject.project.value_or("*") + ", the request is for " +
                                          to_string(resource.project)};
}

}  // namespace streamflow::access
