#include "query/syntax/aggregate_names.h"

#include <mutex>
#include <set>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"

namespace streamflow::query {

namespace {

std::set<std::string>& names() {
  // DuckDB's and our macros over aggregates; their own names are in the catalog.
  static std::set<std::string> known{"percentile", "wavg", "weighted_avg", "geomean", "geometric_mean"};
  return known;
}

}  // namespace

void remember_aggregates(duckdb::ClientContext& context) {
  static std::once_flag once;
  std::call_once(once, [&context] {
    auto& schema = duckdb::Catalog::GetSystemCatalog(context).GetSchema(context, DEFAULT_SCHEMA);
    schema.Scan(context, duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY, [](duckdb::CatalogEntry& entry) {
      if (entry.type == duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY) names().insert(entry.name);
    });
  });
}

bool is_aggregate(const std::string& function) {
  return names().contains(duckdb::StringUtil::Lower(function));
}

bool contains_aggregate(const duckdb::ParsedExpression& expression) {
  using duckdb::ExpressionClass;
  const ExpressionClass kind = expression.GetExpressionClass();
  if (kind == ExpressionClass::SUBQUERY || kind == ExpressionClass::WINDOW) return false;
  if (kind == ExpressionClass::FUNCTION && is_aggregate(expression.Cast<duckdb::FunctionExpression>().function_name)) {
    return true;
  }
  bool found = false;
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      expression, [&found](const duckdb::ParsedExpression& child) { found = found || contains_aggregate(child); });
  return found;
}

}  // namespace streamflow::query
