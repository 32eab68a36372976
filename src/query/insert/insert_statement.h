// INSERT INTO table [(column, …)] VALUES … | SELECT …: its rows as a SELECT, and where they go.
// Source:     docs/tsql.md, "INSERT".
// Invariants: `target.columns` are columns of the table (0 is the time, then tags, then fields), in the order of the
//             select list; the time is among them.
// Threads:    pure.
// Errors:     kInvalidArgument (unknown table or column, no time, a column twice), kUnsupported (ON CONFLICT,
// RETURNING,
//             BY NAME, DEFAULT VALUES).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "duckdb/parser/sql_statement.hpp"
#include "model/result.h"
#include "model/schema.h"
#include "storage/scan/scan.h"

namespace streamflow::query {

struct InsertTarget {
  std::shared_ptr<const TableSchema> schema;
  std::vector<std::size_t> columns;
};

struct InsertRows {
  InsertTarget target;
  duckdb::unique_ptr<duckdb::SQLStatement> select;
};

Result<InsertRows> rows_to_insert(duckdb::unique_ptr<duckdb::SQLStatement> insert,
                                  const storage::ProjectSnapshot& snapshot, const std::string& text);

}  // namespace streamflow::query
