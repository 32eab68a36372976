#include "query/admission/statement_gate.h"

#include <exception>
#include <utility>

#include "duckdb/common/enum_util.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/expression/between_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/explain_statement.hpp"
#include "duckdb/parser/statement/insert_statement.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "query/analysis/analysis_functions.h"
#include "query/duckdb_errors.h"
#include "query/syntax/apply_clauses.h"
#include "query/syntax/clauses.h"
#include "query/syntax/window_functions.h"

namespace streamflow::query {

namespace {

using duckdb::ExpressionType;
using duckdb::ParsedExpression;
using duckdb::SQLStatement;
using duckdb::StatementType;
using Slot = duckdb::unique_ptr<ParsedExpression>;

std::string statement_name(StatementType type) {
  switch (type) {
    case StatementType::VARIABLE_SET_STATEMENT:
    case StatementType::SET_STATEMENT: return "SET";
    case StatementType::CREATE_FUNC_STATEMENT: return "CREATE FUNCTION";
    case StatementType::TRANSACTION_STATEMENT: return "BEGIN, COMMIT or ROLLBACK";
    case StatementType::MULTI_STATEMENT:
      return "a statement that expands to several (PIVOT without IN; give the values)";
    case StatementType::LOAD_STATEMENT: return "LOAD or INSTALL";
    case StatementType::VACUUM_STATEMENT: return "VACUUM or ANALYZE";
    case StatementType::MERGE_INTO_STATEMENT: return "MERGE";
    default: break;
  }
  std::string name = duckdb::EnumUtil::ToString(type);
  if (const auto cut = name.find("_STATEMENT"); cut != std::string::npos) name.resize(cut);
  return duckdb::StringUtil::Replace(name, "_", " ");
}

Error forbidden(StatementType type) {
  return {ErrorCode::kForbidden, "statement not allowed: " + statement_name(type) +
                                     ". Allowed are SELECT, WITH, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN of these, "
                                     "and INSERT INTO … VALUES or SELECT"};
}

// The query inside; null when the statement is not allowed. An INSERT has its rows; one without (DEFAULT VALUES) or
// with a WITH of its own has none that is looked at.
duckdb::SelectStatement* query_of(SQLStatement& statement) {
  if (statement.type == StatementType::SELECT_STATEMENT) return &statement.Cast<duckdb::SelectStatement>();
  if (statement.type == StatementType::INSERT_STATEMENT) {
    auto& insert = statement.Cast<duckdb::InsertStatement>();
    return insert.cte_map.map.empty() ? insert.select_statement.get() : nullptr;
  }
  if (statement.type != StatementType::EXPLAIN_STATEMENT) return nullptr;
  SQLStatement& inner = *statement.Cast<duckdb::ExplainStatement>().stmt;
  return inner.type == StatementType::SELECT_STATEMENT ? &inner.Cast<duckdb::SelectStatement>() : nullptr;
}

StatementType refused_type(SQLStatement& statement) {
  if (statement.type != StatementType::EXPLAIN_STATEMENT) return statement.type;
  return statement.Cast<duckdb::ExplainStatement>().stmt->type;
}

// `sent` is what the user sees in errors: as long as `text` where positions matter.
Result<duckdb::unique_ptr<SQLStatement>> parse(const std::string& text, const std::string& sent,
                                               const GateOptions& options) {
  duckdb::ParserOptions parser_options;
  parser_options.max_expression_depth =
      options.limits.expression_depth_max * 4;  // the grammar's levels are finer than ours
  duckdb::Parser parser(parser_options);
  try {
    parser.ParseQuery(text);
  } catch (std::exception& exception) { return error_from(duckdb::ErrorData(exception), sent); }
  if (parser.statements.empty()) return Error{ErrorCode::kInvalidArgument, "the query is empty: wanted one statement"};
  for (const auto& statement : parser.statements) {
    if (query_of(*statement) == nullptr) return forbidden(refused_type(*statement));
    if (statement->type == StatementType::INSERT_STATEMENT && !options.may_insert) {
      return Error{ErrorCode::kForbidden,
                   "statement not allowed: INSERT needs a credential that may write, and POST instead of GET"};
    }
  }
  if (parser.statements.size() > 1) {
    return Error{ErrorCode::kInvalidArgument,
                 "wanted one statement, got " + std::to_string(parser.statements.size()) + ": send them one by one"};
  }
  return std::move(parser.statements.front());
}

// Counts, and writes out what DuckDB does not know.
class SyntaxVisitor : public SqlVisitor {
 public:
  SyntaxVisitor(MarkedText& marked, const std::string& text) : marked_(marked), text_(text) {}
  Status select(duckdb::SelectNode& select) override {
    if (marked_.has_clauses()) SF_CHECK(apply_clauses(select, marked_, text_));
    SF_CHECK(rewrite_analyses(select, text_));
    name_window_functions(select);
    return Ok{};
  }
  Status expression(Slot& slot) override { return expand_window_function(slot); }

