// Every SQL function that StreamFlow adds or changes, with what SHOW FUNCTIONS and docs/tsql.md say about it.
// Source:     the reference part of docs/tsql.md is made of this table (tests/sql/tsql_reference.py).
// Invariants: each example runs over the demo table cpu(time, host, region, usage, count, total, ok, note); tests run
//             all. Names are in the order in which they are shown: by kind, then by name.
// Threads:    immutable; register_function_list() before the first query.
// Errors:     none.
#pragma once

#include <span>
#include <string_view>

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

inline constexpr const char* kFunctionsFunction = "streamflow_functions";

enum class FunctionKind : unsigned char {
  kScalar,
  kAggregate,
  kWindow,  // only with OVER
  kTable,
};

struct FunctionHelp {
  FunctionKind kind;
  const char* name;
  const char* signature;
  const char* help;
  const char* example;
  const char* errors;  // when it fails; empty when nothing but wrong types can
};

std::string_view name_of(FunctionKind kind);
std::span<const FunctionHelp> function_registry();

// The table function streamflow_functions() and the macros among the functions.
void register_function_list(duckdb::ClientContext& context);

}  // namespace streamflow::query
