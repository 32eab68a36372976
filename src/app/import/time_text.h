// Times as the command line reads and prints them.
// Threads: pure.
// Errors:  kInvalidArgument with what was wanted.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"

namespace streamflow::app {

// "90d" from `now`, or a date "2027-01-31"; for --expires.
Result<Timestamp> parse_expiry(std::string_view text, Timestamp now);

// RFC 3339 in UTC, whole seconds.
std::string format_time(Timestamp time);

}  // namespace streamflow::app
