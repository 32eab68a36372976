#include <algorithm>
#include <string>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_macro_info.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/statement/create_statement.hpp"
#include "query/functions/function_registry.h"

namespace streamflow::query {

namespace {

using duckdb::LogicalType;

// approx_quantile is DuckDB's t-digest, which NaN and infinities would spoil.
constexpr const char* kMacros[] = {
    "CREATE MACRO percentile(value, percent) AS "
    "approx_quantile(CASE WHEN isfinite(value::DOUBLE) THEN value::DOUBLE END, (percent / 100.0)::FLOAT)",
};

constexpr const char* kColumns[] = {"name", "kind", "signature", "help", "example", "errors"};

struct State : public duckdb::GlobalTableFunctionState {
  std::size_t next = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&, duckdb::TableFunctionBindInput&,
                                              duckdb::vector<LogicalType>& types,
                                              duckdb::vector<duckdb::string>& names) {
  for (const char* column : kColumns) {
    names.emplace_back(column);
    types.push_back(LogicalType::VARCHAR);
  }
  return nullptr;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init(duckdb::ClientContext&, duckdb::TableFunctionInitInput&) {
  return duckdb::make_uniq<State>();
}

void scan(duckdb::ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  auto& state = input.global_state->Cast<State>();
  const auto functions = function_registry();
  duckdb::idx_t row = 0;
  for (; row < STANDARD_VECTOR_SIZE && state.next < functions.size(); ++row, ++state.next) {
    const FunctionHelp& function = functions[state.next];
    const std::string kind(name_of(function.kind));
    const char* values[] = {function.name, kind.c_str(), function.signature, function.help, function.example};
    for (std::size_t column = 0; column < std::size(values); ++column) {
      output.SetValue(column, row, duckdb::Value(values[column]));
    }
    const std::string errors = function.errors;
    output.SetValue(std::size(values), row,
                    errors.empty() ? duckdb::Value(LogicalType::VARCHAR) : duckdb::Value(errors));
  }
  output.SetCardinality(row);
}

}  // namespace

void register_function_list(duckdb::ClientContext& context) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  duckdb::CreateTableFunctionInfo list(duckdb::TableFunction(kFunctionsFunction, {}, scan, bind, init));
  list.internal = true;
  catalog.CreateTableFunction(context, list);
  for (const char* text : kMacros) {
    duckdb::Parser parser;
    parser.ParseQuery(text);
    auto& info = parser.statements.at(0)->Cast<duckdb::CreateStatement>().info->Cast<duckdb::CreateMacroInfo>();
    info.schema = DEFAULT_SCHEMA;
    info.internal = true;
    catalog.CreateFunction(context, info);
  }
}

}  // namespace streamflow::query