 private:
  MarkedText& marked_;
  const std::string& text_;
};

class ZoneVisitor : public SqlVisitor {
 public:
  Status expression(Slot& slot) override {
    switch (slot->GetExpressionClass()) {
      case duckdb::ExpressionClass::COMPARISON: {
        auto& comparison = slot->Cast<duckdb::ComparisonExpression>();
        wrap({&comparison.left, &comparison.right});
        break;
      }
      case duckdb::ExpressionClass::BETWEEN: {
        auto& between = slot->Cast<duckdb::BetweenExpression>();
        wrap({&between.input, &between.lower, &between.upper});
        break;
      }
      case duckdb::ExpressionClass::OPERATOR: {
        if (slot->type != ExpressionType::COMPARE_IN && slot->type != ExpressionType::COMPARE_NOT_IN &&
            slot->type != ExpressionType::OPERATOR_COALESCE) {
          break;
        }
        std::vector<Slot*> operands;
        for (Slot& child : slot->Cast<duckdb::OperatorExpression>().children) operands.push_back(&child);
        if (operands.size() <= kOperandsMax) wrap(operands);
        break;
      }
      default: break;
    }
    return Ok{};
  }

 private:
  static constexpr std::size_t kOperandsMax = 32;  // each operand is copied beside each other

  // operand -> reconcile(operand, all the others). Subqueries cannot be bound twice; then all stay as they are.
  static void wrap(const std::vector<Slot*>& operands) {
    for (const Slot* operand : operands) {
      if ((*operand)->HasSubquery() || is_wrapped(**operand)) return;
    }
    std::vector<Slot> originals;
    originals.reserve(operands.size());
    for (const Slot* operand : operands) originals.push_back((*operand)->Copy());
    for (std::size_t i = 0; i < operands.size(); ++i) {
      duckdb::vector<Slot> arguments;
      arguments.push_back(std::move(*operands[i]));
      for (std::size_t j = 0; j < originals.size(); ++j) {
        if (j != i) arguments.push_back(originals[j]->Copy());
      }
      *operands[i] = duckdb::make_uniq<duckdb::FunctionExpression>(kReconcileFunction, std::move(arguments));
    }
  }

  static bool is_wrapped(const ParsedExpression& expression) {
    return expression.GetExpressionClass() == duckdb::ExpressionClass::FUNCTION &&
           expression.Cast<duckdb::FunctionExpression>().function_name == kReconcileFunction;
  }
};

// Gives unnamed result columns the names they have now, before their expressions change.
void keep_names(duckdb::SelectStatement& statement) {
  if (statement.node->type != duckdb::QueryNodeType::SELECT_NODE) return;
  for (Slot& item : statement.node->Cast<duckdb::SelectNode>().select_list) {
    const auto kind = item->GetExpressionClass();
    if (kind == duckdb::ExpressionClass::COMPARISON || kind == duckdb::ExpressionClass::BETWEEN ||
        kind == duckdb::ExpressionClass::OPERATOR || kind == duckdb::ExpressionClass::CONJUNCTION) {
      item->SetAlias(item->GetName());
    }
  }
}

}  // namespace

Result<duckdb::unique_ptr<SQLStatement>> admit(const std::string& text, const GateOptions& options) {
  if (text.size() > options.text_bytes_max) {
    return Error{ErrorCode::kTooLarge, "the statement has " + std::to_string(text.size()) + " bytes; the limit is " +
                                           std::to_string(options.text_bytes_max)};
  }
  if (text.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument,
                 "the statement holds a zero byte at offset " + std::to_string(text.find('\0'))};
  }
  SF_TRY(show, read_show(text, options.snapshot_of));
  const bool is_show = show.kind != ShowStatement::Kind::kNone;
  SF_TRY(marked, mark_clauses(is_show ? show.text : text));
  const bool keeps_positions = marked.text.size() == text.size();
  SF_TRY(statement, parse(marked.text, keeps_positions ? text : marked.text, options));
  if (is_show && show.kind != ShowStatement::Kind::kText) {
    SF_CHECK(complete_show(show, *query_of(*statement), text, options.snapshot_of));
  }
  SyntaxVisitor rewriting(marked, text);
  SF_CHECK(walk(*query_of(*statement), rewriting, options.limits));
  SF_CHECK(check_all_used(marked, text));
  if (keeps_positions) statement->query = text;  // what DuckDB's binder quotes
  return std::move(statement);
}

bool is_zone_mismatch(const std::string& message) {
  return message.find("TIMESTAMP_NS") != std::string::npos &&
         message.find("TIMESTAMP WITH TIME ZONE") != std::string::npos &&
         message.find("an explicit cast is required") != std::string::npos;
}

Status reconcile_zones(SQLStatement& statement, const SqlLimits& limits) {
  duckdb::SelectStatement& query = *query_of(statement);
  keep_names(query);
  SqlLimits wider = limits;  // the copies count too
  wider.node_count_max *= 8;
  wider.expression_depth_max *= 4;
  ZoneVisitor visitor;
  return walk(query, visitor, wider);
}

}  // namespace streamflow::query
