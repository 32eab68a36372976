// DuckDB's table function over storage::TableScan: projection, pushed filters, parallel tasks, dictionary vectors.
// Invariants: the snapshot is taken from the statement's transaction when execution starts, never while planning, so a
//             prepared plan reads the present. Fixed-width columns and codes are not copied: DuckDB is done with a
//             chunk before it asks the same thread for the next.
// Threads:    as DuckDB's: global state shared, one local state per thread.
// Errors:     those of storage, with their own code (duckdb_errors.h).
#pragma once

#include <memory>

#include "duckdb/catalog/catalog_entry/table_catalog_entry.hpp"
#include "duckdb/function/table_function.hpp"
#include "model/schema.h"
#include "storage/scan/scan.h"

namespace streamflow::query {

class CatalogEntries;
struct ScanBindData;

duckdb::TableFunction table_scan_function();
inline constexpr const char* kTableScanFunction = "streamflow_scan";

// What EXPLAIN and EXPLAIN ANALYZE say of a scan.
duckdb::InsertionOrderPreservingMap<duckdb::string> describe_scan(const ScanBindData& data);
duckdb::InsertionOrderPreservingMap<duckdb::string> describe_counters(std::size_t task_count,
                                                                      const storage::ScanCounters& counters);
// Keeps DuckDB from copying plans through its serializer, which could not find the function by name.
void refuse_serialization(duckdb::TableFunction& function);

// `owner` keeps `entry` alive for as long as the plan lives.
duckdb::unique_ptr<duckdb::FunctionData> make_scan_bind_data(duckdb::TableCatalogEntry& entry,
                                                             std::shared_ptr<const TableSchema> schema,
                                                             std::shared_ptr<CatalogEntries> owner);

duckdb::virtual_column_map_t scan_virtual_columns();

}  // namespace streamflow::query
