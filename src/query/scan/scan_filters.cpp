#include "query/scan/scan_filters.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/planner/expression/bound_between_expression.hpp"
#include "duckdb/planner/expression/bound_columnref_expression.hpp"
#include "duckdb/planner/expression/bound_comparison_expression.hpp"
#include "duckdb/planner/expression/bound_conjunction_expression.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/planner/expression/bound_operator_expression.hpp"
#include "duckdb/planner/expression/bound_reference_expression.hpp"
#include "duckdb/planner/expression_iterator.hpp"
#include "duckdb/planner/operator/logical_get.hpp"

namespace streamflow::query {

namespace {

using duckdb::Expression;
using duckdb::ExpressionClass;
using duckdb::ExpressionIterator;
using duckdb::ExpressionType;

constexpr std::int64_t kNsMax = std::numeric_limits<std::int64_t>::max();

// Functions DuckDB marks as able to fail, which cannot on a text once they are bound (a bad pattern fails in binding).
bool is_known_safe(const std::string& name) {
  static const std::set<std::string> names{"regexp_matches",
                                           "regexp_full_match",
                                           "like_escape",
                                           "not_like_escape",
                                           "ilike_escape",
                                           "not_ilike_escape",
                                           "~~",
                                           "!~~",
                                           "~~*",
                                           "!~~*",
                                           "contains",
                                           "prefix",
                                           "suffix"};
  return names.contains(name);
}

// The only column of `get` that `expression` reads; nullopt when there are several, none, or columns of other tables.
class ColumnFinder {
 public:
  explicit ColumnFinder(const duckdb::LogicalGet& get) : get_(get) {}

  std::optional<std::size_t> only_column(const Expression& expression) {
    visit(expression);
    if (!pushable_ || columns_.size() != 1) return std::nullopt;
    return *columns_.begin();
  }

 private:
  void visit(const Expression& expression) {
    switch (expression.GetExpressionClass()) {
      case ExpressionClass::BOUND_COLUMN_REF: return visit_column(expression.Cast<duckdb::BoundColumnRefExpression>());
      case ExpressionClass::BOUND_FUNCTION: {
        const auto& function = expression.Cast<duckdb::BoundFunctionExpression>().function;
        const bool may_fail = function.GetErrorMode() == duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
        if (function.GetStability() == duckdb::FunctionStability::VOLATILE ||
            (may_fail && !is_known_safe(function.name))) {
          pushable_ = false;
        }
        break;
      }
      case ExpressionClass::BOUND_COMPARISON:
      case ExpressionClass::BOUND_CONJUNCTION:
      case ExpressionClass::BOUND_BETWEEN:
      case ExpressionClass::BOUND_OPERATOR:
      case ExpressionClass::BOUND_CONSTANT:
      case ExpressionClass::BOUND_CASE: break;
      default: pushable_ = false;  // casts may fail on a value; subqueries, parameters and lambdas are not ours
    }
    ExpressionIterator::EnumerateChildren(expression, [this](const Expression& child) { visit(child); });
  }

  void visit_column(const duckdb::BoundColumnRefExpression& column) {
    const auto& ids = get_.GetColumnIds();
    if (column.depth != 0 || column.binding.table_index != get_.table_index ||
        column.binding.column_index >= ids.size() || ids[column.binding.column_index].IsVirtualColumn()) {
      pushable_ = false;
      return;
    }
    columns_.insert(ids[column.binding.column_index].GetPrimaryIndex());
  }

