#include "query/scan/table_scan.h"

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "duckdb/common/exception.hpp"
#include "duckdb/execution/partition_info.hpp"
#include "duckdb/planner/operator/logical_get.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "query/duckdb_errors.h"
#include "query/project_catalog.h"
#include "query/scan/reading_threads.h"
#include "query/scan/scan_bind_data.h"
#include "query/scan/scan_columns.h"

namespace streamflow::query {

namespace {

using duckdb::ClientContext;
using duckdb::DataChunk;
using duckdb::FunctionData;
using duckdb::optional_ptr;

template <class T>
T unwrap(Result<T> result) {
  if (!result.has_value()) throw_as_duckdb(result.error());
  return std::move(result).value();
}

struct GlobalState : public duckdb::GlobalTableFunctionState {
  duckdb::idx_t MaxThreads() const override { return task_count == 0 ? 1 : task_count; }

  std::shared_ptr<const storage::ProjectSnapshot> snapshot;
  std::shared_ptr<TagPredicateFailure> failure = std::make_shared<TagPredicateFailure>();
  std::unique_ptr<storage::TableScan> scan;      // null when the time range is empty
  std::vector<std::unique_ptr<TagColumn>> tags;  // per output column; null for times and fields
  std::vector<std::size_t> outputs;              // output vector of each requested column
  std::size_t task_count = 0;
  std::atomic<std::size_t> next_task{0};
  std::atomic<std::size_t> finished_tasks{0};
  ReadingThreads reading_threads;
  std::mutex counters_mutex;
  std::vector<storage::ScanCounters> counters;  // of each task so far; guarded by counters_mutex
};

struct LocalState : public duckdb::LocalTableFunctionState {
  explicit LocalState(GlobalState& shared) : global(shared), reading(shared.reading_threads) {}

  // After each chunk, not only at a task's end: a LIMIT leaves tasks half read.
  void publish_counters() {
    const std::lock_guard lock(global.counters_mutex);
    global.counters[task] = cursor->counters();
  }

