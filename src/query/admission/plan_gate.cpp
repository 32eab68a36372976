#include "query/admission/plan_gate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "duckdb/common/exception.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/optimizer/optimizer_extension.hpp"
#include "duckdb/planner/expression/bound_aggregate_expression.hpp"
#include "duckdb/planner/expression_iterator.hpp"
#include "duckdb/planner/operator/logical_aggregate.hpp"
#include "duckdb/planner/operator/logical_window.hpp"

namespace streamflow::query {

namespace {

using duckdb::LogicalOperator;
using duckdb::LogicalOperatorType;
using duckdb::LogicalType;

std::uint64_t bytes_of(const LogicalType& type) {
  if (type.InternalType() != duckdb::PhysicalType::STRUCT) return duckdb::GetTypeIdSize(type.InternalType());
  std::uint64_t bytes = 0;
  for (const auto& child : duckdb::StructType::GetChildTypes(type)) bytes += bytes_of(child.second);
  return bytes;
}

std::uint64_t bytes_of(const LogicalOperator& plan) {
  std::uint64_t bytes = 0;
  for (const LogicalType& type : plan.types) bytes += bytes_of(type);
  return bytes;
}

std::uint64_t group_bytes(const duckdb::LogicalAggregate& aggregate) {
  std::uint64_t bytes = 0;
  for (const auto& group : aggregate.groups) bytes += bytes_of(group->return_type);
  for (const auto& expression : aggregate.expressions) {
    if (expression->GetExpressionClass() != duckdb::ExpressionClass::BOUND_AGGREGATE) continue;
    const auto& function = expression->Cast<duckdb::BoundAggregateExpression>().function;
    if (function.HasStateSizeCallback()) bytes += function.GetStateSizeCallback()(function);
  }
  return bytes;
}

// Keys of PARTITION BY and ORDER BY are materialized beside the rows.
std::uint64_t key_bytes(const duckdb::LogicalWindow& window) {
  std::uint64_t widest = 0;
  for (const auto& expression : window.expressions) {
    std::uint64_t bytes = 0;
    duckdb::ExpressionIterator::EnumerateChildren(
        *expression, [&bytes](const duckdb::Expression& child) { bytes += bytes_of(child.return_type); });
    widest = bytes > widest ? bytes : widest;
  }
  return widest;
}

void check(const LogicalOperator& plan) {
  std::uint64_t bytes = bytes_of(plan);
  if (plan.type == LogicalOperatorType::LOGICAL_AGGREGATE_AND_GROUP_BY) {
    bytes = std::max(bytes, group_bytes(plan.Cast<duckdb::LogicalAggregate>()));
  } else if (plan.type == LogicalOperatorType::LOGICAL_WINDOW) {
    bytes += key_bytes(plan.Cast<duckdb::LogicalWindow>());
  }
  if (bytes > kRowBytesMax) {
    throw duckdb::OutOfRangeException(
        "the statement makes rows of %s bytes in memory; the limit is %s. Name fewer columns", std::to_string(bytes),
        std::to_string(kRowBytesMax));
  }
  for (const auto& child : plan.children) check(*child);
}

void look(duckdb::OptimizerExtensionInput&, duckdb::unique_ptr<LogicalOperator>& plan) {
  plan->ResolveOperatorTypes();
  check(*plan);
}

}  // namespace

void register_plan_gate(duckdb::DatabaseInstance& instance) {
  duckdb::OptimizerExtension extension;
  extension.optimize_function = look;
  duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(instance), std::move(extension));
}

}  // namespace streamflow::query
