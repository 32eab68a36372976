#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_scalar_function_info.hpp"
#include "query/functions/aggregate_arguments.h"
#include "query/syntax/window_functions.h"

namespace streamflow::query {

namespace {

using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::timestamp_ns_t;
using duckdb::Vector;

constexpr std::size_t kValueArguments[] = {0, 3, 5};
__extension__ using Wide = __int128;

void line(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t count = arguments.size();
  const ArgumentColumn<double> values(arguments.data[0], count);
  const ArgumentColumn<timestamp_ns_t> times(arguments.data[1], count);
  const ArgumentColumn<timestamp_ns_t> times_before(arguments.data[2], count);
  const ArgumentColumn<double> values_before(arguments.data[3], count);
  const ArgumentColumn<timestamp_ns_t> times_after(arguments.data[4], count);
  const ArgumentColumn<double> values_after(arguments.data[5], count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  auto* out = duckdb::FlatVector::GetData<double>(result);
  for (idx_t row = 0; row < count; ++row) {
    if (!values.is_null(row)) {
      out[row] = values[row];
    } else if (times.is_null(row) || times_before.is_null(row) || values_before.is_null(row) ||
               times_after.is_null(row) || values_after.is_null(row)) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      const Wide span = Wide{times_after[row].value} - times_before[row].value;
      const Wide part = Wide{times[row].value} - times_before[row].value;
      const double share = span == 0 ? 0 : static_cast<double>(part) / static_cast<double>(span);
      out[row] = values_before[row] * (1 - share) + values_after[row] * share;
    }
  }
}

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                              duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const LogicalType type = arguments[0]->return_type;
  if (!type.IsNumeric() && type.id() != duckdb::LogicalTypeId::SQLNULL && type.id() != duckdb::LogicalTypeId::UNKNOWN) {
    throw duckdb::BinderException(
        "a value of type %s has no points between: interpolate(), FILL(linear) are for numbers", type.ToString());
  }
  for (const std::size_t index : kValueArguments) function.arguments[index] = LogicalType::DOUBLE;
  return nullptr;
}

}  // namespace

void register_line_function(duckdb::ClientContext& context) {
  const LogicalType any = LogicalType::ANY;
  const LogicalType time = LogicalType::TIMESTAMP_NS;
  duckdb::ScalarFunction function(kLineFunction, {any, time, time, any, time, any}, LogicalType::DOUBLE, line, bind);
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  duckdb::CreateScalarFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(context).CreateFunction(context, info);
}

}  // namespace streamflow::query
