// Error answers in the three shapes that clients read: problem+json, InfluxDB v1, InfluxDB v2.
// Source:     RFC 9457; protocols of InfluxDB 1.8 and 2.7; docs/http-api.md, "Errors".
// Invariants: `type` and `title` depend on the kind of problem alone; Retry-After is whole seconds.
// Threads:    pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "server/http_types.h"

namespace streamflow::server {

enum class Surface : std::uint8_t { kOwn, kInfluxV1, kInfluxV2 };

struct ProblemKind {
  int status;
  std::string_view slug, title;
  int retry_after_s = 0;  // 0: none
};

// One kind per ErrorCode and per status that the adapter or the router answers by itself.
const ProblemKind& kind_of(ErrorCode code);
const ProblemKind& kind_of_status(int status);
std::vector<ProblemKind> all_problem_kinds();

struct ProblemEntry {
  std::string detail;
  std::optional<std::uint64_t> line;
  std::string pointer;  // JSON pointer into the request's body
};

struct Problem {
  ProblemKind kind;
  std::string detail;
  std::vector<ProblemEntry> errors;
};
Problem problem_of(const Error& error);

// In the shape of `surface`. v1 and v2 turn kConflict into what their clients know, overload into what they retry.
Response problem_response(Surface surface, const Request& request, const Problem& problem);
// problem+json's members, for an error inside a body that has begun.
std::string problem_json(const Request& request, const Problem& problem);

}  // namespace streamflow::server
