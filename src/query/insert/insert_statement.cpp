#include "query/insert/insert_statement.h"

#include <algorithm>
#include <utility>

#include "duckdb/common/string_util.hpp"
#include "duckdb/parser/statement/insert_statement.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "query/syntax/table_names.h"

namespace streamflow::query {

namespace {

Error invalid(const std::string& message) {
  return {ErrorCode::kInvalidArgument, "INSERT: " + message};
}

Status check_supported(const duckdb::InsertStatement& insert) {
  const char* what = insert.on_conflict_info                                            ? "ON CONFLICT"
                     : !insert.returning_list.empty()                                   ? "RETURNING"
                     : insert.default_values                                            ? "DEFAULT VALUES"
                     : insert.column_order == duckdb::InsertColumnOrder::INSERT_BY_NAME ? "BY NAME"
                                                                                        : nullptr;
  if (what == nullptr) return Ok{};
  return Error{ErrorCode::kUnsupported, std::string("INSERT with ") + what + " is not supported"};
}

Result<std::vector<std::size_t>> columns_of(const duckdb::InsertStatement& insert, const TableSchema& schema) {
  const std::vector<std::string> names = sql_column_names(schema);
  std::vector<std::size_t> columns;
  if (insert.columns.empty()) {
    for (std::size_t i = 0; i < names.size(); ++i) columns.push_back(i);
    return columns;
  }
  for (const std::string& wanted : insert.columns) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
      return duckdb::StringUtil::CIEquals(name, wanted);
    });
    if (found == names.end()) return invalid("the table \"" + schema.name + "\" has no column \"" + wanted + "\"");
    const auto column = static_cast<std::size_t>(found - names.begin());
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      return invalid("the column \"" + wanted + "\" is named twice");
    }
    columns.push_back(column);
  }
  if (std::find(columns.begin(), columns.end(), std::size_t{0}) == columns.end()) {
    return invalid("a row needs a time: name the column \"time\" too");
  }
  return columns;
}

}  // namespace

Result<InsertRows> rows_to_insert(duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                  const storage::ProjectSnapshot& snapshot, const std::string& text) {
  auto& insert = statement->Cast<duckdb::InsertStatement>();
  SF_CHECK(check_supported(insert));
  // Whoever names another project must not write into this one unseen.
  if (!insert.catalog.empty() || (!insert.schema.empty() && insert.schema != DEFAULT_SCHEMA)) {
    return invalid("INSERT writes into the request's own project: name the table alone, without catalog or schema");
  }
  InsertRows rows;
  rows.target.schema = find_table(snapshot, insert.table);
  if (!rows.target.schema) {
    return invalid("there is no table \"" + insert.table +
                   "\". Tables appear when rows are written by line protocol or Arrow, or imported");
  }
  SF_TRY(columns, columns_of(insert, *rows.target.schema));
  rows.target.columns = std::move(columns);
  rows.select = std::move(insert.select_statement);
  rows.select->named_param_map = insert.named_param_map;
  rows.select->query = text;
  return rows;
}

}  // namespace streamflow::query
