// Times as RFC 3339 text, UTC.
// Threads:    pure.
// Errors:     kInvalidArgument.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"

namespace streamflow::server {

std::string to_rfc3339(Timestamp time);  // whole seconds, rounded down: "2026-01-31T12:00:00Z"
// With optional fraction (up to nanoseconds) and an offset or "Z".
Result<Timestamp> parse_rfc3339(std::string_view text);

}  // namespace streamflow::server
