#include "query/scan/combined_aggregates.h"

#include <string>
#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/aggregate_function_catalog_entry.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/vector_operations/binary_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/planner/expression/bound_aggregate_expression.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_columnref_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "duckdb/planner/operator/logical_get.hpp"

namespace streamflow::query {

namespace {

using duckdb::ColumnBinding;
using duckdb::Expression;
using duckdb::hugeint_t;
using duckdb::LogicalType;
using Kind = CombinedAggregate::Kind;
using ExpressionPtr = duckdb::unique_ptr<Expression>;
using Expressions = duckdb::vector<ExpressionPtr>;

void average_of_doubles(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  duckdb::BinaryExecutor::Execute<double, std::int64_t, double>(
      arguments.data[0], arguments.data[1], result, arguments.size(),
      [](double sum, std::int64_t count) { return sum / static_cast<double>(count); });
}

// As DuckDB's avg() of integers: divided as long double.
void average_of_integers(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  duckdb::BinaryExecutor::Execute<hugeint_t, std::int64_t, double>(
      arguments.data[0], arguments.data[1], result, arguments.size(), [](hugeint_t sum, std::int64_t count) {
        return static_cast<double>(duckdb::Hugeint::Cast<long double>(sum) / static_cast<long double>(count));
      });
}

class Combiner {
 public:
  Combiner(duckdb::ClientContext& context, duckdb::Binder& binder, const AggregateMatch& match,
           const duckdb::LogicalAggregate& aggregate)
      : context_(context),
        match_(match),
        aggregate_(aggregate),
        scan_index_(binder.GenerateTableIndex()),
        group_index_(binder.GenerateTableIndex()),
        aggregate_index_(binder.GenerateTableIndex()),
        projection_index_(binder.GenerateTableIndex()) {}

  duckdb::unique_ptr<duckdb::LogicalProjection> run() {
    auto scan = make_scan();
    Expressions finals;
    for (std::size_t g = 0; g < group_count(); ++g) {
      finals.push_back(reference(aggregate_.groups[g]->return_type, group_index_, g));
    }
    for (std::size_t a = 0; a < match_.combined.size(); ++a) {
      const LogicalType& wanted = aggregate_.expressions[a]->return_type;
      finals.push_back(duckdb::BoundCastExpression::AddCastToType(context_, final_of(match_.combined[a]), wanted));
    }
    auto combined = duckdb::make_uniq<duckdb::LogicalAggregate>(group_index_, aggregate_index_, std::move(combining_));
    for (std::size_t g = 0; g < group_count(); ++g) {
      combined->groups.push_back(reference(aggregate_.groups[g]->return_type, scan_index_, g));
    }
    combined->groupings_index = aggregate_.groupings_index;
    combined->grouping_sets = aggregate_.grouping_sets;
    combined->group_stats.resize(group_count());
    combined->children.push_back(std::move(scan));
    combined->ResolveOperatorTypes();
    auto projection = duckdb::make_uniq<duckdb::LogicalProjection>(projection_index_, std::move(finals));
    projection->children.push_back(std::move(combined));
    projection->ResolveOperatorTypes();
    projection->SetEstimatedCardinality(aggregate_.estimated_cardinality);
    return projection;
  }

 private:
  std::size_t group_count() const { return match_.aggregates.groups.size(); }

  static ExpressionPtr reference(const LogicalType& type, duckdb::idx_t table, std::size_t column) {
    return duckdb::make_uniq<duckdb::BoundColumnRefExpression>(type, ColumnBinding(table, column));
  }

  ExpressionPtr partial(std::size_t index) const {
    const auto& column = match_.aggregates.partials[index];
    return reference(type_of_partial(column, match_.aggregates, *match_.scan->schema), scan_index_,
                     group_count() + index);
  }

