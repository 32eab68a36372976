// What a request to /api/v1/sql asks for.
// Source:     docs/http-api.md, "SQL".
// Threads:    pure.
// Errors:     kInvalidArgument (names the member), kUnsupported when no offered format is acceptable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "query/query_service.h"
#include "server/http_types.h"

namespace streamflow::server {

struct SqlRequest {
  std::string text;
  std::vector<query::Parameter> parameters;
  query::ResultFormat format = query::ResultFormat::kJson;
  std::optional<Duration> timeout;  // at most limits.timeout
};

Result<SqlRequest> sql_request_of_body(const Request& request, const query::QueryLimits& limits);        // POST
Result<SqlRequest> sql_request_of_parameters(const Request& request, const query::QueryLimits& limits);  // GET

std::string_view media_type(query::ResultFormat format);
// The best of what an Accept header takes, by quality, then JSON before CSV before Arrow. "" takes all.
std::optional<query::ResultFormat> acceptable_format(std::string_view accept);

}  // namespace streamflow::server
