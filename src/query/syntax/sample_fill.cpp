#include "query/syntax/sample_fill.h"

#include <utility>

#include "duckdb/parser/common_table_expression_info.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/star_expression.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/query_node/cte_node.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "query/syntax/tokens.h"

namespace streamflow::query {

namespace {

using duckdb::ParsedExpression;
using duckdb::SelectNode;
using Slot = duckdb::unique_ptr<ParsedExpression>;

constexpr const char* kSampled = "__sampled";

// Moves all of `select` but its modifiers and its WITH, which stay visible inside.
duckdb::unique_ptr<SelectNode> taken_out_of(SelectNode& select) {
  auto taken = duckdb::make_uniq<SelectNode>();
  taken->select_list = std::move(select.select_list);
  taken->from_table = std::move(select.from_table);
  taken->where_clause = std::move(select.where_clause);
  taken->groups = std::move(select.groups);
  taken->having = std::move(select.having);
  taken->qualify = std::move(select.qualify);
  taken->sample = std::move(select.sample);
  taken->aggregate_handling = std::exchange(select.aggregate_handling, duckdb::AggregateHandling::STANDARD_HANDLING);
  select.select_list.clear();
  select.groups = {};
  return taken;
}

class Filler {
 public:
  Filler(SelectNode& select, const SampleBy& sample, const std::vector<SampledColumn>& columns)
      : select_(select), sample_(sample), columns_(columns) {}

  void run() {
    order_by_position();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Slot& item = select_.select_list[i];
      names.push_back(item->GetAlias().empty() ? item->GetName() : item->GetAlias());
      item->SetAlias(column(i));
    }
    duckdb::Parser parser;
    parser.ParseQuery(filling(names));
    auto statement =
        duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(std::move(parser.statements.at(0)));
    put_sampled(*statement->node, taken_out_of(select_));
    select_.select_list.push_back(duckdb::make_uniq<duckdb::StarExpression>());
    select_.from_table = duckdb::make_uniq<duckdb::SubqueryRef>(std::move(statement), "__filled");
  }

 private:
  static std::string column(std::size_t index) { return "__c" + std::to_string(index); }

  std::string keys(const std::string& prefix) const {
    std::string list;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == SampledColumn::kKey) list += (list.empty() ? "" : ", ") + prefix + column(i);
    }
    return list;
  }

  std::string filled(std::size_t index, const Fill& fill, const std::string& bucket) const {
    std::string value = "s." + column(index);
    const std::string partition = keys("g.").empty() ? "" : "PARTITION BY " + keys("g.");
    const std::string window = " OVER (" + partition + " ORDER BY " + bucket + ")";
    switch (fill.kind) {
      case Fill::Kind::kPrevious: return "locf(" + value + ")" + window;
      case Fill::Kind::kLinear: return "interpolate(" + value + ", " + bucket + ")" + window;
      case Fill::Kind::kValue: return "coalesce(" + value + ", " + fill.value + ")";
      case Fill::Kind::kNone:
      case Fill::Kind::kNull: break;
    }
    return value;
  }

  std::string filling(const std::vector<std::string>& names) const {
    std::string items;
    std::string join;
    std::string bucket;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] == SampledColumn::kBucket) bucket = column(i);
    }
    std::size_t value_index = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::string item = "g." + column(i);
      if (columns_[i] == SampledColumn::kValue) {
        item = filled(i, sample_.fills[sample_.fills.size() == 1 ? 0 : value_index++], "g." + bucket);
      } else {
        join += (join.empty() ? "" : " AND ") + ("s." + column(i)) + " IS NOT DISTINCT FROM " + item;
      }
      items += (items.empty() ? "" : ", ") + item + " AS " + quoted_name(names[i]);
    }
    const std::string groups = keys("").empty() ? "" : "(SELECT DISTINCT " + keys("") + " FROM __sampled) CROSS JOIN ";
    return "WITH __sampled AS MATERIALIZED (SELECT 1), __grid AS (SELECT * FROM " + groups +
           "(SELECT unnest(time_buckets(" + sample_.width + ", min(" + bucket + "), max(" + bucket + ")" +
           bucket_arguments(sample_) + ")) AS " + bucket + " FROM __sampled)) SELECT " + items +
           " FROM __grid g LEFT JOIN __sampled s ON " + join;
  }

  static void put_sampled(duckdb::QueryNode& filling, duckdb::unique_ptr<SelectNode> sampled) {
    if (filling.type == duckdb::QueryNodeType::CTE_NODE) {
      auto& cte = filling.Cast<duckdb::CTENode>();
      if (cte.ctename == kSampled) {
        cte.query = std::move(sampled);
      } else {
        put_sampled(*cte.child, std::move(sampled));
      }
      return;
    }
    filling.cte_map.map[kSampled]->query->node = std::move(sampled);
  }

  // ORDER BY avg(usage): outside, its arguments are gone, and the column of the same expression is meant.
  void order_by_position() {
    for (auto& modifier : select_.modifiers) {
      if (modifier->type != duckdb::ResultModifierType::ORDER_MODIFIER) continue;
      for (auto& order : modifier->Cast<duckdb::OrderModifier>().orders) {
        for (std::size_t i = 0; i < select_.select_list.size(); ++i) {
          if (!order.expression->Equals(*select_.select_list[i])) continue;
          order.expression =
              duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value::INTEGER(static_cast<std::int32_t>(i) + 1));
          break;
        }
      }
    }
  }

  SelectNode& select_;
  const SampleBy& sample_;
  const std::vector<SampledColumn>& columns_;
};

}  // namespace

std::string bucket_arguments(const SampleBy& sample) {
  std::string arguments;
  for (const auto& argument : {sample.origin, sample.offset, sample.zone}) {
    if (argument.has_value()) arguments += ", " + *argument;
  }
  return arguments;
}

Status fill_gaps(SelectNode& select, const SampleBy& sample, const std::vector<SampledColumn>& columns,
                 const std::string& text) {
  std::size_t values = 0;
  for (const SampledColumn column : columns) values += column == SampledColumn::kValue ? 1 : 0;
  if (sample.fills.size() != 1 && sample.fills.size() != values) {
    return error_at(text, sample.begin,
                    "SAMPLE BY: FILL has " + std::to_string(sample.fills.size()) + " options for " +
                        std::to_string(values) + " aggregates; wanted one, or one for each");
  }
  try {
    Filler(select, sample, columns).run();
  } catch (std::exception& exception) {
    return error_at(text, sample.begin, "SAMPLE BY: " + duckdb::ErrorData(exception).RawMessage());
  }
  return Ok{};
}

}  // namespace streamflow::query
