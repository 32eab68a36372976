#include <algorithm>
#include <utility>
#include <vector>

#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/subquery_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/joinref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "query/analysis/analysis.h"
#include "query/analysis/analysis_aggregate.h"
#include "query/analysis/analysis_functions.h"
#include "query/syntax/clauses.h"

namespace streamflow::query {

namespace {

using duckdb::ExpressionClass;
using duckdb::ParsedExpression;
using duckdb::TableRef;
using Slot = duckdb::unique_ptr<ParsedExpression>;

// A constant as text: 12, -1.5, 'auto', true, [80, 95]. False: it is none.
bool constant_text(const ParsedExpression& expression, std::string& text) {
  switch (expression.GetExpressionClass()) {
    case ExpressionClass::CONSTANT: {
      const duckdb::Value& value = expression.Cast<duckdb::ConstantExpression>().value;
      if (value.IsNull()) return false;
      text += value.ToString();
      return true;
    }
    case ExpressionClass::CAST: {
      const auto& cast = expression.Cast<duckdb::CastExpression>();
      std::string inner;
      if (!constant_text(*cast.child, inner)) return false;
      // true is parsed as 't'::BOOLEAN, a type that is not looked up yet.
      const bool is_flag = duckdb::StringUtil::Lower(cast.cast_type.ToString()).find("bool") != std::string::npos;
      text += !is_flag ? inner : inner == "t" ? "true" : inner == "f" ? "false" : inner;
      return true;
    }
    case ExpressionClass::FUNCTION: {
      const auto& function = expression.Cast<duckdb::FunctionExpression>();
      if (function.function_name == "-" && function.children.size() == 1) {
        text += "-";
        return constant_text(*function.children[0], text);
      }
      if (function.function_name != "list_value") return false;
      for (std::size_t i = 0; i < function.children.size(); ++i) {
        if (i > 0) text += ",";
        if (!constant_text(*function.children[i], text)) return false;
      }
      return true;
    }
    default: return false;
  }
}

struct NamedArgument {
  std::string name;  // lower case
  const ParsedExpression* value = nullptr;
};

// name => value, name := value, or name = value. Empty name: it has none.
NamedArgument named(const ParsedExpression& argument) {
  if (!argument.GetAlias().empty()) return {duckdb::StringUtil::Lower(argument.GetAlias()), &argument};
  if (argument.type == duckdb::ExpressionType::COMPARE_EQUAL) {
    const auto& comparison = argument.Cast<duckdb::ComparisonExpression>();
    if (comparison.left->GetExpressionClass() == ExpressionClass::COLUMN_REF) {
      const auto& column = comparison.left->Cast<duckdb::ColumnRefExpression>();
      if (!column.IsQualified()) return {duckdb::StringUtil::Lower(column.GetColumnName()), comparison.right.get()};
    }
  }
  return {{}, &argument};
}

class CallRewriter {
 public:
  CallRewriter(const Analysis& analysis, duckdb::TableFunctionRef& call, const std::string& text)
      : analysis_(analysis), call_(call), text_(text) {}

  Result<duckdb::unique_ptr<TableRef>> run() {
    auto& arguments = call_.function->Cast<duckdb::FunctionExpression>().children;
    if (arguments.empty() || arguments[0]->GetExpressionClass() != ExpressionClass::SUBQUERY) {
      return wrong(*call_.function, "its first argument is a query in parentheses, with columns `time` and `value`");
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) { SF_CHECK(take(*arguments[i])); }
    SF_CHECK(check_columns(*arguments[0]->Cast<duckdb::SubqueryExpression>().subquery->node));
    const Result<BoundAnalysis> bound = analysis_.bind(parameters_);
    if (!bound.has_value()) return wrong(*call_.function, bound.error().message);
    return replacement(std::move(arguments[0]->Cast<duckdb::SubqueryExpression>().subquery));
  }

 private:
  Error wrong(const ParsedExpression& where, const std::string& what) const {
    const auto location = where.GetQueryLocation();
    // What analytics says begins with its own name already.
    const std::string prefix = std::string(analysis_.name) + ": ";
    return error_at(
        text_, location.IsValid() ? location.GetIndex() : 0,
        std::string(analysis_.name) + "(): " + (what.starts_with(prefix) ? what.substr(prefix.size()) : what));
  }

  Status take(const ParsedExpression& argument) {
    const auto [name, value] = named(argument);
    if (name.empty()) return wrong(argument, "arguments behind the query have names, as in horizon => 12");
    std::string text;
    if (!constant_text(*value, text)) return wrong(argument, "`" + name + "` must be a constant");
    if (name == "time" || name == "value") {
      (name == "time" ? time_ : value_) = text;
      return Ok{};
    }
    if (name == "errors") {
      if (text != "fail" && text != "report")
        return wrong(argument, "errors is '" + text + "'; wanted 'fail' or 'report'");
      encoded_ += encode_parameter(name, text);
      return Ok{};
    }
    if (std::ranges::find(analysis_.parameters, name) == analysis_.parameters.end()) {
      std::string known;
      for (const std::string& one : analysis_.parameters) known += one + ", ";
      return wrong(argument, "there is no parameter `" + name + "`; there are: " + known + "time, value, errors");
    }
    if (!parameters_.emplace(name, text).second) return wrong(argument, "`" + name + "` is given twice");
    encoded_ += encode_parameter(name, text);
    return Ok{};
  }

