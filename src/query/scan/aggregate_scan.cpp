#include "query/scan/aggregate_scan.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "duckdb/common/exception.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "query/duckdb_errors.h"
#include "query/project_catalog.h"
#include "query/scan/reading_threads.h"
#include "query/scan/scan_columns.h"
#include "query/scan/table_scan.h"

namespace streamflow::query {

namespace {

using duckdb::ClientContext;
using duckdb::FlatVector;
using duckdb::LogicalType;
using storage::BlockStatistics;

FieldType field_type(const TableSchema& schema, const std::string& name) {
  return schema.fields[*schema.field_index(name)].type;
}

// Which columns the scan is asked for: the tags, the fields, and the time where something needs it.
std::vector<std::string> columns_of(const PartialAggregates& aggregates) {
  std::vector<std::string> columns;
  for (const auto& group : aggregates.groups) {
    if (group.has_value()) columns.push_back(*group);
  }
  columns.insert(columns.end(), aggregates.fields.begin(), aggregates.fields.end());
  if (aggregates.needs_time()) columns.emplace_back(kTimeColumn);
  return columns;
}

storage::AggregateSpec spec_of(const PartialAggregates& aggregates, const TableSchema& schema,
                               const std::shared_ptr<TagPredicateFailure>& failure) {
  storage::AggregateSpec spec;
  spec.use_statistics = aggregates.use_statistics;
  std::size_t column = 0;
  for (const auto& group : aggregates.groups) {
    if (group.has_value()) spec.tags.push_back(column++);
  }
  for (const std::string& field : aggregates.fields) spec.fields.push_back({column++, field_type(schema, field)});
  if (aggregates.needs_time()) spec.time = column;
  if (!aggregates.bucket.has_value()) return spec;
  spec.bucket_of = [bucket = *aggregates.bucket, failure](Timestamp time) {
    try {
      const TimeBucket found = bucket.width.bucket_of(to_ns(time), bucket.origin_ns);
      return TimeRange{timestamp_from_ns(found.begin), timestamp_from_ns(found.end)};
    } catch (std::exception& exception) {
      const std::lock_guard lock(failure->mutex);
      if (!failure->first.has_value()) failure->first = duckdb::ErrorData(exception);
      return TimeRange{time, time + Duration(1)};
    }
  };
  return spec;
}

struct GlobalState : public duckdb::GlobalTableFunctionState {
  duckdb::idx_t MaxThreads() const override { return std::max<std::size_t>(task_count, 1); }

  std::shared_ptr<const storage::ProjectSnapshot> snapshot;
  std::shared_ptr<TagPredicateFailure> failure = std::make_shared<TagPredicateFailure>();
  std::unique_ptr<storage::TableScan> scan;  // null when the time range is empty
  storage::AggregateSpec spec;
  std::vector<std::unique_ptr<TagColumn>> tags;  // per tag group
  std::size_t task_count = 0;
  std::atomic<std::size_t> next_task{0}, finished_tasks{0};
  ReadingThreads reading_threads;
  std::mutex counters_mutex;
  storage::ScanCounters counters;  // guarded by counters_mutex
};

struct LocalState : public duckdb::LocalTableFunctionState {
  explicit LocalState(GlobalState& shared)
      : global(shared), reading(shared.reading_threads), groups(shared.spec), codes(shared.spec.tags.size()) {}

