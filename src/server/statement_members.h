// Members that every JSON body with a SQL statement has: `params`, `timeout_ms`, and the body itself.
// Source:     docs/http-api.md, "SQL".
// Threads:    pure.
// Errors:     kInvalidArgument (names the member).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "query/query_service.h"
#include "server/http_types.h"

namespace streamflow::server {

Result<nlohmann::json> statement_body(const Request& request);  // an object
Result<std::vector<query::Parameter>> parameters_of(const nlohmann::json& value);
Result<Duration> timeout_of(const nlohmann::json& value, const query::QueryLimits& limits);
Result<Duration> checked_timeout(std::int64_t milliseconds, const query::QueryLimits& limits);

}  // namespace streamflow::server
