#include "query/functions/storage_function.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/main/database_manager.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "query/duckdb_errors.h"
#include "query/project_catalog.h"

namespace streamflow::query {

namespace {

using duckdb::ClientContext;
using duckdb::LogicalType;
using duckdb::Value;
using storage::ShareKind;
using storage::StorageShare;

constexpr double kNoisyDoubleBytes = 5.0;    // of 8: the mantissa is mostly noise
constexpr double kLongTextBytes = 16.0;      // a row
constexpr double kIrregularTimeBytes = 2.5;  // a row; regular times take next to nothing
constexpr std::uint64_t kWorthAdviceBytes = 64U << 10U;

struct Column {
  const char* name;
  LogicalType type;
};

std::vector<Column> columns() {
  return {{"table", LogicalType::VARCHAR},  {"column", LogicalType::VARCHAR}, {"part", LogicalType::VARCHAR},
          {"type", LogicalType::VARCHAR},   {"codec", LogicalType::VARCHAR},  {"blocks", LogicalType::UBIGINT},
          {"rows", LogicalType::UBIGINT},   {"bytes", LogicalType::UBIGINT},  {"bytes_per_row", LogicalType::DOUBLE},
          {"percent", LogicalType::DOUBLE}, {"advice", LogicalType::VARCHAR}};
}

std::string_view name_of_kind(ShareKind kind) {
  switch (kind) {
    case ShareKind::kTime: return "time";
    case ShareKind::kField: return "field";
    case ShareKind::kStatistics: return "statistics";
    case ShareKind::kDirectory: return "series and tags";
    case ShareKind::kFile: return "files";
  }
  return "";
}

double per_row(const StorageShare& share) {
  return share.rows == 0 ? 0.0 : static_cast<double>(share.bytes) / static_cast<double>(share.rows);
}

struct State : public duckdb::GlobalTableFunctionState {
  std::vector<StorageShare> shares;
  double bytes = 0;
  std::size_t next = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(ClientContext&, duckdb::TableFunctionBindInput&,
                                              duckdb::vector<LogicalType>& types,
                                              duckdb::vector<duckdb::string>& names) {
  for (const Column& column : columns()) {
    names.emplace_back(column.name);
    types.push_back(column.type);
  }
  return nullptr;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init(ClientContext& context, duckdb::TableFunctionInitInput&) {
  auto& catalog = duckdb::Catalog::GetCatalog(context, duckdb::DatabaseManager::GetDefaultDatabase(context));
  auto shares = ProjectTransaction::of(context, catalog).snapshot()->storage();
  if (!shares.has_value()) throw_as_duckdb(shares.error());
  auto state = duckdb::make_uniq<State>();
  state->shares = std::move(*shares);
  std::stable_sort(state->shares.begin(), state->shares.end(),
                   [](const StorageShare& a, const StorageShare& b) { return a.bytes > b.bytes; });
  for (const StorageShare& share : state->shares) state->bytes += static_cast<double>(share.bytes);
  return state;
}

Value text_or_null(std::string_view text) {
  return text.empty() ? Value(LogicalType::VARCHAR) : Value(std::string(text));
}

std::vector<Value> row_of(const StorageShare& share, double total) {
  const bool of_rows = share.kind == ShareKind::kTime || share.kind == ShareKind::kField;
  const std::string_view type = share.kind == ShareKind::kTime ? "timestamp"
                                : share.type.has_value()       ? name_of(*share.type)
                                                               : std::string_view();
  return {text_or_null(share.table),
          text_or_null(share.column),
          text_or_null(name_of_kind(share.kind)),
          text_or_null(type),
          text_or_null(share.codec),
          of_rows ? Value::UBIGINT(share.blocks) : Value(LogicalType::UBIGINT),
          of_rows ? Value::UBIGINT(share.rows) : Value(LogicalType::UBIGINT),
          Value::UBIGINT(share.bytes),
          of_rows ? Value::DOUBLE(per_row(share)) : Value(LogicalType::DOUBLE),
          Value::DOUBLE(total > 0 ? 100.0 * static_cast<double>(share.bytes) / total : 0.0),
          text_or_null(storage_advice(share))};
}

void scan(ClientContext&, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  auto& state = input.global_state->Cast<State>();
  duckdb::idx_t row = 0;
  for (; row < STANDARD_VECTOR_SIZE && state.next < state.shares.size(); ++row, ++state.next) {
    const std::vector<Value> values = row_of(state.shares[state.next], state.bytes);
    for (std::size_t c = 0; c < values.size(); ++c) output.SetValue(c, row, values[c]);
  }
  output.SetCardinality(row);
}

}  // namespace

std::string storage_advice(const StorageShare& share) {
  if (share.bytes < kWorthAdviceBytes) return "";
  const double bytes = per_row(share);
  switch (share.kind) {
    case ShareKind::kTime:
      if (bytes < kIrregularTimeBytes) return "";
      return "irregular times of fine resolution: write them in the unit the source really measures, such as ms";
    case ShareKind::kField:
      if (share.type == FieldType::kFloat64 && bytes >= kNoisyDoubleBytes) {
        return "the last digits look like noise: values rounded to the digits that count take a fraction of this";
      }
      if (share.type == FieldType::kString && bytes >= kLongTextBytes) {
        return "long texts that hardly repeat: a number or a short code, with the text elsewhere, takes a fraction";
      }
      return "";
    case ShareKind::kDirectory:
    case ShareKind::kStatistics:
    case ShareKind::kFile: return "";
  }
  return "";
}

void register_storage_function(ClientContext& context) {
  duckdb::TableFunction function(kStorageFunction, {}, scan, bind, init);
  duckdb::CreateTableFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(context).CreateTableFunction(context, info);
}

}  // namespace streamflow::query