  GlobalState& global;
  ReadingThread reading;
  storage::Groups groups;
  std::size_t next_group = 0;                     // not yet given out
  std::vector<std::vector<std::uint32_t>> codes;  // of the chunk given out last, per tag
};

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(ClientContext& context,
                                                                 duckdb::TableFunctionInitInput& input) {
  const auto& data = input.bind_data->Cast<AggregateBindData>();
  auto state = duckdb::make_uniq<GlobalState>();
  state->spec = spec_of(data.aggregates, *data.schema, state->failure);
  state->snapshot = ProjectTransaction::of(context, data.entry.ParentCatalog()).snapshot();
  if (data.filters.range.empty()) return state;
  auto scan = state->snapshot->scan({data.schema->name, data.filters.range, columns_of(data.aggregates),
                                     tag_predicates(context, data.filters, state->failure)});
  if (!scan.has_value()) throw_as_duckdb(scan.error());
  state->scan = std::move(*scan);
  state->task_count = state->scan->task_count();
  for (const std::size_t tag : state->spec.tags) {
    state->tags.push_back(std::make_unique<TagColumn>(state->scan->dictionary(tag)));
  }
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext&,
                                                               duckdb::TableFunctionInitInput&,
                                                               duckdb::GlobalTableFunctionState* global) {
  return duckdb::make_uniq<LocalState>(global->Cast<GlobalState>());
}

// Aggregates tasks until there is something worth giving out, or nothing left to do.
void work(ClientContext& context, GlobalState& global, LocalState& local) {
  while (!local.groups.is_full()) {
    if (context.interrupted) throw duckdb::InterruptException();
    const std::size_t task = global.next_task.fetch_add(1);
    if (task >= global.task_count) return;
    storage::ScanCounters counters;
    const Status done = global.scan->aggregate(task, local.groups, counters);
    {
      const std::lock_guard lock(global.counters_mutex);
      global.counters.add(counters);
    }
    {
      const std::lock_guard lock(global.failure->mutex);
      if (global.failure->first.has_value()) global.failure->first->Throw();
    }
    if (!done.has_value()) throw_as_duckdb(done.error());
    global.finished_tasks.fetch_add(1);
  }
}

// A flat vector's values, read as T: DuckDB checks the type, but fields arrive as bit patterns.
template <class T>
T* slots(duckdb::Vector& vector) {
  return reinterpret_cast<T*>(FlatVector::GetData(vector));
}

void put_bits(FieldType type, std::uint64_t bits, duckdb::Vector& vector, duckdb::idx_t row) {
  if (type == FieldType::kBool) {
    slots<bool>(vector)[row] = bits != 0;
  } else {
    slots<std::uint64_t>(vector)[row] = bits;
  }
}

void put_sum(FieldType type, const BlockStatistics& statistics, duckdb::Vector& vector, duckdb::idx_t row) {
  if (type == FieldType::kFloat64) {
    slots<double>(vector)[row] = statistics.sum_double;
    return;
  }
  duckdb::hugeint_t sum;
  sum.lower = static_cast<std::uint64_t>(statistics.sum_int);
  sum.upper = static_cast<std::int64_t>(statistics.sum_int >> 64);
  slots<duckdb::hugeint_t>(vector)[row] = sum;
}

void put_value(Partial what, FieldType type, const BlockStatistics& statistics, duckdb::Vector& vector,
               duckdb::idx_t row) {
  if (what == Partial::kCount) {
    slots<std::int64_t>(vector)[row] = std::int64_t{statistics.count};
    return;
  }
  if (statistics.count == 0) {
    FlatVector::SetNull(vector, row, true);
    return;
  }
  switch (what) {
    case Partial::kSum: put_sum(type, statistics, vector, row); break;
    case Partial::kMin: put_bits(type, statistics.min_bits, vector, row); break;
    case Partial::kMax: put_bits(type, statistics.max_bits, vector, row); break;
    case Partial::kFirst: put_bits(type, statistics.first_bits, vector, row); break;
    case Partial::kLast: put_bits(type, statistics.last_bits, vector, row); break;
    case Partial::kFirstTime: slots<std::int64_t>(vector)[row] = statistics.first_time; break;
    case Partial::kLastTime: slots<std::int64_t>(vector)[row] = statistics.last_time; break;
    default: break;
  }
}

void put_partial(const PartialColumn& partial, const LocalState& local, std::size_t count, duckdb::Vector& vector) {
  const storage::Groups& groups = local.groups;
  auto* integers = slots<std::int64_t>(vector);  // of the kinds below
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const std::size_t group = local.next_group + row;
    switch (partial.what) {
      case Partial::kRows: integers[row] = static_cast<std::int64_t>(groups.rows(group)); break;
      case Partial::kTimeMin: integers[row] = groups.time_min(group); break;
      case Partial::kTimeMax: integers[row] = groups.time_max(group); break;
      default:
        put_value(partial.what, groups.spec().fields[partial.field].type, groups.field(group, partial.field), vector,
                  row);
    }
  }
}

void put_groups(const PartialAggregates& aggregates, LocalState& local, std::size_t count, duckdb::DataChunk& output) {
  std::size_t tag = 0;
  for (std::size_t g = 0; g < aggregates.groups.size(); ++g) {
    if (!aggregates.groups[g].has_value()) {
      auto* begins = slots<std::int64_t>(output.data[g]);
      for (std::size_t row = 0; row < count; ++row) begins[row] = local.groups.bucket(local.next_group + row);
      continue;
    }
    std::vector<std::uint32_t>& codes = local.codes[tag];
    codes.resize(STANDARD_VECTOR_SIZE);
    for (std::size_t row = 0; row < count; ++row) codes[row] = local.groups.codes(local.next_group + row)[tag];
    storage::ScanColumn column;
    column.kind = storage::ScanColumn::Kind::kTag;
    column.codes = std::span(codes).first(count);
    local.global.tags[tag]->fill(column, count, output.data[g]);
    ++tag;
  }
}

void scan(ClientContext& context, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  const auto& data = input.bind_data->Cast<AggregateBindData>();
  auto& local = input.local_state->Cast<LocalState>();
  if (local.next_group == local.groups.size()) {
    local.groups.clear();
    local.next_group = 0;
    work(context, input.global_state->Cast<GlobalState>(), local);
  }
  const std::size_t count = std::min<std::size_t>(local.groups.size() - local.next_group, STANDARD_VECTOR_SIZE);
  if (count == 0) return;  // ends this thread
  put_groups(data.aggregates, local, count, output);
  for (std::size_t p = 0; p < data.aggregates.partials.size(); ++p) {
    put_partial(data.aggregates.partials[p], local, count, output.data[data.aggregates.groups.size() + p]);
  }
  local.next_group += count;
  output.SetCardinality(count);
}

double progress(ClientContext&, const duckdb::FunctionData*, const duckdb::GlobalTableFunctionState* state) {
  const auto& global = state->Cast<GlobalState>();
  if (global.task_count == 0) return 100.0;
  return 100.0 * static_cast<double>(global.finished_tasks) / static_cast<double>(global.task_count);
}

duckdb::InsertionOrderPreservingMap<duckdb::string> to_string(duckdb::TableFunctionToStringInput& input) {
  const auto& data = input.bind_data->Cast<AggregateBindData>();
  auto rows = describe_scan(data);
  duckdb::string groups;
  for (const auto& group : data.aggregates.groups) {
    groups += (groups.empty() ? "" : "\n") + group.value_or("time bucket");
  }
  rows["Pushed aggregates by"] = groups.empty() ? "(one group)" : groups;
  duckdb::string fields;
  for (const std::string& field : data.aggregates.fields) fields += (fields.empty() ? "" : "\n") + field;
  if (!fields.empty()) rows["Aggregated fields"] = fields;
  return rows;
}

duckdb::InsertionOrderPreservingMap<duckdb::string> dynamic_to_string(
    duckdb::TableFunctionDynamicToStringInput& input) {
  if (!input.global_state) return {};
  if (input.local_state && !input.local_state->Cast<LocalState>().reading.stop()) return {};
  auto& global = input.global_state->Cast<GlobalState>();
  const std::lock_guard lock(global.counters_mutex);
  return describe_counters(global.task_count, global.counters);
}

}  // namespace

