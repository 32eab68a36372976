#include "query/admission/sql_walker.h"

#include <string>
#include <utility>

#include "duckdb/parser/expression/conjunction_expression.hpp"
#include "duckdb/parser/expression/subquery_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/query_node/cte_node.hpp"
#include "duckdb/parser/query_node/recursive_cte_node.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/list.hpp"

namespace streamflow::query {

namespace {

using duckdb::ParsedExpression;
using duckdb::QueryNode;
using duckdb::QueryNodeType;
using duckdb::TableRef;
using duckdb::TableReferenceType;
using Slot = duckdb::unique_ptr<ParsedExpression>;

Error too_large(const std::string& what, std::size_t limit) {
  return {ErrorCode::kTooLarge, "the statement is too large: more than " + std::to_string(limit) + " " + what};
}

class Walker {
 public:
  Walker(SqlVisitor& visitor, const SqlLimits& limits) : visitor_(visitor), limits_(limits) {}

  Status node(QueryNode* query) {
    if (query == nullptr) return Ok{};
    if (++query_depth_ > limits_.query_depth_max) return too_large("nested queries", limits_.query_depth_max);
    SF_CHECK(count());
    SF_CHECK(body(*query));
    SF_CHECK(with_modifiers(*query));
    for (auto& [name, cte] : query->cte_map.map) {
      for (Slot& target : cte->key_targets) SF_CHECK(expression(target));
      SF_CHECK(node(cte->query->node.get()));
    }
    --query_depth_;
    return Ok{};
  }

 private:
  Status count() {
    if (++nodes_ > limits_.node_count_max) return too_large("syntax nodes", limits_.node_count_max);
    return Ok{};
  }

  Status body(QueryNode& query) {
    switch (query.type) {
      case QueryNodeType::SELECT_NODE: return select(query.Cast<duckdb::SelectNode>());
      case QueryNodeType::SET_OPERATION_NODE:
        for (auto& child : query.Cast<duckdb::SetOperationNode>().children) SF_CHECK(node(child.get()));
        return Ok{};
      case QueryNodeType::RECURSIVE_CTE_NODE: {
        if (++recursive_ctes_ > limits_.recursive_cte_count_max) {
          return too_large("recursive common table expressions", limits_.recursive_cte_count_max);
        }
        auto& recursive = query.Cast<duckdb::RecursiveCTENode>();
        for (Slot& target : recursive.key_targets) SF_CHECK(expression(target));
        SF_CHECK(node(recursive.left.get()));
        return node(recursive.right.get());
      }
      case QueryNodeType::CTE_NODE: {
        auto& cte = query.Cast<duckdb::CTENode>();
        SF_CHECK(node(cte.query.get()));
        return node(cte.child.get());
      }
      default:
        return Error{ErrorCode::kForbidden, "only queries may stand here, not a statement that changes something"};
    }
  }

  Status select(duckdb::SelectNode& select) {
    SF_CHECK(visitor_.select(select));
    for (Slot& item : select.select_list) SF_CHECK(expression(item));
    for (Slot& group : select.groups.group_expressions) SF_CHECK(expression(group));
    SF_CHECK(expression(select.where_clause));
    SF_CHECK(expression(select.having));
    SF_CHECK(expression(select.qualify));
    return table(select.from_table.get());
  }

  Status with_modifiers(QueryNode& query) {
    if (query.modifiers.empty()) return Ok{};
    Status status = Ok{};
    duckdb::ParsedExpressionIterator::EnumerateQueryNodeModifiers(query, [&](Slot& child) {
      if (status.has_value()) status = expression(child);
    });
    return status;
  }

  Status table(TableRef* ref) {
    if (ref == nullptr) return Ok{};
    SF_CHECK(count());
    if (++table_depth_ > limits_.table_count_max || ++tables_ > limits_.table_count_max) {
      return too_large("tables", limits_.table_count_max);
    }
    SF_CHECK(visitor_.table(*ref));
    SF_CHECK(table_children(*ref));
    --table_depth_;
    return Ok{};
  }

  Status table_children(TableRef& ref) {
    switch (ref.type) {
      case TableReferenceType::BASE_TABLE:
      case TableReferenceType::EMPTY_FROM: return Ok{};
      case TableReferenceType::SUBQUERY: return node(ref.Cast<duckdb::SubqueryRef>().subquery->node.get());
      case TableReferenceType::SHOW_REF: return node(ref.Cast<duckdb::ShowRef>().query.get());
      case TableReferenceType::TABLE_FUNCTION: {
        auto& function = ref.Cast<duckdb::TableFunctionRef>();
        SF_CHECK(expression(function.function));
        return function.subquery ? node(function.subquery->node.get()) : Status(Ok{});
      }
      case TableReferenceType::JOIN: {
        auto& join = ref.Cast<duckdb::JoinRef>();
        SF_CHECK(table(join.left.get()));
        SF_CHECK(table(join.right.get()));
        return expression(join.condition);
      }
      case TableReferenceType::EXPRESSION_LIST:
        for (auto& row : ref.Cast<duckdb::ExpressionListRef>().values) {
          for (Slot& value : row) SF_CHECK(expression(value));
        }
        return Ok{};
      case TableReferenceType::PIVOT: return pivot(ref.Cast<duckdb::PivotRef>());
      default: return Error{ErrorCode::kForbidden, "this kind of table reference is not allowed"};
    }
  }

  Status pivot(duckdb::PivotRef& pivot) {
    SF_CHECK(table(pivot.source.get()));
    for (Slot& aggregate : pivot.aggregates) SF_CHECK(expression(aggregate));
    for (auto& column : pivot.pivots) {
      for (Slot& item : column.pivot_expressions) SF_CHECK(expression(item));
      for (auto& entry : column.entries) SF_CHECK(expression(entry.expr));
      SF_CHECK(node(column.subquery.get()));
    }
    return Ok{};
  }

  Status expression(Slot& slot) {
    if (!slot) return Ok{};
    SF_CHECK(count());
    if (++expression_depth_ > limits_.expression_depth_max) {
      return too_large("levels of nested expressions", limits_.expression_depth_max);
    }
    SF_CHECK(visitor_.expression(slot));
    if (slot->GetExpressionClass() == duckdb::ExpressionClass::CONJUNCTION &&
        slot->Cast<duckdb::ConjunctionExpression>().children.size() > limits_.chain_terms_max) {
      return too_large("terms of one AND or OR (use IN for a list of values)", limits_.chain_terms_max);
    }
    Status status = Ok{};
    duckdb::ParsedExpressionIterator::EnumerateChildren(*slot, [&](Slot& child) {
      if (status.has_value()) status = expression(child);
    });
    SF_CHECK(std::move(status));
    if (slot->GetExpressionClass() == duckdb::ExpressionClass::SUBQUERY) {
      const std::size_t depth = std::exchange(expression_depth_, 0);
      SF_CHECK(node(slot->Cast<duckdb::SubqueryExpression>().subquery->node.get()));
      expression_depth_ = depth;
    }
    --expression_depth_;
    return Ok{};
  }

  SqlVisitor& visitor_;
  const SqlLimits& limits_;
  std::size_t nodes_ = 0;
  std::size_t tables_ = 0;
  std::size_t table_depth_ = 0;
  std::size_t query_depth_ = 0;
  std::size_t expression_depth_ = 0;
  std::size_t recursive_ctes_ = 0;
};

}  // namespace

Status walk(duckdb::SelectStatement& statement, SqlVisitor& visitor, const SqlLimits& limits) {
  return Walker(visitor, limits).node(statement.node.get());
}

}  // namespace streamflow::query
