// Which functions are aggregates, by name: what tells a group's key from its values before DuckDB binds a statement.
// Invariants: taken from the library's catalog once, when the first instance opens.
// Threads:    remember_aggregates() before the first query; is_aggregate() from any thread.
// Errors:     none.
#pragma once

#include <string>

namespace duckdb {
class ClientContext;
class ParsedExpression;
}  // namespace duckdb

namespace streamflow::query {

void remember_aggregates(duckdb::ClientContext& context);
bool is_aggregate(const std::string& function);
bool contains_aggregate(const duckdb::ParsedExpression& expression);  // outside subqueries and windows

}  // namespace streamflow::query