bool PartialAggregates::needs_time() const {
  return bucket.has_value() || std::any_of(partials.begin(), partials.end(), [](const PartialColumn& partial) {
           return partial.what != Partial::kRows && partial.what != Partial::kCount && partial.what != Partial::kSum &&
                  partial.what != Partial::kMin && partial.what != Partial::kMax;
         });
}

std::size_t PartialAggregates::field_index(const std::string& name) {
  const auto found = std::find(fields.begin(), fields.end(), name);
  if (found == fields.end()) fields.push_back(name);
  return static_cast<std::size_t>(std::find(fields.begin(), fields.end(), name) - fields.begin());
}

std::size_t PartialAggregates::partial_index(Partial what, std::size_t field) {
  const PartialColumn wanted{what, field};
  const auto found = std::find(partials.begin(), partials.end(), wanted);
  if (found != partials.end()) return static_cast<std::size_t>(found - partials.begin());
  partials.push_back(wanted);
  return partials.size() - 1;
}

LogicalType type_of_partial(const PartialColumn& partial, const PartialAggregates& aggregates,
                            const TableSchema& schema) {
  switch (partial.what) {
    case Partial::kTimeMin:
    case Partial::kTimeMax: return LogicalType::TIMESTAMP_NS;
    case Partial::kRows:
    case Partial::kCount:
    case Partial::kFirstTime:
    case Partial::kLastTime: return LogicalType::BIGINT;
    default: break;
  }
  const FieldType type = field_type(schema, aggregates.fields[partial.field]);
  if (partial.what != Partial::kSum) return type_of_field(type);
  return type == FieldType::kFloat64 ? LogicalType::DOUBLE : LogicalType::HUGEINT;
}

AggregateBindData::AggregateBindData(const ScanBindData& scan, PartialAggregates partial_aggregates)
    : ScanBindData(scan.entry, scan.schema, scan.owner), aggregates(std::move(partial_aggregates)) {
  filters = scan.filters.copy();
}

duckdb::unique_ptr<duckdb::FunctionData> AggregateBindData::Copy() const {
  return duckdb::make_uniq<AggregateBindData>(*this, aggregates);
}

bool AggregateBindData::Equals(const duckdb::FunctionData& other_data) const {
  const auto& other = other_data.Cast<AggregateBindData>();
  const bool buckets = aggregates.bucket.has_value() == other.aggregates.bucket.has_value() &&
                       (!aggregates.bucket.has_value() || *aggregates.bucket == *other.aggregates.bucket);
  return buckets && ScanBindData::Equals(other_data) && aggregates.groups == other.aggregates.groups &&
         aggregates.fields == other.aggregates.fields && aggregates.partials == other.aggregates.partials;
}

duckdb::TableFunction aggregate_scan_function() {
  duckdb::TableFunction function("streamflow_aggregate", {}, scan, nullptr, init_global, init_local);
  function.projection_pushdown = false;
  function.table_scan_progress = progress;
  function.to_string = to_string;
  function.dynamic_to_string = dynamic_to_string;
  refuse_serialization(function);
  return function;
}

}  // namespace streamflow::query