  const duckdb::LogicalGet& get_;
  std::set<std::size_t> columns_;
  bool pushable_ = true;
};

std::optional<std::int64_t> constant_ns(const Expression& expression) {
  if (expression.GetExpressionClass() != ExpressionClass::BOUND_CONSTANT) return std::nullopt;
  const auto& value = expression.Cast<duckdb::BoundConstantExpression>().value;
  if (value.IsNull() || value.type().id() != duckdb::LogicalTypeId::TIMESTAMP_NS) return std::nullopt;
  return value.GetValueUnsafe<std::int64_t>();
}

bool is_column(const Expression& expression) {
  return expression.GetExpressionClass() == ExpressionClass::BOUND_COLUMN_REF;
}

// [from, first excluded): a bound beyond the last nanosecond is no bound.
TimeRange at_least(std::int64_t ns) {
  TimeRange range;
  range.begin = std::max(range.begin, timestamp_from_ns(ns));
  return range;
}
TimeRange below(std::int64_t ns) {
  TimeRange range;
  range.end = std::min(range.end, timestamp_from_ns(ns));
  return range;
}
TimeRange above(std::int64_t ns) {
  return ns == kNsMax ? TimeRange{kTimestampMax, kTimestampMax} : at_least(ns + 1);
}
TimeRange at_most(std::int64_t ns) {
  return ns == kNsMax ? TimeRange{} : below(ns + 1);
}

std::optional<TimeRange> range_of_comparison(ExpressionType type, std::int64_t ns) {
  switch (type) {
    case ExpressionType::COMPARE_EQUAL: return at_least(ns).intersect(at_most(ns));
    case ExpressionType::COMPARE_GREATERTHAN: return above(ns);
    case ExpressionType::COMPARE_GREATERTHANOREQUALTO: return at_least(ns);
    case ExpressionType::COMPARE_LESSTHAN: return below(ns);
    case ExpressionType::COMPARE_LESSTHANOREQUALTO: return at_most(ns);
    default: return std::nullopt;
  }
}

// The range that `expression`, which reads only the time column, is equivalent to; nullopt when it is no range.
std::optional<TimeRange> time_range(const Expression& expression) {
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::BOUND_COMPARISON: {
      const auto& comparison = expression.Cast<duckdb::BoundComparisonExpression>();
      if (is_column(*comparison.left)) {
        const auto ns = constant_ns(*comparison.right);
        return ns.has_value() ? range_of_comparison(comparison.type, *ns) : std::nullopt;
      }
      const auto ns = constant_ns(*comparison.left);
      if (!ns.has_value() || !is_column(*comparison.right)) return std::nullopt;
      return range_of_comparison(duckdb::FlipComparisonExpression(comparison.type), *ns);
    }
    case ExpressionClass::BOUND_BETWEEN: {
      const auto& between = expression.Cast<duckdb::BoundBetweenExpression>();
      const auto low = constant_ns(*between.lower);
      const auto high = constant_ns(*between.upper);
      if (!is_column(*between.input) || !low.has_value() || !high.has_value()) return std::nullopt;
      return (between.lower_inclusive ? at_least(*low) : above(*low))
          .intersect(between.upper_inclusive ? at_most(*high) : below(*high));
    }
    case ExpressionClass::BOUND_CONJUNCTION: {
      if (expression.type != ExpressionType::CONJUNCTION_AND) return std::nullopt;
      TimeRange range;
      for (const auto& child : expression.Cast<duckdb::BoundConjunctionExpression>().children) {
        const auto part = time_range(*child);
        if (!part.has_value()) return std::nullopt;
        range = range.intersect(*part);
      }
      return range;
    }
    case ExpressionClass::BOUND_OPERATOR: {  // every row has a time
      const auto& operation = expression.Cast<duckdb::BoundOperatorExpression>();
      if (operation.type == ExpressionType::OPERATOR_IS_NOT_NULL && is_column(*operation.children[0]))
        return TimeRange{};
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

// The hull of OR and IN over time: narrows the scan, but the predicate itself must stay with DuckDB.
std::optional<TimeRange> time_hull(const Expression& expression) {
  const auto unite = [](const std::optional<TimeRange>& a, const TimeRange& b) {
    return a.has_value() ? TimeRange{std::min(a->begin, b.begin), std::max(a->end, b.end)} : b;
  };
  std::optional<TimeRange> hull;
  if (expression.type == ExpressionType::CONJUNCTION_OR) {
    for (const auto& child : expression.Cast<duckdb::BoundConjunctionExpression>().children) {
      const auto part = time_range(*child);
      if (!part.has_value()) return std::nullopt;
      hull = unite(hull, *part);
    }
  } else if (expression.type == ExpressionType::COMPARE_IN) {
    const auto& children = expression.Cast<duckdb::BoundOperatorExpression>().children;
    if (!is_column(*children[0])) return std::nullopt;
    for (std::size_t i = 1; i < children.size(); ++i) {
      const auto ns = constant_ns(*children[i]);
      if (!ns.has_value()) return std::nullopt;
      hull = unite(hull, *range_of_comparison(ExpressionType::COMPARE_EQUAL, *ns));
    }
  }
  return hull;
}

duckdb::unique_ptr<Expression> over_first_column(const Expression& expression) {
  auto copy = expression.Copy();
  ExpressionIterator::VisitExpressionMutable<duckdb::BoundColumnRefExpression>(
      copy, [](duckdb::BoundColumnRefExpression& column, duckdb::unique_ptr<Expression>& slot) {
        const auto type = column.return_type;
        slot = duckdb::make_uniq<duckdb::BoundReferenceExpression>(type, 0U);
      });
  return copy;
}

// Evaluates one expression, one text at a time. Not thread-safe.
class Evaluator {
 public:
  Evaluator(duckdb::ClientContext& context, const Expression& expression) : executor_(context, expression) {
    input_.Initialize(context, {duckdb::LogicalType::VARCHAR}, 1);
    result_.Initialize(context, {duckdb::LogicalType::BOOLEAN}, 1);
  }

  bool holds(std::optional<std::string_view> value) {
    input_.Reset();
    input_.SetCardinality(1);
    auto& text = input_.data[0];
    if (value.has_value()) {
      duckdb::FlatVector::GetData<duckdb::string_t>(text)[0] =
          duckdb::string_t(value->data(), static_cast<std::uint32_t>(value->size()));
    } else {
      duckdb::FlatVector::SetNull(text, 0, true);
    }
    result_.Reset();  // or the NULL of an earlier value stays
    executor_.Execute(input_, result_);
    duckdb::UnifiedVectorFormat format;
    result_.data[0].ToUnifiedFormat(1, format);
    const auto row = format.sel->get_index(0);
    return format.validity.RowIsValid(row) && duckdb::UnifiedVectorFormat::GetData<bool>(format)[row];
  }

 private:
  duckdb::ExpressionExecutor executor_;
  duckdb::DataChunk input_;
  duckdb::DataChunk result_;
};

// Lends evaluators to as many threads as ask at once.
class EvaluatorPool {
 public:
  EvaluatorPool(duckdb::ClientContext& context, const Expression& expression,
                std::shared_ptr<TagPredicateFailure> failure)
      : context_(context), expression_(expression.Copy()), failure_(std::move(failure)) {}

  bool holds(std::optional<std::string_view> value) {
    try {
      auto evaluator = borrow();
      const bool result = evaluator->holds(value);
      // DuckDB's executor keeps a NULL of one call in its intermediate vectors; NULL is asked once a scan at most.
      if (!value.has_value()) return result;
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(evaluator));
      return result;
    } catch (std::exception& exception) {
      const std::lock_guard lock(failure_->mutex);
      if (!failure_->first.has_value()) failure_->first = duckdb::ErrorData(exception);
      return false;
    }
  }

 private:
  std::unique_ptr<Evaluator> borrow() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto evaluator = std::move(free_.back());
        free_.pop_back();
        return evaluator;
      }
    }
    return std::make_unique<Evaluator>(context_, *expression_);
  }

