// Who may do what: subjects, actions, resources and the one authorize() in front of every route.
// Invariants: default deny. The project comes from the credential; names in a request only choose inside its scope.
// Threads:    pure.
// Errors:     kUnauthenticated (no or unknown credential), kForbidden (known, but not allowed).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/schema.h"

namespace streamflow::access {

enum class Role : std::uint8_t {
  kReader = 1,
  kWriter = 2,
  kEditor = 3,
  kAdmin = 4
};  // reads; writes; both; both and keys
std::string_view name_of(Role role);
std::optional<Role> role_from(std::string_view name);

struct Subject {
  enum class Kind : std::uint8_t { kAnonymous, kLocalUser, kApiKey } kind = Kind::kAnonymous;
  std::string id;                        // key id; "local"; ""
  std::string organization = "default";  // scope
  std::optional<std::string> project;    // absent: every project of the organization
  Role role = Role::kReader;
};

enum class Action : std::uint8_t { kReadData, kWriteData, kManageKeys, kReadMetrics, kAdminister };

struct Resource {
  ProjectName project;
  std::string table;  // "" = the project itself
};

// Decides by role and scope. kReadMetrics and kAdminister concern the whole server: they need a key that is not limited
// to a project, and ignore `resource`.
Status authorize(const Subject& subject, Action action, const Resource& resource);

}  // namespace streamflow::access