  // Of a query that names all its columns: DuckDB would say less helpfully that one is missing.
  Status check_columns(const duckdb::QueryNode& query) const {
    if (query.type != duckdb::QueryNodeType::SELECT_NODE) return Ok{};
    const auto& select = query.Cast<duckdb::SelectNode>();
    std::string names;
    bool has_time = !select.groups.group_expressions.empty();  // SAMPLE BY adds it
    bool has_value = false;
    for (const Slot& item : select.select_list) {
      if (item->GetExpressionClass() == ExpressionClass::STAR) return Ok{};
      const std::string name = item->GetAlias().empty() ? item->GetName() : item->GetAlias();
      has_time = has_time || duckdb::StringUtil::CIEquals(name, time_);
      has_value = has_value || duckdb::StringUtil::CIEquals(name, value_);
      names += (names.empty() ? "`" : ", `") + name + "`";
    }
    if (has_time && has_value) return Ok{};
    const std::string missing = has_time ? "value" : "time";
    return wrong(*call_.function, "the query has no column `" + (has_time ? value_ : time_) + "`, only " + names +
                                      ": name one so (… AS " + missing + "), or say " + missing + " => 'its name'");
  }

  duckdb::unique_ptr<TableRef> replacement(duckdb::unique_ptr<duckdb::SelectStatement> rows) const {
    using duckdb::KeywordHelper;
    const std::string time = KeywordHelper::WriteOptionallyQuoted(time_);
    const std::string value = KeywordHelper::WriteOptionallyQuoted(value_);
    duckdb::Parser parser;
    parser.ParseQuery("SELECT * EXCLUDE (__answer), unnest(__answer, recursive := true) FROM (SELECT * EXCLUDE (" +
                      time + ", " + value + "), " + aggregate_name(analysis_) + "(" + value + ", " + time + ", " +
                      KeywordHelper::WriteQuoted(encoded_, '\'') + ") AS __answer FROM (SELECT 1) GROUP BY ALL)");
    auto statement =
        duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(std::move(parser.statements.at(0)));
    auto& outer = statement->node->Cast<duckdb::SelectNode>();
    auto& inner = outer.from_table->Cast<duckdb::SubqueryRef>().subquery->node->Cast<duckdb::SelectNode>();
    for (Slot& item : outer.select_list) locate(*item);
    for (Slot& item : inner.select_list) locate(*item);
    inner.from_table->Cast<duckdb::SubqueryRef>().subquery = std::move(rows);
    auto subquery = duckdb::make_uniq<duckdb::SubqueryRef>(std::move(statement),
                                                           call_.alias.empty() ? analysis_.name : call_.alias);
    subquery->column_name_alias = call_.column_name_alias;
    subquery->query_location = call_.query_location;
    return subquery;
  }

  // Errors of the binder then point at the call.
  void locate(ParsedExpression& expression) const {
    expression.SetQueryLocation(call_.function->GetQueryLocation());
    duckdb::ParsedExpressionIterator::EnumerateChildren(expression, [this](ParsedExpression& child) { locate(child); });
  }

  const Analysis& analysis_;
  duckdb::TableFunctionRef& call_;
  const std::string& text_;
  AnalysisParameters parameters_;
  std::string encoded_, time_ = "time", value_ = "value";
};

Status rewrite(duckdb::unique_ptr<TableRef>& table, const std::string& text) {
  if (!table) return Ok{};
  if (table->type == duckdb::TableReferenceType::JOIN) {
    auto& join = table->Cast<duckdb::JoinRef>();
    SF_CHECK(rewrite(join.left, text));
    return rewrite(join.right, text);
  }
  if (table->type != duckdb::TableReferenceType::TABLE_FUNCTION) return Ok{};
  auto& call = table->Cast<duckdb::TableFunctionRef>();
  if (call.function->GetExpressionClass() != ExpressionClass::FUNCTION) return Ok{};
  const auto& function = call.function->Cast<duckdb::FunctionExpression>();
  const Analysis* analysis = function.schema.empty() ? find_analysis(function.function_name) : nullptr;
  if (analysis == nullptr) return Ok{};
  SF_TRY(replaced, CallRewriter(*analysis, call, text).run());
  table = std::move(replaced);
  return Ok{};
}

}  // namespace

Status rewrite_analyses(duckdb::SelectNode& select, const std::string& text) {
  return rewrite(select.from_table, text);
}

}  // namespace streamflow::query
