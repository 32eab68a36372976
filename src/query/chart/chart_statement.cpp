#include "query/chart/chart_statement.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/conjunction_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/result_modifier.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "query/chart/chart_function.h"

namespace streamflow::query {

namespace {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::make_uniq;
using duckdb::QueryNode;
using duckdb::ResultModifierType;
using duckdb::Value;
using Expression = duckdb::unique_ptr<duckdb::ParsedExpression>;

constexpr const char* kRowsAlias = "rows";

bool is_time(std::string_view type) {
  return type.starts_with("TIMESTAMP") || type == "DATE";
}

bool is_number(std::string_view type) {
  static constexpr std::array<std::string_view, 13> kNumbers{"TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",  "HUGEINT",
                                                             "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
                                                             "FLOAT",    "DOUBLE",    "BOOLEAN"};
  return type.starts_with("DECIMAL") || std::find(kNumbers.begin(), kNumbers.end(), type) != kNumbers.end();
}

Error wrong(std::string_view member, const std::string& what) {
  return {ErrorCode::kInvalidArgument, "`" + std::string(member) + "`: " + what};
}

std::string listed(const std::vector<ResultColumn>& columns) {
  constexpr std::size_t kListedMax = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(columns.size(), kListedMax); ++i) {
    text += (i == 0 ? "" : ", ") + columns[i].name + " " + columns[i].type;
  }
  return text + (columns.size() > kListedMax ? ", …" : "");
}

Result<std::size_t> column_named(std::string_view member, const std::string& name,
                                 const std::vector<ResultColumn>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) return i;
  }
  return wrong(member, "the statement has no column \"" + name + "\"; it has " + listed(columns));
}

Status choose_x(const ChartRequest& request, const std::vector<ResultColumn>& columns, ChartColumns& chosen) {
  if (request.x.has_value()) {
    SF_TRY(index, column_named("x", *request.x, columns));
    chosen.x = index;
  } else {
    const auto found = std::find_if(columns.begin(), columns.end(), [](const auto& one) { return is_time(one.type); });
    if (found == columns.end()) {
      return wrong("x",
                   "the statement has no time column; name a numeric one, or SELECT time. It has " + listed(columns));
    }
    chosen.x = static_cast<std::size_t>(found - columns.begin());
  }
  const std::string& type = columns[chosen.x].type;
  chosen.x_is_time = is_time(type);
  if (!chosen.x_is_time && !is_number(type)) {
    return wrong("x", "\"" + columns[chosen.x].name + "\" is " + type + ": wanted a time or a number");
  }
  chosen.x_needs_cast = type != (chosen.x_is_time ? "TIMESTAMP_NS" : "DOUBLE");
  return Ok{};
}

Status choose_y(const ChartRequest& request, const std::vector<ResultColumn>& columns, ChartColumns& chosen) {
  for (const std::string& name : request.y) {
    SF_TRY(index, column_named("y", name, columns));
    if (!is_number(columns[index].type)) {
      return wrong("y", "\"" + name + "\" is " + columns[index].type + ": wanted a number");
    }
    chosen.y.push_back(index);
  }
  for (std::size_t i = 0; request.y.empty() && i < columns.size(); ++i) {
    if (i != chosen.x && chosen.split != i && is_number(columns[i].type)) chosen.y.push_back(i);
  }
  if (chosen.y.empty()) return wrong("y", "the statement has no numeric column to draw; it has " + listed(columns));
  if (chosen.y.size() > kChartColumnsMax) {
    return wrong("y", "a chart draws at most " + std::to_string(kChartColumnsMax) + " columns, got " +
                          std::to_string(chosen.y.size()) + ": name those that matter");
  }
  return Ok{};
}

std::string column_alias(std::size_t index) {
  return "c" + std::to_string(index);
}

Expression column(std::size_t index) {
  return make_uniq<duckdb::ColumnRefExpression>(column_alias(index), kRowsAlias);
}

// Values that the type cannot hold become NULL, which is left out.
Expression cast(const LogicalType& type, Expression child) {
  return make_uniq<duckdb::CastExpression>(type, std::move(child), true);
}

Expression x_expression(const ChartColumns& columns) {
  if (!columns.x_needs_cast) return column(columns.x);
  return cast(columns.x_is_time ? LogicalType::TIMESTAMP_NS : LogicalType::DOUBLE, column(columns.x));
}

Expression compare_x(const ChartColumns& columns, ExpressionType comparison, const ChartBound& bound) {
  const auto* ns = std::get_if<std::int64_t>(&bound);
  Value value = columns.x_is_time ? Value::TIMESTAMPNS(duckdb::timestamp_ns_t(ns == nullptr ? 0 : *ns))
                                  : Value::DOUBLE(ns == nullptr ? std::get<double>(bound) : static_cast<double>(*ns));
  return make_uniq<duckdb::ComparisonExpression>(comparison, x_expression(columns),
                                                 make_uniq<duckdb::ConstantExpression>(std::move(value)));
}

