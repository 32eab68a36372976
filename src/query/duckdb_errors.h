// Between DuckDB's exceptions and our Error, both ways: an Error of storage thrown inside a scan comes out with its own
// code and message.
// Threads: free functions.
#pragma once

#include <string>

#include "duckdb/common/error_data.hpp"
#include "model/result.h"

namespace streamflow::query {

// For use inside callbacks that DuckDB calls.
[[noreturn]] void throw_as_duckdb(const Error& error);

// `text` is the statement, for the line and the caret under the place. Messages of an interrupt carry no reason: the
// caller knows it.
Error error_from(duckdb::ErrorData error, const std::string& text);

}  // namespace streamflow::query
