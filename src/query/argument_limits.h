// How large the arguments of a scalar function may be: checks that run in front of DuckDB's function, on every chunk
// and when constants are folded. Limits: function_policy.h. Threads: the checks are pure. Errors:  OutOfRangeException
// naming the function, what was asked and the limit.
#pragma once

#include <span>
#include <string>

namespace duckdb {
class DataChunk;
}

namespace streamflow::query {

struct ArgumentLimit {
  const char* function;
  void (*check)(const std::string& function, duckdb::DataChunk& arguments);
};

std::span<const ArgumentLimit> argument_limits();

}  // namespace streamflow::query