Expression predicate(const ChartColumns& columns, const ChartRange& range) {
  Expression from;
  if (range.from.has_value()) { from = compare_x(columns, ExpressionType::COMPARE_GREATERTHANOREQUALTO, *range.from); }
  if (!range.to.has_value()) return from;
  auto to = compare_x(columns,
                      range.to_included ? ExpressionType::COMPARE_LESSTHANOREQUALTO : ExpressionType::COMPARE_LESSTHAN,
                      *range.to);
  if (!from) return to;
  return make_uniq<duckdb::ConjunctionExpression>(ExpressionType::CONJUNCTION_AND, std::move(from), std::move(to));
}

bool decides_nothing_but_order(const QueryNode& node) {
  return std::all_of(node.modifiers.begin(), node.modifiers.end(),
                     [](const auto& modifier) { return modifier->type == ResultModifierType::ORDER_MODIFIER; });
}

bool is_plain_scan(const QueryNode& node) {
  if (node.type != duckdb::QueryNodeType::SELECT_NODE || !node.modifiers.empty()) return false;
  const auto& select = node.Cast<duckdb::SelectNode>();
  if (!select.groups.group_expressions.empty() || select.having || select.qualify || select.sample) return false;
  if (select.from_table->type == duckdb::TableReferenceType::BASE_TABLE) return true;
  return select.from_table->type == duckdb::TableReferenceType::SUBQUERY &&
         is_plain_scan(*select.from_table->Cast<duckdb::SubqueryRef>().subquery->node);
}

// A statement could otherwise pour rows of its own into the chart.
class ChartFunctionRefuser : public SqlVisitor {
 public:
  Status expression(Expression& slot) override {
    if (slot->GetExpressionClass() != duckdb::ExpressionClass::FUNCTION) return Ok{};
    if (slot->Cast<duckdb::FunctionExpression>().function_name != kChartFunction) return Ok{};
    return Error{ErrorCode::kForbidden, std::string("function not allowed: ") + kChartFunction};
  }
};

}  // namespace

Result<ChartColumns> choose_columns(const ChartRequest& request, const std::vector<ResultColumn>& columns) {
  ChartColumns chosen;
  chosen.count = columns.size();
  SF_CHECK(choose_x(request, columns, chosen));
  if (request.split_by.has_value()) {
    SF_TRY(index, column_named("split_by", *request.split_by, columns));
    chosen.split = index;
  }
  SF_CHECK(choose_y(request, columns, chosen));
  return chosen;
}

Result<ChartStatement> chart_statement(const std::string& text, const GateOptions& gate, const ChartColumns& columns,
                                       const ChartRange& range, bool with_values) {
  SF_TRY(admitted, admit(text, gate));
  if (admitted->type != duckdb::StatementType::SELECT_STATEMENT) {
    return wrong("query", "a chart draws the rows of a SELECT, not of EXPLAIN");
  }
  auto inner = duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(std::move(admitted));
  ChartFunctionRefuser refuser;
  SF_CHECK(walk(*inner, refuser, gate.limits));
  if (decides_nothing_but_order(*inner->node)) inner->node->modifiers.clear();

  ChartStatement result;
  result.plain_scan = is_plain_scan(*inner->node);
  auto outer = make_uniq<duckdb::SelectStatement>();
  outer->named_param_map = inner->named_param_map;
  auto rows = make_uniq<duckdb::SubqueryRef>(std::move(inner), kRowsAlias);
  for (std::size_t i = 0; i < columns.count; ++i) rows->column_name_alias.push_back(column_alias(i));
  auto select = make_uniq<duckdb::SelectNode>();
  select->from_table = std::move(rows);
  select->where_clause = predicate(columns, range);
  duckdb::vector<Expression> arguments;
  arguments.push_back(x_expression(columns));
  arguments.push_back(with_values && columns.split.has_value()
                          ? cast(LogicalType::VARCHAR, column(*columns.split))
                          : make_uniq<duckdb::ConstantExpression>(Value(LogicalType::VARCHAR)));
  if (with_values) {
    for (const std::size_t y : columns.y) arguments.push_back(cast(LogicalType::DOUBLE, column(y)));
  }
  select->select_list.push_back(make_uniq<duckdb::FunctionExpression>(kChartFunction, std::move(arguments)));
  outer->node = std::move(select);
  result.statement = std::move(outer);
  return result;
}

}  // namespace streamflow::query
