// What InfluxDB v1 and v2 clients send besides the body, and the answers they understand.
// Source:     protocols.md §0.3 (overload), §1.1 (v1 /write), §1.2 (v2 /api/v2/write). The texts are an interface:
// agents
//             search them for "partial write", "unable to parse", "database not found".
// Invariants: bodies are valid JSON whatever bytes a line held. Only these statuses make a client retry: 503 on v1, 429
//             and 503 on v2, always with Retry-After; a client drops its batch on any other.
// Threads:    pure functions.
// Errors:     of the parsers: kInvalidArgument, kForbidden, kNotFound; give them to the answering functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/pipeline/write_service.h"
#include "model/result.h"
#include "model/schema.h"

namespace streamflow::ingest {

enum class InfluxVersion : std::uint8_t { kV1, kV2 };

struct HttpAnswer {
  int status = 204;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // "" or JSON
};

struct AnswerOptions {
  std::uint32_t retry_after_s = 5;  // clients wait this long before they try again
};

// 204 when every line is stored; 400 (v2: 422 when the lines are well-formed, but do not fit what is stored) when some
// are not, naming the first of them.
HttpAnswer answer_outcome(InfluxVersion version, const WriteOutcome& outcome);
// For a request that stored nothing. kNotFound: `error.message` names what is missing as the functions below do.
HttpAnswer answer_error(InfluxVersion version, const Error& error, const AnswerOptions& options = {});

// Nanoseconds per unit of the request's `precision` parameter; "" is nanoseconds. v1: n ns u us µ ms s m h; v2: ns us
// ms s.
Result<std::int64_t> ns_per_unit_from(InfluxVersion version, std::string_view precision);

// `db` names a project of the caller's organization, or organization/project; the organization must then be the
// caller's. `rp` stays without effect: retention belongs to tables.
Result<ProjectName> project_from_v1(std::string_view caller_organization, std::string_view db);
// `bucket` likewise; `org`, when given, must be the caller's organization.
Result<ProjectName> project_from_v2(std::string_view caller_organization, std::string_view org,
                                    std::string_view bucket);

// kNotFound in the words that agents wait for: `database not found: "D"`, `bucket "B" not found`.
Error project_not_found(InfluxVersion version, std::string_view name);

// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace streamflow::ingest
