#include "query/admission/function_policy.h"

#include <set>
#include <string>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/scalar_function_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/cast/cast_function_set.hpp"
#include "duckdb/function/cast/default_casts.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/main/config.hpp"
#include "query/admission/argument_limits.h"
#include "query/functions/like_functions.h"

namespace streamflow::query {

namespace {

using duckdb::CatalogType;

[[noreturn]] void refuse(const std::string& name) {
  throw duckdb::PermissionException("function not allowed: " + name +
                                    "(). It reaches outside the project's tables, or its cost has no bound");
}

const std::set<std::string>& allowed_table_functions() {
  static const std::set<std::string> names{"range",
                                           "generate_series",
                                           "unnest",
                                           "repeat",
                                           "repeat_row",
                                           "json_each",
                                           "json_tree",
                                           "seq_scan",
                                           "summary",
                                           "duckdb_columns",
                                           "duckdb_constraints",
                                           "duckdb_coordinate_systems",
                                           "duckdb_databases",
                                           "duckdb_dependencies",
                                           "duckdb_functions",
                                           "duckdb_indexes",
                                           "duckdb_keywords",
                                           "duckdb_schemas",
                                           "duckdb_sequences",
                                           "duckdb_tables",
                                           "duckdb_types",
                                           "duckdb_views",
                                           "pragma_collations",
                                           "pragma_show",
                                           "pragma_table_info",
                                           "pragma_version",
                                           "pg_timezone_names",
                                           "icu_calendar_names",
                                           "streamflow_scan",
                                           "streamflow_storage"};
  return names;
}

// Settings and secrets; the log; time that passes uninterruptibly; plans from outside the gate; recursion as deep as an
// argument (JSON structures, VARIANT); exponential matching (GLOB); aggregates whose states allocate by an argument,
// not by their input.
constexpr const char* kRefusedScalars[] = {"getenv",
                                           "current_setting",
                                           "getvariable",
                                           "write_log",
                                           "sleep_ms",
                                           "which_secret",
                                           "json_serialize_plan",
                                           "json_serialize_sql",
                                           "json_deserialize_sql",
                                           "parse_duckdb_log_message",
                                           "nextval",
                                           "currval",
                                           "setseed",
                                           "json_transform",
                                           "json_transform_strict",
                                           "from_json",
                                           "from_json_strict",
                                           "variant_normalize",
                                           "variant_extract",
                                           "variant_typeof",
                                           "variant_bytes_to_variant",
                                           "variant_to_parquet_variant",
                                           "~~~"};
constexpr const char* kRefusedAggregates[] = {"bitstring_agg", "reservoir_quantile"};

duckdb::unique_ptr<duckdb::FunctionData> refuse_scalar(duckdb::ClientContext&, duckdb::ScalarFunction& function,
                                                       duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>&) {
  refuse(function.name);
}
duckdb::unique_ptr<duckdb::FunctionData> refuse_aggregate(duckdb::ClientContext&, duckdb::AggregateFunction& function,
                                                          duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>&) {
  refuse(function.name);
}
duckdb::unique_ptr<duckdb::FunctionData> refuse_table(duckdb::ClientContext&, duckdb::TableFunctionBindInput& input,
                                                      duckdb::vector<duckdb::LogicalType>&,
                                                      duckdb::vector<duckdb::string>&) {
  refuse(input.table_function.name);
}

template <class Entry>
Entry* find(duckdb::ClientContext& context, const std::string& name) {
  duckdb::EntryLookupInfo lookup(Entry::Type, name);
  auto entry = duckdb::Catalog::GetSystemCatalog(context).GetEntry(context, DEFAULT_SCHEMA, lookup,
                                                                   duckdb::OnEntryNotFound::RETURN_NULL);
  return entry && entry->type == Entry::Type ? &entry->template Cast<Entry>() : nullptr;
}

void refuse_functions(duckdb::ClientContext& context) {
  for (const char* name : kRefusedScalars) {
    auto* entry = find<duckdb::ScalarFunctionCatalogEntry>(context, name);
    if (entry == nullptr) continue;
    for (auto& function : entry->functions.functions) {
      function.SetBindExtendedCallback(nullptr);
      function.SetBindExpressionCallback(nullptr);
      function.SetBindCallback(refuse_scalar);
    }
  }
  for (const char* name : kRefusedAggregates) {
    auto* entry = find<duckdb::AggregateFunctionCatalogEntry>(context, name);
    if (entry == nullptr) continue;
    for (auto& function : entry->functions.functions) function.SetBindCallback(refuse_aggregate);
  }
}

void refuse_table_functions(duckdb::ClientContext& context) {
  auto& schema = duckdb::Catalog::GetSystemCatalog(context).GetSchema(context, DEFAULT_SCHEMA);
  schema.Scan(context, CatalogType::TABLE_FUNCTION_ENTRY, [](duckdb::CatalogEntry& entry) {
    if (entry.type != CatalogType::TABLE_FUNCTION_ENTRY || allowed_table_functions().contains(entry.name)) return;
    for (auto& function : entry.Cast<duckdb::TableFunctionCatalogEntry>().functions.functions) {
      function.bind_replace = nullptr;
      function.bind_operator = nullptr;
      function.bind = refuse_table;
    }
  });
}

// What a guarded function was bound by, and which argument is its pattern.
struct PatternGuard : public duckdb::ScalarFunctionInfo {
  PatternGuard(duckdb::bind_scalar_function_t bind, const PatternLimit& pattern_limit)
      : original(bind), limit(pattern_limit) {}
  duckdb::bind_scalar_function_t original;
  const PatternLimit& limit;
};

void check_constant(duckdb::ClientContext& context, const PatternLimit& limit, const duckdb::Expression& pattern) {
  if (!pattern.IsFoldable()) return;
  const auto value = duckdb::ExpressionExecutor::EvaluateScalar(context, pattern);
  if (value.IsNull()) return;
  if (value.type().id() == duckdb::LogicalTypeId::VARCHAR) limit.check(limit.function, duckdb::StringValue::Get(value));
  if (value.type().id() != duckdb::LogicalTypeId::LIST) return;
  for (const auto& child : duckdb::ListValue::GetChildren(value)) {  // strptime(text, [format, format])
    if (!child.IsNull()) limit.check(limit.function, child.ToString());
  }
}

duckdb::unique_ptr<duckdb::FunctionData> bind_guarded(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto guard = duckdb::shared_ptr_cast<duckdb::ScalarFunctionInfo, PatternGuard>(function.function_info);
  check_constant(context, guard->limit, *arguments[guard->limit.index]);
  return guard->original == nullptr ? nullptr : guard->original(context, function, arguments);
}

void limit_patterns(duckdb::ClientContext& context) {
  for (const PatternLimit& limit : pattern_limits()) {
    auto* entry = find<duckdb::ScalarFunctionCatalogEntry>(context, limit.function);
    if (entry == nullptr) continue;
    for (auto& function : entry->functions.functions) {
      function.SetExtraFunctionInfo<PatternGuard>(function.GetBindCallback(), limit);
      function.SetBindCallback(bind_guarded);
      auto original = function.GetFunctionCallback();
      if (!original) continue;  // set by the original bind
      function.SetFunctionCallback(
          [original, &limit](duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
            check_patterns(limit, arguments);
            original(arguments, state, result);
          });
    }
  }
}

bool refuse_cast(duckdb::Vector&, duckdb::Vector&, duckdb::idx_t, duckdb::CastParameters&) {
  throw duckdb::PermissionException("cast not allowed: JSON to VARIANT. Use the json_ functions");
}

void limit_arguments(duckdb::ClientContext& context) {
  for (const ArgumentLimit& limit : argument_limits()) {
    auto* entry = find<duckdb::ScalarFunctionCatalogEntry>(context, limit.function);
    if (entry == nullptr) continue;
    for (auto& function : entry->functions.functions) {
      auto original = function.GetFunctionCallback();
      if (!original) continue;
      const std::string name = limit.function;
      const auto check = limit.check;
      function.SetFunctionCallback([original, check, name](duckdb::DataChunk& arguments, duckdb::ExpressionState& state,
                                                           duckdb::Vector& result) {
        check(name, arguments);
        original(arguments, state, result);
      });
    }
  }
}

}  // namespace

void apply_function_policy(duckdb::ClientContext& context) {
  refuse_functions(context);
  refuse_table_functions(context);
  limit_arguments(context);
  limit_patterns(context);
  replace_like(context);
  duckdb::DBConfig::GetConfig(context).GetCastFunctions().RegisterCastFunction(
      duckdb::LogicalType::JSON(), duckdb::LogicalType::VARIANT(), duckdb::BoundCastInfo(refuse_cast));
}

}  // namespace streamflow::query
