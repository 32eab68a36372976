// How large the arguments of a scalar function may be: checks that run in front of DuckDB's function, on every chunk
// and when constants are folded. Limits: function_policy.h. Threads: the checks are pure. Errors:  OutOfRangeException
// naming the function, what was asked and the limit.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace duckdb {
class DataChunk;
}

namespace streamflow::query {

struct ArgumentLimit {
  const char* function;
  void (*check)(const std::string& function, duckdb::DataChunk& arguments);
};

std::span<const ArgumentLimit> argument_limits();

// Functions whose argument `index` is a regular expression or a time format. DuckDB compiles constant ones while it
// plans, so they are checked when the function binds as well.
struct PatternLimit {
  const char* function;
  std::size_t index;
  void (*check)(const std::string& function, std::string_view pattern);
};

std::span<const PatternLimit> pattern_limits();
void check_patterns(const PatternLimit& limit, duckdb::DataChunk& arguments);

}  // namespace streamflow::query
