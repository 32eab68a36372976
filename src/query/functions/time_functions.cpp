#include "query/functions/time_functions.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/common/vector_operations/ternary_executor.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/transaction/meta_transaction.hpp"
#include "query/admission/statement_gate.h"
#include "query/functions/time_arithmetic.h"

namespace streamflow::query {

namespace {

using duckdb::BinaryExecutor;
using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::interval_t;
using duckdb::LogicalType;
using duckdb::ScalarFunction;
using duckdb::string_t;
using duckdb::TernaryExecutor;
using duckdb::timestamp_ns_t;
using duckdb::Vector;

timestamp_ns_t as_time(std::int64_t ns) {
  return timestamp_ns_t(ns);
}

void time_plus_interval(DataChunk& arguments, ExpressionState&, Vector& result) {
  BinaryExecutor::Execute<timestamp_ns_t, interval_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](timestamp_ns_t time, interval_t interval) { return as_time(add_interval(time.value, interval)); });
}

void interval_plus_time(DataChunk& arguments, ExpressionState&, Vector& result) {
  BinaryExecutor::Execute<interval_t, timestamp_ns_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](interval_t interval, timestamp_ns_t time) { return as_time(add_interval(time.value, interval)); });
}

void time_minus_interval(DataChunk& arguments, ExpressionState&, Vector& result) {
  BinaryExecutor::Execute<timestamp_ns_t, interval_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](timestamp_ns_t time, interval_t interval) { return as_time(subtract_interval(time.value, interval)); });
}

void time_minus_time(DataChunk& arguments, ExpressionState&, Vector& result) {
  BinaryExecutor::Execute<timestamp_ns_t, timestamp_ns_t, interval_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](timestamp_ns_t left, timestamp_ns_t right) { return difference(left.value, right.value); });
}

// Rows come in time order, so the last bucket answers most of them.
void bucket(DataChunk& arguments, ExpressionState&, Vector& result) {
  interval_t width_of_last{};
  std::optional<BucketWidth> width;
  TimeBucket last;
  BinaryExecutor::Execute<interval_t, timestamp_ns_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(), [&](interval_t wanted, timestamp_ns_t time) {
        if (!width.has_value() || wanted.months != width_of_last.months || wanted.days != width_of_last.days ||
            wanted.micros != width_of_last.micros) {
          width.emplace(wanted);
          width_of_last = wanted;
          last = {};
        }
        if (!last.contains(time.value)) last = width->bucket_of(time.value, width->default_origin_ns());
        return as_time(last.begin);
      });
}

void bucket_with_offset(DataChunk& arguments, ExpressionState&, Vector& result) {
  TernaryExecutor::Execute<interval_t, timestamp_ns_t, interval_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], arguments.data[2], result, arguments.size(),
      [](interval_t wanted, timestamp_ns_t time, interval_t offset) {
        return as_time(BucketWidth(wanted).bucket_with_offset(time.value, offset).begin);
      });
}

void bucket_with_origin(DataChunk& arguments, ExpressionState&, Vector& result) {
  TernaryExecutor::Execute<interval_t, timestamp_ns_t, timestamp_ns_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], arguments.data[2], result, arguments.size(),
      [](interval_t wanted, timestamp_ns_t time, timestamp_ns_t origin) {
        return as_time(BucketWidth(wanted).bucket_of(time.value, origin.value).begin);
      });
}

void date_trunc(DataChunk& arguments, ExpressionState&, Vector& result) {
  std::string unit_of_last;
  auto unit = duckdb::DatePartSpecifier::SECOND;
  TimeBucket last;
  BinaryExecutor::Execute<string_t, timestamp_ns_t, timestamp_ns_t>(
      arguments.data[0], arguments.data[1], result, arguments.size(), [&](string_t wanted, timestamp_ns_t time) {
        const std::string_view name(wanted.GetData(), wanted.GetSize());
        if (unit_of_last.empty() || name != unit_of_last) {
          unit_of_last = name;
          unit = duckdb::GetDatePartSpecifier(unit_of_last);
          last = {};
        }
        if (!duckdb::Value::IsFinite(time)) return time;
        if (!last.contains(time.value)) last = truncate(unit, time.value);
        return as_time(last.begin);
      });
}

void now(DataChunk&, ExpressionState& state, Vector& result) {
  const auto micros = duckdb::MetaTransaction::Get(state.GetContext()).start_timestamp.value;
  result.Reference(duckdb::Value::TIMESTAMPNS(as_time(micros * 1000)));
}

