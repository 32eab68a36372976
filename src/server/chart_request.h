// What a request to /api/v1/chart asks for.
// Source:     docs/http-api.md, "Charts".
// Threads:    pure.
// Errors:     kInvalidArgument (names the member), kUnsupported when no offered format is acceptable.
#pragma once

#include "model/result.h"
#include "query/chart/chart.h"
#include "server/http_types.h"

namespace streamflow::server {

// Without the project.
Result<query::ChartRequest> chart_request_of_body(const Request& request, const query::QueryLimits& limits);

enum class ChartFormat : std::uint8_t { kFrames, kJson };
// Frames unless JSON is preferred.
Result<ChartFormat> acceptable_chart_format(std::string_view accept);

}  // namespace streamflow::server
