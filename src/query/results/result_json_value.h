// One value of a result as text: bare for CSV, as a JSON value for JSON and for nested values in CSV.
// Format:     integers, HUGEINT and DECIMAL are exact JSON numbers, whatever their size (a reader that keeps numbers as
//             doubles rounds beyond 2^53: cast to VARCHAR for it); floats are the shortest that read back;
//             NaN and infinities are the strings "NaN", "Infinity", "-Infinity"; times, dates, intervals, UUIDs are
//             strings (result_time_text.h); BLOB is base64; lists and arrays are arrays, structs objects (arrays when
//             unnamed), maps objects whose keys are the keys' text.
// Threads:    pure functions.
// Errors:     none.
#pragma once

#include <string>

#include "query/results/result_column.h"

namespace streamflow::query {

// The value at `index` of a kind that is neither text nor nested, which must not be NULL, without quotes.
void append_bare(const ColumnView& view, std::size_t index, Fraction fraction, std::string& out);
void append_json(const ColumnView& view, std::size_t row, std::string& out);
bool is_nested(ValueKind kind);
bool is_text(ValueKind kind);  // kText, kEnum

}  // namespace streamflow::query
