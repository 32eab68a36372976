#include "query/functions/aggregate_arguments.h"

#include "duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_aggregate_function_info.hpp"
#include "duckdb/planner/expression.hpp"

namespace streamflow::query {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Value;
using duckdb::Vector;

Value take_constant(duckdb::ClientContext& context, duckdb::AggregateFunction& function,
                    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, std::size_t index,
                    const char* what) {
  if (arguments[index]->HasParameter()) throw duckdb::ParameterNotResolvedException();
  if (!arguments[index]->IsFoldable()) {
    throw duckdb::BinderException("%s(): its argument %d, %s, must be a constant", function.name,
                                  static_cast<int>(index + 1), what);
  }
  Value value = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[index]);
  if (value.IsNull()) {
    throw duckdb::BinderException("%s(): its argument %d, %s, must not be NULL", function.name,
                                  static_cast<int>(index + 1), what);
  }
  duckdb::Function::EraseArgument(function, arguments, index);
  return value;
}

std::int64_t take_count(duckdb::ClientContext& context, duckdb::AggregateFunction& function,
                        duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments, std::size_t index,
                        std::int64_t count_min, std::int64_t count_max) {
  const auto count = take_constant(context, function, arguments, index, "a count")
                         .DefaultCastAs(LogicalType::BIGINT)
                         .GetValue<std::int64_t>();
  if (count >= count_min && count <= count_max) return count;
  throw duckdb::BinderException("%s(): wanted a count from %s to %s, got %s", function.name, std::to_string(count_min),
                                std::to_string(count_max), std::to_string(count));
}

void write(Vector& result, idx_t row, std::optional<double> value) {
  if (value.has_value()) {
    duckdb::FlatVector::GetData<double>(result)[row] = *value;
  } else {
    duckdb::FlatVector::SetNull(result, row, true);
  }
}

LogicalType list_of_points() {
  return LogicalType::LIST(LogicalType::STRUCT({{"time", LogicalType::TIMESTAMP_NS}, {"value", LogicalType::DOUBLE}}));
}

void write(Vector& result, idx_t row, const std::vector<SeriesPoint<double>>& points) {
  const idx_t begin = duckdb::ListVector::GetListSize(result);
  duckdb::ListVector::Reserve(result, begin + points.size());
  auto& children = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
  auto* times = duckdb::FlatVector::GetData<std::int64_t>(*children[0]);
  auto* values = duckdb::FlatVector::GetData<double>(*children[1]);
  for (std::size_t i = 0; i < points.size(); ++i) {
    times[begin + i] = points[i].time;
    values[begin + i] = points[i].value;
  }
  duckdb::ListVector::SetListSize(result, begin + points.size());
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {begin, points.size()};
  if (points.empty()) duckdb::FlatVector::SetNull(result, row, true);
}

void add_aggregate(duckdb::ClientContext& context, duckdb::AggregateFunction function) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(context);
  const duckdb::EntryLookupInfo lookup(duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY, function.name);
  auto entry = catalog.GetEntry(context, DEFAULT_SCHEMA, lookup, duckdb::OnEntryNotFound::RETURN_NULL);
  if (entry && entry->type == duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY) {
    entry->Cast<duckdb::AggregateFunctionCatalogEntry>().functions.AddFunction(std::move(function));
    return;
  }
  duckdb::CreateAggregateFunctionInfo info(std::move(function));
  info.internal = true;
  catalog.CreateFunction(context, info);
}

void forbid_copies(duckdb::AggregateFunction& function) {
  function.SetSerializeCallback([](duckdb::Serializer&, const duckdb::optional_ptr<duckdb::FunctionData>,
                                   const duckdb::AggregateFunction& copied) {
    throw duckdb::NotImplementedException("%s() is not copied", copied.name);
  });
  function.SetDeserializeCallback(
      [](duckdb::Deserializer&, duckdb::AggregateFunction& copied) -> duckdb::unique_ptr<duckdb::FunctionData> {
        throw duckdb::NotImplementedException("%s() is not copied", copied.name);
      });
}

}  // namespace streamflow::query
