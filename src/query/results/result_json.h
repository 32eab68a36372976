// The JSON result: {"columns":[{"name":...,"type":...}],"rows":[[...],...],"row_count":n,"elapsed_ms":x}.
// Format:     one value per column and row, see result_json_value.h; `type` is DuckDB's name; `elapsed_ms` has at most
//             three decimals; the text ends with a line feed.
// Threads:    as ResultEncoder.
// Errors:     as ResultEncoder.
#pragma once

#include <memory>

#include "query/results/result_encoder.h"

namespace streamflow::query {

std::unique_ptr<ResultEncoder> make_json_encoder();

}  // namespace streamflow::query
