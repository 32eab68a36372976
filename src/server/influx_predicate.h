// The predicate of InfluxDB v2's delete: `_measurement="cpu" AND host="a"`. Equality and AND are all it has.
// Threads:    pure.
// Errors:     kInvalidArgument says at which character and what was wanted.
#pragma once

#include <string_view>
#include <vector>

#include "model/result.h"
#include "storage/deletes/deletion.h"

namespace streamflow::server {

// One term per comparison, each with one value; none for an empty predicate.
Result<std::vector<storage::TagTerm>> parse_influx_predicate(std::string_view text);

}  // namespace streamflow::server
