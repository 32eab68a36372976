// The CSV result: RFC 4180 with a header line, CRLF line ends, UTF-8 without a byte order mark.
// Format:     NULL is an empty field, the empty string `""`; timestamps and times have always nine fraction digits
//             (`2024-03-01T12:00:00.000000000Z`); nested values are JSON inside a quoted field; other values as in
//             result_json_value.h, without quotes. A NULL in a result of one column is an empty line.
// Threads:    as ResultEncoder.
// Errors:     as ResultEncoder.
#pragma once

#include <memory>

#include "query/results/result_encoder.h"

namespace streamflow::query {

std::unique_ptr<ResultEncoder> make_csv_encoder();

}  // namespace streamflow::query