// reconcile(value, others...): `value` itself, as TIMESTAMP_NS when it has a zone and one of the others is one.
duckdb::unique_ptr<duckdb::Expression> reconcile(duckdb::FunctionBindExpressionInput& input) {
  auto value = std::move(input.children[0]);
  bool meets_ns = false;
  for (std::size_t i = 1; i < input.children.size(); ++i) {
    meets_ns = meets_ns || input.children[i]->return_type.id() == duckdb::LogicalTypeId::TIMESTAMP_NS;
  }
  if (!meets_ns || value->return_type.id() != duckdb::LogicalTypeId::TIMESTAMP_TZ) return value;
  return duckdb::BoundCastExpression::AddCastToType(input.context, std::move(value), LogicalType::TIMESTAMP_NS);
}

void never_runs(DataChunk&, ExpressionState&, Vector&) {
  throw duckdb::InternalException("the reconcile function disappears when it binds");
}

class Registrar {
 public:
  explicit Registrar(duckdb::ClientContext& context)
      : context_(context), catalog_(duckdb::Catalog::GetSystemCatalog(context)) {}

  void overload(const std::string& name, duckdb::vector<LogicalType> arguments, const LogicalType& type,
                duckdb::scalar_function_t function) {
    ScalarFunction added(name, std::move(arguments), type, std::move(function));
    added.SetFallible();
    entry<duckdb::ScalarFunctionCatalogEntry>(name).functions.AddFunction(std::move(added));
  }

  void replace_now(const std::string& name) {
    ScalarFunction replacement(name, {}, LogicalType::TIMESTAMP_NS, now);
    replacement.SetStability(duckdb::FunctionStability::CONSISTENT_WITHIN_QUERY);
    auto& functions = entry<duckdb::ScalarFunctionCatalogEntry>(name).functions.functions;
    functions.clear();
    functions.push_back(std::move(replacement));
  }

  // Overloads `name` by what `by_bigint` does: a TIMESTAMP_NS is 64 bits that order like the integer they are.
  void order_by_time(const std::string& name, const std::string& source) {
    const auto functions = entry<duckdb::AggregateFunctionCatalogEntry>(source).functions.functions;
    auto& target = entry<duckdb::AggregateFunctionCatalogEntry>(name).functions;
    for (duckdb::AggregateFunction function : functions) {
      if (function.arguments.size() != 2 || function.arguments[1] != LogicalType::BIGINT) continue;
      function.name = name;
      function.arguments[1] = LogicalType::TIMESTAMP_NS;
      target.AddFunction(std::move(function));
    }
  }

  void add_reconcile() {
    ScalarFunction function(kReconcileFunction, {LogicalType::ANY}, LogicalType::ANY, never_runs);
    function.varargs = LogicalType::ANY;
    function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
    function.SetBindExpressionCallback(reconcile);
    duckdb::CreateScalarFunctionInfo info(std::move(function));
    info.internal = true;
    catalog_.CreateFunction(context_, info);
  }

 private:
  template <class Entry>
  Entry& entry(const std::string& name) {
    return catalog_.GetEntry<Entry>(context_, DEFAULT_SCHEMA, name);
  }

  duckdb::ClientContext& context_;
  duckdb::Catalog& catalog_;
};

}  // namespace

void register_time_functions(duckdb::ClientContext& context) {
  const LogicalType time = LogicalType::TIMESTAMP_NS;
  const LogicalType interval = LogicalType::INTERVAL;
  Registrar registrar(context);
  registrar.overload("+", {time, interval}, time, time_plus_interval);
  registrar.overload("+", {interval, time}, time, interval_plus_time);
  registrar.overload("-", {time, interval}, time, time_minus_interval);
  registrar.overload("-", {time, time}, interval, time_minus_time);
  registrar.overload("time_bucket", {interval, time}, time, bucket);
  registrar.overload("time_bucket", {interval, time, interval}, time, bucket_with_offset);
  registrar.overload("time_bucket", {interval, time, time}, time, bucket_with_origin);
  for (const char* name : {"date_trunc", "datetrunc"}) {
    registrar.overload(name, {LogicalType::VARCHAR, time}, time, date_trunc);
  }
  for (const char* name : {"now", "get_current_timestamp", "transaction_timestamp"}) registrar.replace_now(name);
  for (const char* name : {"arg_min", "argmin", "min_by"}) registrar.order_by_time(name, "arg_min");
  for (const char* name : {"arg_max", "argmax", "max_by"}) registrar.order_by_time(name, "arg_max");
  registrar.order_by_time("first", "arg_min");
  registrar.order_by_time("last", "arg_max");
  registrar.add_reconcile();
}

}  // namespace streamflow::query
