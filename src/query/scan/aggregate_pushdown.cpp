#include "query/scan/aggregate_pushdown.h"

#include <optional>
#include <utility>
#include <vector>

#include "duckdb/main/config.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/optimizer/column_binding_replacer.hpp"
#include "duckdb/optimizer/optimizer.hpp"
#include "duckdb/optimizer/optimizer_extension.hpp"
#include "duckdb/planner/binder.hpp"
#include "duckdb/planner/expression/bound_columnref_expression.hpp"
#include "duckdb/planner/operator/logical_aggregate.hpp"
#include "duckdb/planner/operator/logical_projection.hpp"
#include "query/project_catalog.h"
#include "query/scan/aggregate_match.h"
#include "query/scan/aggregate_scan.h"
#include "query/scan/combined_aggregates.h"
#include "query/scan/table_scan.h"

namespace streamflow::query {

namespace {

using duckdb::ClientContext;
using duckdb::ColumnBinding;
using duckdb::LogicalAggregate;
using duckdb::LogicalOperator;
using duckdb::LogicalOperatorType;
using Plan = duckdb::unique_ptr<LogicalOperator>;

constexpr std::uint64_t kRowsPerGroupMin = 4;  // with fewer, a partial result costs more than the rows it stands for

struct Mode : public duckdb::OptimizerExtensionInfo {
  explicit Mode(AggregatePushdown mode) : pushdown(mode) {}
  const AggregatePushdown pushdown;
};

class Rewriter {
 public:
  Rewriter(duckdb::OptimizerExtensionInput& input, Plan& root)
      : context_(input.context),
        binder_(input.optimizer.binder),
        use_statistics_(static_cast<const Mode&>(*input.info).pushdown == AggregatePushdown::kStatistics),
        root_(root) {}

  void visit(Plan& slot) {
    for (Plan& child : slot->children) visit(child);
    if (slot->type == LogicalOperatorType::LOGICAL_AGGREGATE_AND_GROUP_BY) rewrite(slot);
  }

 private:
  void rewrite(Plan& slot) {
    auto& aggregate = slot->Cast<LogicalAggregate>();
    auto match = match_aggregate(aggregate);
    if (!match.has_value() || !is_worth_it(*match)) return;
    match->aggregates.use_statistics = use_statistics_;
    const auto old_groups = aggregate.group_index, old_aggregates = aggregate.aggregate_index;
    const std::size_t group_count = aggregate.groups.size(), aggregate_count = aggregate.expressions.size();
    auto combined = combine_partials(context_, binder_, *match, aggregate);
    duckdb::ColumnBindingReplacer replacer;
    for (std::size_t g = 0; g < group_count; ++g) {
      replacer.replacement_bindings.emplace_back(ColumnBinding(old_groups, g), ColumnBinding(combined->table_index, g));
    }
    for (std::size_t a = 0; a < aggregate_count; ++a) {
      replacer.replacement_bindings.emplace_back(ColumnBinding(old_aggregates, a),
                                                 ColumnBinding(combined->table_index, group_count + a));
    }
    slot = std::move(combined);
    replacer.stop_operator = *slot;
    replacer.VisitOperator(*root_);
  }

  // Buckets about as narrow as the rows are dense would turn every row into a group.
  bool is_worth_it(const AggregateMatch& match) {
    const auto& data = *match.scan;
    if (data.filters.range.empty()) return false;
    const auto& snapshot = ProjectTransaction::of(context_, data.entry.ParentCatalog()).snapshot();
    const auto extent = snapshot->extent(data.schema->name, data.filters.range);
    if (!extent.has_value()) return false;  // execution will say why
    std::uint64_t groups = extent->series;
    if (match.aggregates.bucket.has_value() && extent->rows > 0) {
      groups *= buckets_in(*match.aggregates.bucket, extent->range);
    }
    return extent->rows / kRowsPerGroupMin >= groups;
  }

  static std::uint64_t buckets_in(const AggregateBucket& bucket, const TimeRange& range) {
    try {
      const TimeBucket first = bucket.width.bucket_of(to_ns(range.begin), bucket.origin_ns);
      const auto width = static_cast<std::uint64_t>(first.end) - static_cast<std::uint64_t>(first.begin);
      const auto span = static_cast<std::uint64_t>(to_ns(range.end)) - static_cast<std::uint64_t>(to_ns(range.begin));
      return span / width + 1;
    } catch (std::exception&) {
      return ~std::uint64_t{0} >> 32U;
    }  // beyond the calendar: left to DuckDB, which says so
  }

  ClientContext& context_;
  duckdb::Binder& binder_;
  const bool use_statistics_;
  Plan& root_;
};

void optimize(duckdb::OptimizerExtensionInput& input, Plan& plan) {
  Rewriter(input, plan).visit(plan);
}

}  // namespace

void register_aggregate_pushdown(duckdb::DatabaseInstance& instance, AggregatePushdown mode) {
  if (mode == AggregatePushdown::kOff) return;
  duckdb::OptimizerExtension extension;
  extension.optimize_function = optimize;
  extension.optimizer_info = duckdb::make_shared_ptr<Mode>(mode);
  duckdb::OptimizerExtension::Register(duckdb::DBConfig::GetConfig(instance), std::move(extension));
}

}  // namespace streamflow::query
