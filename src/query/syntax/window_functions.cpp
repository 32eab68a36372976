#include "query/syntax/window_functions.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/expression/case_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "duckdb/parser/expression/window_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"

namespace streamflow::query {

namespace {

using duckdb::ExpressionType;
using duckdb::ParsedExpression;
using duckdb::WindowBoundary;
using duckdb::WindowExpression;
using Slot = duckdb::unique_ptr<ParsedExpression>;

constexpr std::int64_t kMovingRowsMax = 1'000'000;
constexpr std::int64_t kCollectedRowsMax = 100'000;  // that every row of a result may look at again

constexpr std::string_view kExpanded[] = {"interpolate", "locf", "moving_avg"};
// Each row of a result looks at all rows of its frame.
constexpr std::string_view kCollecting[] = {"rate",     "increase",          "irate",          "delta", "lttb",
                                            "integral", "time_weighted_avg", "state_duration", "m4",    "minmax"};

template <std::size_t kCount>
bool contains(const std::string_view (&names)[kCount], const std::string& name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Error wrong(const std::string& name, const std::string& what) {
  return {ErrorCode::kInvalidArgument, name + "() OVER: " + what};
}

std::optional<std::int64_t> integer_of(const ParsedExpression* expression) {
  if (expression == nullptr || expression->GetExpressionClass() != duckdb::ExpressionClass::CONSTANT)
    return std::nullopt;
  const auto& value = expression->Cast<duckdb::ConstantExpression>().value;
  if (value.IsNull() || !value.type().IsIntegral()) return std::nullopt;
  duckdb::Value copy = value;
  return copy.DefaultTryCastAs(duckdb::LogicalType::BIGINT) ? std::optional(copy.GetValue<std::int64_t>())
                                                            : std::nullopt;
}

bool has_default_frame(const WindowExpression& window) {
  return window.start == WindowBoundary::UNBOUNDED_PRECEDING && window.end == WindowBoundary::CURRENT_ROW_RANGE &&
         window.exclude_clause == duckdb::WindowExcludeMode::NO_OTHER;
}

Status check_plain(const WindowExpression& window, const std::string& name, std::size_t argument_count) {
  if (window.children.size() != argument_count) {
    return wrong(
        name, "wanted " + std::to_string(argument_count) + " arguments, got " + std::to_string(window.children.size()));
  }
  if (window.orders.empty()) return wrong(name, "wanted an ORDER BY, as in OVER (PARTITION BY host ORDER BY time)");
  if (!has_default_frame(window)) return wrong(name, "it has its own frame; leave out ROWS, RANGE, GROUPS and EXCLUDE");
  if (window.filter_expr || window.distinct || window.ignore_nulls || !window.arg_orders.empty()) {
    return wrong(name, "FILTER, DISTINCT, IGNORE NULLS and an inner ORDER BY are not for this function");
  }
  return Ok{};
}

duckdb::unique_ptr<WindowExpression> in_same_window(const WindowExpression& window, ExpressionType type,
                                                    const char* function, Slot argument) {
  auto made = duckdb::make_uniq<WindowExpression>(type, "", "", function);
  made->children.push_back(std::move(argument));
  for (const Slot& partition : window.partitions) made->partitions.push_back(partition->Copy());
  for (const auto& order : window.orders) {
    made->orders.emplace_back(order.type, order.null_order, order.expression->Copy());
  }
  made->start = WindowBoundary::UNBOUNDED_PRECEDING;
  made->end = WindowBoundary::CURRENT_ROW_ROWS;
  made->SetQueryLocation(window.GetQueryLocation());
  return made;
}

Slot last_known(const WindowExpression& window, Slot argument) {
  auto made = in_same_window(window, ExpressionType::WINDOW_LAST_VALUE, "last_value", std::move(argument));
  made->ignore_nulls = true;
  return made;
}

Slot next_known(const WindowExpression& window, Slot argument) {
  auto made = in_same_window(window, ExpressionType::WINDOW_FIRST_VALUE, "first_value", std::move(argument));
  made->ignore_nulls = true;
  made->start = WindowBoundary::CURRENT_ROW_ROWS;
  made->end = WindowBoundary::UNBOUNDED_FOLLOWING;
  return made;
}

// The time where the value is known, else NULL.
Slot known_time(const WindowExpression& window) {
  duckdb::CaseCheck check;
  check.when_expr =
      duckdb::make_uniq<duckdb::OperatorExpression>(ExpressionType::OPERATOR_IS_NOT_NULL, window.children[0]->Copy());
  check.then_expr = window.children[1]->Copy();
  auto made = duckdb::make_uniq<duckdb::CaseExpression>();
  made->case_checks.push_back(std::move(check));
  made->else_expr = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value());
  return made;
}

Slot interpolated(const WindowExpression& window) {
  duckdb::vector<Slot> arguments;
  arguments.push_back(window.children[0]->Copy());
  arguments.push_back(window.children[1]->Copy());
  arguments.push_back(last_known(window, known_time(window)));
  arguments.push_back(last_known(window, window.children[0]->Copy()));
  arguments.push_back(next_known(window, known_time(window)));
  arguments.push_back(next_known(window, window.children[0]->Copy()));
  auto made = duckdb::make_uniq<duckdb::FunctionExpression>(kLineFunction, std::move(arguments));
  made->SetQueryLocation(window.GetQueryLocation());
  return made;
}

Result<Slot> moving_average(const WindowExpression& window) {
  const auto count = integer_of(window.children[1].get());
  if (!count.has_value() || *count < 1 || *count > kMovingRowsMax) {
    return wrong("moving_avg", "wanted a constant count from 1 to " + std::to_string(kMovingRowsMax));
  }
  auto made = in_same_window(window, ExpressionType::WINDOW_AGGREGATE, "avg", window.children[0]->Copy());
  made->start = WindowBoundary::EXPR_PRECEDING_ROWS;
  made->start_expr = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::BIGINT(*count - 1));
  return Slot(std::move(made));
}

bool is_bounded(const WindowExpression& window) {
  return window.start != WindowBoundary::UNBOUNDED_PRECEDING && window.end != WindowBoundary::UNBOUNDED_FOLLOWING;
}

Status check_aggregate(const WindowExpression& window, const std::string& name) {
  if (name == "ewma" && window.orders.empty() && window.arg_orders.empty()) {
    return wrong(name, "wanted an ORDER BY, as in OVER (PARTITION BY host ORDER BY time)");
  }
  if (!contains(kCollecting, name)) return Ok{};
  if (!is_bounded(window)) {
    return wrong(
        name,
        "wanted a bounded frame, as in OVER (PARTITION BY host ORDER BY time RANGE BETWEEN INTERVAL '5 minutes' "
        "PRECEDING AND CURRENT ROW)");
  }
  for (const ParsedExpression* edge : {window.start_expr.get(), window.end_expr.get()}) {
    if (const auto rows = integer_of(edge); rows.has_value() && *rows > kCollectedRowsMax) {
      return wrong(
          name, "a frame may reach over " + std::to_string(kCollectedRowsMax) + " rows, not " + std::to_string(*rows));
    }
  }
  return Ok{};
}

Status expand(Slot& slot, const std::string& name) {
  const auto& window = slot->Cast<WindowExpression>();
  SF_CHECK(check_plain(window, name, name == "locf" ? 1 : 2));
  Slot made;
  if (name == "moving_avg") {
    SF_TRY(average, moving_average(window));
    made = std::move(average);
  } else {
    made = name == "locf" ? last_known(window, window.children[0]->Copy()) : interpolated(window);
  }
  made->SetAlias(slot->GetAlias());
  slot = std::move(made);
  return Ok{};
}

bool is_expanded(const ParsedExpression& expression) {
  return expression.GetExpressionClass() == duckdb::ExpressionClass::WINDOW &&
         contains(kExpanded, duckdb::StringUtil::Lower(expression.Cast<WindowExpression>().function_name));
}

}  // namespace

