#include "query/scan/aggregate_match.h"

#include <string>

#include "duckdb/common/enums/date_part_specifier.hpp"
#include "duckdb/planner/expression/bound_aggregate_expression.hpp"
#include "duckdb/planner/expression/bound_columnref_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/operator/logical_get.hpp"
#include "duckdb/planner/operator/logical_projection.hpp"
#include "query/project_catalog.h"
#include "query/scan/table_scan.h"

namespace streamflow::query {

namespace {

using duckdb::BoundAggregateExpression;
using duckdb::BoundColumnRefExpression;
using duckdb::BoundFunctionExpression;
using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::LogicalGet;
using duckdb::LogicalOperator;
using duckdb::LogicalOperatorType;
using duckdb::LogicalProjection;
using Kind = CombinedAggregate::Kind;

// The unit as a width of time_bucket, where the two cut time in the same places.
std::optional<duckdb::interval_t> width_of_unit(const std::string& name) {
  constexpr std::int64_t kMicrosPerSecond = 1'000'000;
  duckdb::DatePartSpecifier unit{};
  if (!duckdb::TryGetDatePartSpecifier(name, unit)) return std::nullopt;  // the function's own call says so
  switch (unit) {
    case duckdb::DatePartSpecifier::SECOND: return duckdb::interval_t{0, 0, kMicrosPerSecond};
    case duckdb::DatePartSpecifier::MINUTE: return duckdb::interval_t{0, 0, 60 * kMicrosPerSecond};
    case duckdb::DatePartSpecifier::HOUR: return duckdb::interval_t{0, 0, 3600 * kMicrosPerSecond};
    case duckdb::DatePartSpecifier::DAY: return duckdb::interval_t{0, 1, 0};
    case duckdb::DatePartSpecifier::WEEK: return duckdb::interval_t{0, 7, 0};
    case duckdb::DatePartSpecifier::MONTH: return duckdb::interval_t{1, 0, 0};
    case duckdb::DatePartSpecifier::QUARTER: return duckdb::interval_t{3, 0, 0};
    case duckdb::DatePartSpecifier::YEAR: return duckdb::interval_t{12, 0, 0};
    default: return std::nullopt;
  }
}

std::optional<duckdb::interval_t> width_of(const std::string& function, const duckdb::Value& argument) {
  if (argument.IsNull()) return std::nullopt;
  if (function == "time_bucket" && argument.type().id() == duckdb::LogicalTypeId::INTERVAL) {
    return argument.GetValue<duckdb::interval_t>();
  }
  if ((function == "date_trunc" || function == "datetrunc") && argument.type().id() == duckdb::LogicalTypeId::VARCHAR) {
    return width_of_unit(argument.GetValue<std::string>());
  }
  return std::nullopt;
}

class Matcher {
 public:
  explicit Matcher(duckdb::LogicalAggregate& aggregate) : aggregate_(aggregate) {}

  std::optional<AggregateMatch> run() {
    if (aggregate_.grouping_sets.size() > 1 || !aggregate_.grouping_functions.empty() || !find_scan()) {
      return std::nullopt;
    }
    for (const auto& group : aggregate_.groups) {
      if (!take_group(*group)) return std::nullopt;
    }
    for (const auto& expression : aggregate_.expressions) {
      if (expression->GetExpressionClass() != ExpressionClass::BOUND_AGGREGATE) return std::nullopt;
      const auto combined = take_aggregate(expression->Cast<BoundAggregateExpression>());
      if (!combined.has_value()) return std::nullopt;
      match_.combined.push_back(*combined);
    }
    return std::move(match_);
  }

 private:
  // The scan below, through projections, which are looked through.
  bool find_scan() {
    LogicalOperator* child = aggregate_.children[0].get();
    while (child->type == LogicalOperatorType::LOGICAL_PROJECTION) {
      projections_.push_back(&child->Cast<LogicalProjection>());
      child = child->children[0].get();
    }
    if (child->type != LogicalOperatorType::LOGICAL_GET) return false;
    get_ = &child->Cast<LogicalGet>();
    if (get_->function.name != kTableScanFunction || !get_->table_filters.filters.empty() ||
        get_->extra_info.sample_options || get_->ordinality_idx.IsValid()) {
      return false;
    }
    match_.scan = &get_->bind_data->Cast<ScanBindData>();
    return true;
  }

  // The expression that a reference stands for, below all projections.
  const Expression& resolved(const Expression& expression) const {
    const Expression* at = &expression;
    for (const LogicalProjection* projection : projections_) {
      if (at->GetExpressionClass() != ExpressionClass::BOUND_COLUMN_REF) break;
      const auto& binding = at->Cast<BoundColumnRefExpression>().binding;
      if (binding.table_index == projection->table_index) at = projection->expressions[binding.column_index].get();
    }
    return *at;
  }

  // The position of the table's column (0 is the time, then tags, then fields) that an expression is.
  std::optional<std::size_t> column_of(const Expression& expression) const {
    const Expression& inner = resolved(expression);
    if (inner.GetExpressionClass() != ExpressionClass::BOUND_COLUMN_REF) return std::nullopt;
    const auto& binding = inner.Cast<BoundColumnRefExpression>().binding;
    if (binding.table_index != get_->table_index) return std::nullopt;
    const auto& column = get_->GetColumnIds()[binding.column_index];
    if (column.IsVirtualColumn()) return std::nullopt;
    return column.GetPrimaryIndex();
  }

