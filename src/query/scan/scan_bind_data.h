// What a scan of one table is bound to: its entry, its schema, and what of the WHERE clause it applies itself.
// Threads: changed only while planning.
#pragma once

#include <memory>
#include <utility>

#include "duckdb/catalog/catalog_entry/table_catalog_entry.hpp"
#include "duckdb/function/function.hpp"
#include "model/schema.h"
#include "query/scan/scan_filters.h"

namespace streamflow::query {

class CatalogEntries;

struct ScanBindData : public duckdb::FunctionData {
  ScanBindData(duckdb::TableCatalogEntry& table_entry, std::shared_ptr<const TableSchema> table_schema,
               std::shared_ptr<CatalogEntries> entry_owner)
      : entry(table_entry), schema(std::move(table_schema)), owner(std::move(entry_owner)) {}

  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    auto copy = duckdb::make_uniq<ScanBindData>(entry, schema, owner);
    copy->filters = filters.copy();
    return copy;
  }
  bool Equals(const duckdb::FunctionData& other_data) const override {
    const auto& other = other_data.Cast<ScanBindData>();
    return schema == other.schema && filters.equals(other.filters);
  }

  duckdb::TableCatalogEntry& entry;
  std::shared_ptr<const TableSchema> schema;
  std::shared_ptr<CatalogEntries> owner;
  ScanFilters filters;
};

}  // namespace streamflow::query