  duckdb::unique_ptr<duckdb::LogicalGet> make_scan() const {
    duckdb::vector<LogicalType> types;
    duckdb::vector<duckdb::string> names;
    for (std::size_t g = 0; g < group_count(); ++g) {
      types.push_back(aggregate_.groups[g]->return_type);
      names.push_back(match_.aggregates.groups[g].value_or("time_bucket"));
    }
    for (std::size_t p = 0; p < match_.aggregates.partials.size(); ++p) {
      types.push_back(type_of_partial(match_.aggregates.partials[p], match_.aggregates, *match_.scan->schema));
      names.push_back("partial_" + std::to_string(p));
    }
    auto get = duckdb::make_uniq<duckdb::LogicalGet>(
        scan_index_, aggregate_scan_function(), duckdb::make_uniq<AggregateBindData>(*match_.scan, match_.aggregates),
        types, names);
    duckdb::vector<duckdb::ColumnIndex> columns;
    for (std::size_t c = 0; c < types.size(); ++c) columns.emplace_back(c);
    get->SetColumnIds(std::move(columns));
    get->ResolveOperatorTypes();
    get->SetEstimatedCardinality(aggregate_.estimated_cardinality);
    return get;
  }

  // One of DuckDB's aggregates over partial columns; answers a reference to it.
  ExpressionPtr combine(const char* name, Expressions arguments) {
    auto& entry = duckdb::Catalog::GetSystemCatalog(context_).GetEntry<duckdb::AggregateFunctionCatalogEntry>(
        context_, DEFAULT_SCHEMA, name);
    duckdb::vector<LogicalType> types;
    for (const auto& argument : arguments) types.push_back(argument->return_type);
    auto function = entry.functions.GetFunctionByArguments(context_, types);
    auto bound = duckdb::FunctionBinder(context_).BindAggregateFunction(std::move(function), std::move(arguments));
    const LogicalType type = bound->return_type;
    combining_.push_back(std::move(bound));
    return reference(type, aggregate_index_, combining_.size() - 1);
  }

  ExpressionPtr combine(const char* name, std::size_t value) {
    Expressions arguments;
    arguments.push_back(partial(value));
    return combine(name, std::move(arguments));
  }

  ExpressionPtr combine(const char* name, std::size_t value, std::size_t by) {
    Expressions arguments;
    arguments.push_back(partial(value));
    arguments.push_back(partial(by));
    return combine(name, std::move(arguments));
  }

  ExpressionPtr count(std::size_t value) {
    auto sum = duckdb::BoundCastExpression::AddCastToType(context_, combine("sum", value), LogicalType::BIGINT);
    if (group_count() > 0) return sum;
    auto or_zero = duckdb::make_uniq<duckdb::BoundOperatorExpression>(duckdb::ExpressionType::OPERATOR_COALESCE,
                                                                      LogicalType::BIGINT);
    or_zero->children.push_back(std::move(sum));
    or_zero->children.push_back(duckdb::make_uniq<duckdb::BoundConstantExpression>(duckdb::Value::BIGINT(0)));
    return or_zero;
  }

  ExpressionPtr average(const CombinedAggregate& combined) {
    auto sum = combine("sum", combined.value);
    auto divisor = count(combined.other);
    const bool doubles = sum->return_type == LogicalType::DOUBLE;
    duckdb::ScalarFunction function("streamflow_average", {sum->return_type, LogicalType::BIGINT}, LogicalType::DOUBLE,
                                    doubles ? average_of_doubles : average_of_integers);
    Expressions arguments;
    arguments.push_back(std::move(sum));
    arguments.push_back(std::move(divisor));
    return duckdb::make_uniq<duckdb::BoundFunctionExpression>(LogicalType::DOUBLE, std::move(function),
                                                              std::move(arguments), nullptr);
  }

  ExpressionPtr final_of(const CombinedAggregate& combined) {
    switch (combined.kind) {
      case Kind::kCount: return count(combined.value);
      case Kind::kSum: return combine("sum", combined.value);
      case Kind::kAverage: return average(combined);
      case Kind::kMin: return combine("min", combined.value);
      case Kind::kMax: return combine("max", combined.value);
      case Kind::kFirst: return combine("arg_min", combined.value, combined.other);
      case Kind::kLast: return combine("arg_max", combined.value, combined.other);
    }
    return nullptr;
  }

  duckdb::ClientContext& context_;
  const AggregateMatch& match_;
  const duckdb::LogicalAggregate& aggregate_;
  const duckdb::idx_t scan_index_, group_index_, aggregate_index_, projection_index_;
  Expressions combining_;
};

}  // namespace

duckdb::unique_ptr<duckdb::LogicalProjection> combine_partials(duckdb::ClientContext& context, duckdb::Binder& binder,
                                                               const AggregateMatch& match,
                                                               const duckdb::LogicalAggregate& aggregate) {
  return Combiner(context, binder, match, aggregate).run();
}

}  // namespace streamflow::query
