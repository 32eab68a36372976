#include "query/syntax/apply_clauses.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/star_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "model/schema.h"
#include "query/syntax/aggregate_names.h"
#include "query/syntax/sample_fill.h"

namespace streamflow::query {

namespace {

using duckdb::ColumnRefExpression;
using duckdb::ExpressionClass;
using duckdb::ParsedExpression;
using duckdb::SelectNode;
using Slot = duckdb::unique_ptr<ParsedExpression>;

bool is_marker(const ParsedExpression* expression, std::size_t marker) {
  return expression != nullptr && expression->GetExpressionClass() == ExpressionClass::COLUMN_REF &&
         expression->GetQueryLocation() == duckdb::optional_idx(marker);
}

template <class Clause>
Clause* clause_of(const ParsedExpression* expression, std::vector<Clause>& clauses) {
  for (Clause& clause : clauses) {
    if (!clause.is_used && is_marker(expression, clause.marker)) return &clause;
  }
  return nullptr;
}

void set_location(ParsedExpression& expression, std::size_t location) {
  expression.SetQueryLocation(duckdb::optional_idx(location));
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      expression, [location](ParsedExpression& child) { set_location(child, location); });
}

Slot parse_at(const std::string& sql, std::size_t location) {
  Slot parsed = std::move(duckdb::Parser::ParseExpressionList(sql).at(0));
  set_location(*parsed, location);
  return parsed;
}

bool is_time(const ParsedExpression& expression) {
  return expression.GetExpressionClass() == ExpressionClass::COLUMN_REF &&
         duckdb::StringUtil::CIEquals(expression.Cast<ColumnRefExpression>().GetColumnName(), std::string(kTimeColumn));
}

// Outside aggregates, whose `time` is that of the rows.
const ParsedExpression* time_within(const ParsedExpression& expression) {
  if (is_time(expression)) return &expression;
  const bool is_function = expression.GetExpressionClass() == ExpressionClass::FUNCTION;
  if (is_function && is_aggregate(expression.Cast<duckdb::FunctionExpression>().function_name)) return nullptr;
  const ParsedExpression* found = nullptr;
  duckdb::ParsedExpressionIterator::EnumerateChildren(expression, [&found](const ParsedExpression& child) {
    if (found == nullptr) found = time_within(child);
  });
  return found;
}

std::size_t location_of(const ParsedExpression& expression, std::size_t otherwise) {
  return expression.GetQueryLocation().IsValid() ? expression.GetQueryLocation().GetIndex() : otherwise;
}

bool has_order(const SelectNode& select) {
  return std::any_of(select.modifiers.begin(), select.modifiers.end(),
                     [](const auto& modifier) { return modifier->type == duckdb::ResultModifierType::ORDER_MODIFIER; });
}

// By the buckets, then by the keys, as positions in the select list.
void order_by_time(SelectNode& select, const std::vector<SampledColumn>& columns) {
  auto order = duckdb::make_uniq<duckdb::OrderModifier>();
  for (const SampledColumn wanted : {SampledColumn::kBucket, SampledColumn::kKey}) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i] != wanted) continue;
      order->orders.emplace_back(
          duckdb::OrderType::ORDER_DEFAULT, duckdb::OrderByNullType::ORDER_DEFAULT,
          duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::INTEGER(static_cast<std::int32_t>(i) + 1)));
    }
  }
  // DISTINCT comes before any order, LIMIT after it.
  const auto place = std::ranges::find_if(select.modifiers, [](const auto& modifier) {
    return modifier->type != duckdb::ResultModifierType::DISTINCT_MODIFIER;
  });
  select.modifiers.insert(place, std::move(order));
}

class Sampler {
 public:
  Sampler(SelectNode& select, SampleBy& sample, const std::string& text)
      : select_(select), sample_(sample), text_(text) {}

