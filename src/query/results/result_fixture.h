// For tests: runs SQL on a DuckDB of its own and encodes the result. Its own unit, because DuckDB's headers are slow.
// Threads: one.
#pragma once

#include <string>

#include "query/results/result_encoder.h"

namespace streamflow::query::testing {

// Runs `setup` when it is not empty, then encodes `sql` with an elapsed time of 1.5 ms. An error of DuckDB's has the
// code kInvalidArgument, an error of the encoder its own.
Result<std::string> encode_sql(ResultFormat format, const std::string& sql, const std::string& setup = "");

}  // namespace streamflow::query::testing