  GlobalState& global;
  ReadingThread reading;
  std::unique_ptr<storage::TaskCursor> cursor;
  std::size_t task = 0;
  storage::ScanChunk chunk;
};

storage::ScanRequest request_for(ClientContext& context, const ScanBindData& data,
                                 const std::vector<std::string>& columns,
                                 const std::shared_ptr<TagPredicateFailure>& failure) {
  return {data.schema->name, data.filters.range, columns, tag_predicates(context, data.filters, failure)};
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(ClientContext& context,
                                                                 duckdb::TableFunctionInitInput& input) {
  const auto& data = input.bind_data->Cast<ScanBindData>();
  auto state = duckdb::make_uniq<GlobalState>();
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < input.column_ids.size(); ++i) {
    if (duckdb::IsVirtualColumn(input.column_ids[i])) continue;
    columns.push_back(column_name(*data.schema, input.column_ids[i]));
    state->outputs.push_back(i);
  }
  state->tags.resize(columns.size());
  state->snapshot = ProjectTransaction::of(context, data.entry.ParentCatalog()).snapshot();
  if (data.filters.range.empty()) return state;
  state->scan = unwrap(state->snapshot->scan(request_for(context, data, columns, state->failure)));
  state->task_count = state->scan->task_count();
  state->counters.resize(state->task_count);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::size_t column = input.column_ids[state->outputs[i]];
    if (column == 0 || column > data.schema->tags.size()) continue;
    state->tags[i] = std::make_unique<TagColumn>(state->scan->dictionary(i));
  }
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext&,
                                                               duckdb::TableFunctionInitInput&,
                                                               duckdb::GlobalTableFunctionState* global) {
  return duckdb::make_uniq<LocalState>(global->Cast<GlobalState>());
}

void raise_failure(GlobalState& global) {
  const std::lock_guard lock(global.failure->mutex);
  if (global.failure->first.has_value()) global.failure->first->Throw();
}

// Moves to the next chunk that has rows; false when no task is left.
bool advance(ClientContext& context, GlobalState& global, LocalState& local) {
  while (true) {
    if (context.interrupted) throw duckdb::InterruptException();
    if (!local.cursor) {
      local.task = global.next_task.fetch_add(1);
      if (local.task >= global.task_count) return false;
      local.cursor = unwrap(global.scan->open(local.task));
    }
    const bool more = unwrap(local.cursor->next(local.chunk));
    local.publish_counters();
    raise_failure(global);
    if (more && local.chunk.row_count > 0) return true;
    if (!more) {
      local.cursor.reset();
      global.finished_tasks.fetch_add(1);
    }
  }
}

void scan(ClientContext& context, duckdb::TableFunctionInput& input, DataChunk& output) {
  auto& global = input.global_state->Cast<GlobalState>();
  auto& local = input.local_state->Cast<LocalState>();
  if (!advance(context, global, local)) return;  // the empty chunk ends this thread
  const auto& chunk = local.chunk;
  for (std::size_t i = 0; i < chunk.columns.size(); ++i) {
    auto& vector = output.data[global.outputs[i]];
    if (global.tags[i]) {
      global.tags[i]->fill(chunk.columns[i], chunk.row_count, vector);
    } else {
      fill_column(chunk.columns[i], chunk.row_count, vector);
    }
  }
  output.SetCardinality(chunk.row_count);
}

void pushdown_complex_filter(ClientContext&, duckdb::LogicalGet& get, FunctionData* bind_data,
                             duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
  auto& data = bind_data->Cast<ScanBindData>();
  take_filters(*data.schema, get, data.filters, filters);
}

// Lets a plain SELECT run in parallel and keep its order.
duckdb::OperatorPartitionData partition_data(ClientContext&, duckdb::TableFunctionGetPartitionInput& input) {
  if (input.partition_info.RequiresPartitionColumns()) throw duckdb::InternalException("no partition columns");
  return duckdb::OperatorPartitionData(input.local_state->Cast<LocalState>().task);
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(ClientContext& context, const FunctionData* bind_data) {
  const auto& data = bind_data->Cast<ScanBindData>();
  if (data.filters.range.empty()) return duckdb::make_uniq<duckdb::NodeStatistics>(0);
  const auto& snapshot = ProjectTransaction::of(context, data.entry.ParentCatalog()).snapshot();
  const auto extent = snapshot->extent(data.schema->name, data.filters.range);
  if (!extent.has_value()) return nullptr;  // execution will say why
  return duckdb::make_uniq<duckdb::NodeStatistics>(extent->rows);
}

double progress(ClientContext&, const FunctionData*, const duckdb::GlobalTableFunctionState* state) {
  const auto& global = state->Cast<GlobalState>();
  if (global.task_count == 0) return 100.0;
  return 100.0 * static_cast<double>(global.finished_tasks) / static_cast<double>(global.task_count);
}

duckdb::BindInfo bind_info(const optional_ptr<FunctionData> bind_data) {
  return duckdb::BindInfo(bind_data->Cast<ScanBindData>().entry);
}

duckdb::InsertionOrderPreservingMap<duckdb::string> to_string(duckdb::TableFunctionToStringInput& input) {
  return describe_scan(input.bind_data->Cast<ScanBindData>());
}
duckdb::InsertionOrderPreservingMap<duckdb::string> dynamic_to_string(
    duckdb::TableFunctionDynamicToStringInput& input) {
  if (!input.global_state) return {};
  auto& global = input.global_state->Cast<GlobalState>();
  if (input.local_state && !input.local_state->Cast<LocalState>().reading.stop()) return {};
  storage::ScanCounters sum;
  const std::lock_guard lock(global.counters_mutex);
  for (const storage::ScanCounters& task : global.counters) sum.add(task);
  return describe_counters(global.task_count, sum);
}

duckdb::virtual_column_map_t virtual_columns(ClientContext&, optional_ptr<FunctionData>) {
  return scan_virtual_columns();
}

// Throwing keeps DuckDB from copying plans through its serializer, which cannot find this function by name.
void serialize(duckdb::Serializer&, const optional_ptr<FunctionData>, const duckdb::TableFunction&) {
  throw duckdb::NotImplementedException("scans of StreamFlow tables are not serialized");
}
duckdb::unique_ptr<FunctionData> deserialize(duckdb::Deserializer&, duckdb::TableFunction&) {
  throw duckdb::NotImplementedException("scans of StreamFlow tables are not serialized");
}

}  // namespace

duckdb::TableFunction table_scan_function() {
  duckdb::TableFunction function(kTableScanFunction, {}, scan, nullptr, init_global, init_local);
  function.projection_pushdown = true;
  function.filter_pushdown = false;  // what pushdown_complex_filter leaves, DuckDB's own FILTER does
  function.pushdown_complex_filter = pushdown_complex_filter;
  function.get_partition_data = partition_data;
  function.cardinality = cardinality;
  function.table_scan_progress = progress;
  function.get_bind_info = bind_info;
  function.to_string = to_string;
  function.dynamic_to_string = dynamic_to_string;
  function.get_virtual_columns = virtual_columns;
  refuse_serialization(function);
  return function;
}

duckdb::InsertionOrderPreservingMap<duckdb::string> describe_scan(const ScanBindData& data) {
  duckdb::InsertionOrderPreservingMap<duckdb::string> rows;
  rows["Table"] = data.schema->name;
  if (data.filters.range != TimeRange{}) rows["Pushed time range"] = describe(data.filters.range);
  duckdb::string tags;
  for (const TagFilter& filter : data.filters.tags) tags += (tags.empty() ? "" : "\n") + filter.text;
  if (!tags.empty()) rows["Pushed tag filters"] = tags;
  return rows;
}

duckdb::InsertionOrderPreservingMap<duckdb::string> describe_counters(std::size_t task_count,
                                                                      const storage::ScanCounters& counters) {
  duckdb::InsertionOrderPreservingMap<duckdb::string> rows;
  rows["Tasks"] = std::to_string(task_count);
  rows["Blocks decoded"] = std::to_string(counters.blocks_decoded);
  rows["Blocks skipped"] = std::to_string(counters.blocks_skipped);
  rows["Blocks from statistics"] = std::to_string(counters.blocks_from_statistics);
  rows["Bytes read"] = std::to_string(counters.bytes_read);
  rows["Rows scanned"] = std::to_string(counters.rows);
  rows["Rows from memory"] = std::to_string(counters.memtable_rows);
  return rows;
}

void refuse_serialization(duckdb::TableFunction& function) {
  function.serialize = serialize;
  function.deserialize = deserialize;
  function.verify_serialization = false;
}

duckdb::unique_ptr<FunctionData> make_scan_bind_data(duckdb::TableCatalogEntry& entry,
                                                     std::shared_ptr<const TableSchema> schema,
                                                     std::shared_ptr<CatalogEntries> owner) {
  return duckdb::make_uniq<ScanBindData>(entry, std::move(schema), std::move(owner));
}

duckdb::virtual_column_map_t scan_virtual_columns() {
  duckdb::virtual_column_map_t columns;
  columns.insert({duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)});
  return columns;
}

}  // namespace streamflow::query
