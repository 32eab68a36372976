// A project's tables as a DuckDB catalog: one schema, `main`, read only.
// Source:     research of DuckDB's storage extensions; ARCHITECTURE.md, "Query".
// Invariants: a statement's tables come from one storage snapshot, which its transaction owns. Catalog entries are raw
//             pointers inside DuckDB's plans, so a plan's bind data keeps its CatalogEntries alive. Entries hold
//             schemas only, never a snapshot, so that a cached plan does not pin files.
// Threads:    any; entries are immutable once made.
// Errors:     DuckDB exceptions, as DuckDB expects; query_service.cpp turns them into Errors.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/table_catalog_entry.hpp"
#include "duckdb/storage/storage_extension.hpp"
#include "duckdb/transaction/transaction.hpp"
#include "duckdb/transaction/transaction_manager.hpp"
#include "storage/scan/scan.h"

namespace streamflow::query {

class CatalogEntries;

// What one statement sees.
class ProjectTransaction : public duckdb::Transaction {
 public:
  ProjectTransaction(duckdb::TransactionManager& manager, duckdb::ClientContext& context,
                     std::shared_ptr<const storage::ProjectSnapshot> snapshot, std::shared_ptr<CatalogEntries> entries);
  ~ProjectTransaction() override;

  const std::shared_ptr<const storage::ProjectSnapshot>& snapshot() const { return snapshot_; }
  CatalogEntries& entries() const { return *entries_; }

  static ProjectTransaction& of(duckdb::ClientContext& context, duckdb::Catalog& catalog);

 private:
  std::shared_ptr<const storage::ProjectSnapshot> snapshot_;
  std::shared_ptr<CatalogEntries> entries_;  // shared with plans and with the catalog's cache
};

class ProjectTableEntry : public duckdb::TableCatalogEntry {
 public:
  ProjectTableEntry(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema_entry, duckdb::CreateTableInfo& info,
                    std::shared_ptr<const TableSchema> schema, std::weak_ptr<CatalogEntries> owner);

  duckdb::unique_ptr<duckdb::BaseStatistics> GetStatistics(duckdb::ClientContext& context,
                                                           duckdb::column_t id) override;
  duckdb::TableFunction GetScanFunction(duckdb::ClientContext& context,
                                        duckdb::unique_ptr<duckdb::FunctionData>& bind_data) override;
  duckdb::TableStorageInfo GetStorageInfo(duckdb::ClientContext& context) override;
  duckdb::virtual_column_map_t GetVirtualColumns() const override;
  duckdb::vector<duckdb::column_t> GetRowIdColumns() const override;

 private:
  std::shared_ptr<const TableSchema> schema_;
  std::weak_ptr<CatalogEntries> owner_;
};

// The table entries of one schema version, made when first asked for.
class CatalogEntries : public std::enable_shared_from_this<CatalogEntries> {
 public:
  CatalogEntries(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema, std::uint64_t version,
                 const storage::ProjectSnapshot& snapshot);

  std::uint64_t version() const { return version_; }
  ProjectTableEntry* find(const std::string& name);  // names compare without case, as in SQL; null when unknown
  void for_each(const std::function<void(duckdb::CatalogEntry&)>& callback);

 private:
  struct Slot {
    std::shared_ptr<const TableSchema> schema;
    std::unique_ptr<ProjectTableEntry> entry;
  };
  ProjectTableEntry& entry_of(Slot& slot);  // mutex_ is held

  duckdb::Catalog& catalog_;
  duckdb::SchemaCatalogEntry& schema_;
  const std::uint64_t version_;
  std::mutex mutex_;
  std::map<std::string, Slot> slots_;               // by exact name
  std::map<std::string, std::string> exact_names_;  // by lower-case name
};

// DuckDB type of a column: 0 is `time`, then tags, then fields. The order of every list of columns in this folder.
duckdb::LogicalType type_of_field(FieldType type);
std::string column_name(const TableSchema& schema, std::size_t column);
std::size_t column_count(const TableSchema& schema);

inline constexpr const char* kStorageType = "streamflow";
duckdb::shared_ptr<duckdb::StorageExtension> make_storage_extension(std::shared_ptr<storage::ProjectReader> reader);

}  // namespace streamflow::query
