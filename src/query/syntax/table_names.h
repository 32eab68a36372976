// What SQL calls a project's tables and their columns, as project_catalog.cpp shows them.
// Invariants: columns are `time`, then tags, then fields; names that differ from an earlier one only in case have a
//             number behind them. Tables are found exactly, else without case.
// Threads:    pure.
// Errors:     none.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/schema.h"
#include "storage/scan/scan.h"

namespace streamflow::query {

std::vector<std::string> sql_column_names(const TableSchema& schema);
std::vector<std::string> sql_tag_names(const TableSchema& schema);
// Null when unknown.
std::shared_ptr<const TableSchema> find_table(const storage::ProjectSnapshot& snapshot, const std::string& name);

}  // namespace streamflow::query