Status expand_window_function(Slot& slot) {
  if (slot->GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
    const auto& function = slot->Cast<duckdb::FunctionExpression>();
    const std::string name = duckdb::StringUtil::Lower(function.function_name);
    if (contains(kExpanded, name)) {
      return wrong(name, "it is a window function: write OVER (PARTITION BY host ORDER BY time) behind it");
    }
    if (name == "ewma" && (!function.order_bys || function.order_bys->orders.empty())) {
      return Error{
          ErrorCode::kInvalidArgument,
          "ewma(): wanted an order: ewma(value, weight) OVER (… ORDER BY time), or ewma(value, weight ORDER BY "
          "time)"};
    }
    return Ok{};
  }
  if (slot->GetExpressionClass() != duckdb::ExpressionClass::WINDOW) return Ok{};
  const std::string name = duckdb::StringUtil::Lower(slot->Cast<WindowExpression>().function_name);
  return contains(kExpanded, name) ? expand(slot, name) : check_aggregate(slot->Cast<WindowExpression>(), name);
}

void name_window_functions(duckdb::SelectNode& select) {
  for (Slot& item : select.select_list) {
    if (is_expanded(*item) && item->GetAlias().empty()) item->SetAlias(item->ToString());
  }
}

}  // namespace streamflow::query