  bool is_time(const Expression& expression) const { return column_of(expression) == std::size_t{0}; }

  std::optional<std::size_t> field_of(const Expression& expression) const {
    const auto column = column_of(expression);
    const std::size_t tags = match_.scan->schema->tags.size();
    if (!column.has_value() || *column <= tags) return std::nullopt;
    return *column - 1 - tags;
  }

  bool take_group(const Expression& expression) {
    if (const auto column = column_of(expression)) {
      if (*column == 0 || *column > match_.scan->schema->tags.size()) return false;
      match_.aggregates.groups.emplace_back(match_.scan->schema->tags[*column - 1]);
      return true;
    }
    return take_bucket(resolved(expression));
  }

  // time_bucket(INTERVAL, time) and date_trunc(unit, time)
  bool take_bucket(const Expression& expression) {
    if (match_.aggregates.bucket.has_value() || expression.GetExpressionClass() != ExpressionClass::BOUND_FUNCTION) {
      return false;
    }
    const auto& function = expression.Cast<BoundFunctionExpression>();
    if (function.children.size() != 2 || !is_time(*function.children[1]) ||
        function.return_type.id() != duckdb::LogicalTypeId::TIMESTAMP_NS ||
        function.children[0]->GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) {
      return false;
    }
    const auto& argument = function.children[0]->Cast<duckdb::BoundConstantExpression>().value;
    const auto width = width_of(function.function.name, argument);
    if (!width.has_value()) return false;
    try {
      const BucketWidth bucket(*width);
      match_.aggregates.bucket = AggregateBucket{bucket, bucket.default_origin_ns()};
    } catch (std::exception&) { return false; }  // a bad width: DuckDB's call of the function says so
    match_.aggregates.groups.emplace_back(std::nullopt);
    return true;
  }

  std::optional<CombinedAggregate> take_aggregate(const BoundAggregateExpression& expression) {
    if (expression.IsDistinct() || expression.filter || expression.order_bys) return std::nullopt;
    const std::string& name = expression.function.name;
    const auto& arguments = expression.children;
    PartialAggregates& partial = match_.aggregates;
    if (name == "count_star") return CombinedAggregate{Kind::kCount, partial.partial_index(Partial::kRows), 0};
    if (arguments.empty()) return std::nullopt;
    if (arguments.size() == 1 && is_time(*arguments[0])) return take_time(name);
    const auto field = field_of(*arguments[0]);
    if (!field.has_value()) return std::nullopt;
    if (arguments.size() == 1) return take_field(name, match_.scan->schema->fields[*field]);
    if (arguments.size() == 2 && is_time(*arguments[1])) {
      return take_by_time(name, match_.scan->schema->fields[*field]);
    }
    return std::nullopt;
  }

  std::optional<CombinedAggregate> take_time(const std::string& name) {
    PartialAggregates& partial = match_.aggregates;
    if (name == "count") return CombinedAggregate{Kind::kCount, partial.partial_index(Partial::kRows), 0};
    if (name == "min") return CombinedAggregate{Kind::kMin, partial.partial_index(Partial::kTimeMin), 0};
    if (name == "max") return CombinedAggregate{Kind::kMax, partial.partial_index(Partial::kTimeMax), 0};
    return std::nullopt;
  }

  std::optional<CombinedAggregate> take_field(const std::string& name, const FieldColumn& field) {
    PartialAggregates& partial = match_.aggregates;
    const auto add = [&](Partial what) { return partial.partial_index(what, partial.field_index(field.name)); };
    if (name == "count") return CombinedAggregate{Kind::kCount, add(Partial::kCount), 0};
    if (field.type == FieldType::kString) return std::nullopt;
    if (name == "min") return CombinedAggregate{Kind::kMin, add(Partial::kMin), 0};
    if (name == "max") return CombinedAggregate{Kind::kMax, add(Partial::kMax), 0};
    if (field.type != FieldType::kFloat64 && field.type != FieldType::kInt64) return std::nullopt;
    if (name == "sum") return CombinedAggregate{Kind::kSum, add(Partial::kSum), 0};
    if (name == "avg" || name == "mean") {
      return CombinedAggregate{Kind::kAverage, add(Partial::kSum), add(Partial::kCount)};
    }
    return std::nullopt;
  }

  std::optional<CombinedAggregate> take_by_time(const std::string& name, const FieldColumn& field) {
    if (field.type == FieldType::kString) return std::nullopt;
    PartialAggregates& partial = match_.aggregates;
    const auto add = [&](Partial what) { return partial.partial_index(what, partial.field_index(field.name)); };
    if (name == "first" || name == "arg_min" || name == "argmin" || name == "min_by") {
      return CombinedAggregate{Kind::kFirst, add(Partial::kFirst), add(Partial::kFirstTime)};
    }
    if (name == "last" || name == "arg_max" || name == "argmax" || name == "max_by") {
      return CombinedAggregate{Kind::kLast, add(Partial::kLast), add(Partial::kLastTime)};
    }
    return std::nullopt;
  }

  duckdb::LogicalAggregate& aggregate_;
  std::vector<const LogicalProjection*> projections_;
  const LogicalGet* get_ = nullptr;
  AggregateMatch match_;
};

}  // namespace

std::optional<AggregateMatch> match_aggregate(duckdb::LogicalAggregate& aggregate) {
  return Matcher(aggregate).run();
}

}  // namespace streamflow::query