  Status run() {
    sample_.is_used = true;
    SF_CHECK(check());
    try {
      put_bucket();
    } catch (std::exception& exception) {
      return error_at(text_, sample_.begin, "SAMPLE BY: " + duckdb::ErrorData(exception).RawMessage());
    }
    select_.groups = {};
    select_.aggregate_handling = duckdb::AggregateHandling::FORCE_AGGREGATES;
    if (fills()) { SF_CHECK(fill_gaps(select_, sample_, columns_, text_)); }
    if (!has_order(select_)) order_by_time(select_, columns_);
    return Ok{};
  }

 private:
  Status check() const {
    for (const Slot& item : select_.select_list) {
      if (item->GetExpressionClass() == ExpressionClass::STAR) {
        return error_at(text_, location_of(*item, sample_.begin),
                        "SAMPLE BY: name the columns; * cannot be aggregated");
      }
      if (is_time(*item)) continue;
      if (const ParsedExpression* time = time_within(*item)) {
        return error_at(text_, location_of(*time, sample_.begin),
                        "SAMPLE BY: `time` is the bucket, and stands alone in the select list; compute with it in a "
                        "SELECT around this one");
      }
    }
    return Ok{};
  }

  bool fills() const {
    return std::any_of(sample_.fills.begin(), sample_.fills.end(),
                       [](const Fill& fill) { return fill.kind != Fill::Kind::kNone; });
  }

  Slot bucket(const std::string& time, std::size_t location) const {
    return parse_at("time_bucket(" + sample_.width + ", " + time + bucket_arguments(sample_) + ")", location);
  }

  void put_bucket() {
    bool found = false;
    for (Slot& item : select_.select_list) {
      if (!is_time(*item)) {
        columns_.push_back(contains_aggregate(*item) ? SampledColumn::kValue : SampledColumn::kKey);
        continue;
      }
      const std::string alias = item->GetAlias().empty() ? item->GetName() : item->GetAlias();
      item = bucket(item->ToString(), location_of(*item, sample_.begin));
      item->SetAlias(alias);
      columns_.push_back(found ? SampledColumn::kKey : SampledColumn::kBucket);
      found = true;
    }
    if (found) return;
    Slot added = bucket(std::string(kTimeColumn), sample_.begin);
    added->SetAlias(std::string(kTimeColumn));
    select_.select_list.insert(select_.select_list.begin(), std::move(added));
    columns_.insert(columns_.begin(), SampledColumn::kBucket);
  }

  SelectNode& select_;
  SampleBy& sample_;
  const std::string& text_;
  std::vector<SampledColumn> columns_;  // of the select list
};

void latest(SelectNode& select, LatestOn& clause) {
  clause.is_used = true;
  std::string partition;
  for (const std::string& name : clause.names) partition += (partition.empty() ? "PARTITION BY " : ", ") + name;
  select.qualify = parse_at("row_number() OVER (" + partition + " ORDER BY \"" + std::string(kTimeColumn) +
                                "\" DESC) <= " + std::to_string(clause.count),
                            clause.begin);
}

}  // namespace

Status apply_clauses(SelectNode& select, MarkedText& marked, const std::string& text) {
  const auto& groups = select.groups.group_expressions;
  if (auto* clause = clause_of(groups.size() == 1 ? groups[0].get() : nullptr, marked.samples)) {
    SF_CHECK(Sampler(select, *clause, text).run());
  }
  if (auto* clause = clause_of(select.qualify.get(), marked.latests)) latest(select, *clause);
  return Ok{};
}

Status check_all_used(const MarkedText& marked, const std::string& text) {
  for (const SampleBy& sample : marked.samples) {
    if (!sample.is_used)
      return error_at(text, sample.begin, "SAMPLE BY does not belong here: it ends a SELECT … FROM … WHERE …");
  }
  for (const LatestOn& latest : marked.latests) {
    if (!latest.is_used)
      return error_at(text, latest.begin, "LATEST ON does not belong here: it ends a SELECT … FROM … WHERE …");
  }
  return Ok{};
}

}  // namespace streamflow::query