  duckdb::ClientContext& context_;
  duckdb::unique_ptr<Expression> expression_;
  std::shared_ptr<TagPredicateFailure> failure_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Evaluator>> free_;
};

}  // namespace

ScanFilters ScanFilters::copy() const {
  ScanFilters result;
  result.range = range;
  for (const TagFilter& filter : tags) result.tags.push_back({filter.tag, filter.predicate->Copy(), filter.text});
  return result;
}

bool ScanFilters::equals(const ScanFilters& other) const {
  return range == other.range && std::equal(tags.begin(), tags.end(), other.tags.begin(), other.tags.end(),
                                            [](const TagFilter& a, const TagFilter& b) {
                                              return a.tag == b.tag && a.predicate->Equals(*b.predicate);
                                            });
}

void take_filters(const TableSchema& schema, const duckdb::LogicalGet& get, ScanFilters& filters,
                  duckdb::vector<duckdb::unique_ptr<Expression>>& expressions) {
  std::erase_if(expressions, [&](const duckdb::unique_ptr<Expression>& expression) {
    const auto column = ColumnFinder(get).only_column(*expression);
    if (!column.has_value() || *column > schema.tags.size()) return false;
    if (*column == 0) {
      if (const auto range = time_range(*expression)) {
        filters.range = filters.range.intersect(*range);
        return true;
      }
      if (const auto hull = time_hull(*expression)) filters.range = filters.range.intersect(*hull);
      return false;
    }
    filters.tags.push_back({schema.tags[*column - 1], over_first_column(*expression), expression->ToString()});
    return true;
  });
}

std::vector<storage::TagPredicate> tag_predicates(duckdb::ClientContext& context, const ScanFilters& filters,
                                                  const std::shared_ptr<TagPredicateFailure>& failure) {
  std::vector<storage::TagPredicate> predicates;
  for (const TagFilter& filter : filters.tags) {
    auto pool = std::make_shared<EvaluatorPool>(context, *filter.predicate, failure);
    predicates.push_back({filter.tag, [pool](std::optional<std::string_view> value) { return pool->holds(value); }});
  }
  return predicates;
}

std::string describe(const TimeRange& range) {
  const auto text = [](Timestamp time) {
    return duckdb::Value::TIMESTAMPNS(duckdb::timestamp_ns_t(to_ns(time))).ToString();
  };
  const TimeRange everything;
  return "[" + (range.begin == everything.begin ? "-" : text(range.begin)) + ", " +
         (range.end == everything.end ? "-" : text(range.end)) + ")";
}

}  // namespace streamflow::query
