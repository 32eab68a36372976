#include "query/project_catalog.h"

#include <utility>

#include "duckdb/common/exception/binder_exception.hpp"
#include "duckdb/common/exception/catalog_exception.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/execution/physical_operator.hpp"
#include "duckdb/parser/parsed_data/create_schema_info.hpp"
#include "duckdb/parser/parsed_data/create_table_info.hpp"
#include "duckdb/parser/parsed_data/drop_info.hpp"
#include "duckdb/planner/logical_operator.hpp"
#include "duckdb/storage/database_size.hpp"
#include "duckdb/storage/table_storage_info.hpp"
#include "query/scan/table_scan.h"

namespace streamflow::query {

namespace {

using duckdb::CatalogEntry;
using duckdb::CatalogTransaction;
using duckdb::CatalogType;
using duckdb::ClientContext;
using duckdb::optional_ptr;

// SQL's names differ by more than case; stored ones need not: `cpu usage=1,Usage=2` has the columns usage and Usage_1.
std::string distinct_name(const std::string& name, const duckdb::ColumnList& taken) {
  std::string distinct = name;
  for (int i = 1; taken.ColumnExists(distinct); ++i) distinct = name + "_" + std::to_string(i);
  return distinct;
}

[[noreturn]] void refuse(const char* what) {
  throw duckdb::BinderException(
      "%s is not supported: tables are made by their first row, and SQL changes them by INSERT alone. Write rows with "
      "line protocol "
      "(POST /api/v2/write) or `streamflow import`",
      what);
}

class ProjectSchemaEntry : public duckdb::SchemaCatalogEntry {
 public:
  ProjectSchemaEntry(duckdb::Catalog& owner, duckdb::CreateSchemaInfo& info) : SchemaCatalogEntry(owner, info) {}

  void Scan(ClientContext& context, CatalogType kind, const std::function<void(CatalogEntry&)>& callback) override {
    if (kind == CatalogType::TABLE_ENTRY) ProjectTransaction::of(context, catalog).entries().for_each(callback);
  }
  void Scan(CatalogType, const std::function<void(CatalogEntry&)>&) override {}  // only checkpoints ask

  optional_ptr<CatalogEntry> LookupEntry(CatalogTransaction transaction,
                                         const duckdb::EntryLookupInfo& lookup) override {
    if (lookup.GetCatalogType() != CatalogType::TABLE_ENTRY || !transaction.transaction) return nullptr;
    return transaction.transaction->Cast<ProjectTransaction>().entries().find(lookup.GetEntryName());
  }

  optional_ptr<CatalogEntry> CreateIndex(CatalogTransaction, duckdb::CreateIndexInfo&,
                                         duckdb::TableCatalogEntry&) override {
    refuse("CREATE INDEX");
  }
  optional_ptr<CatalogEntry> CreateFunction(CatalogTransaction, duckdb::CreateFunctionInfo&) override {
    refuse("CREATE FUNCTION");
  }
  optional_ptr<CatalogEntry> CreateTable(CatalogTransaction, duckdb::BoundCreateTableInfo&) override {
    refuse("CREATE TABLE");
  }
  optional_ptr<CatalogEntry> CreateView(CatalogTransaction, duckdb::CreateViewInfo&) override { refuse("CREATE VIEW"); }
  optional_ptr<CatalogEntry> CreateSequence(CatalogTransaction, duckdb::CreateSequenceInfo&) override {
    refuse("CREATE SEQUENCE");
  }
  optional_ptr<CatalogEntry> CreateTableFunction(CatalogTransaction, duckdb::CreateTableFunctionInfo&) override {
    refuse("CREATE FUNCTION");
  }
  optional_ptr<CatalogEntry> CreateCopyFunction(CatalogTransaction, duckdb::CreateCopyFunctionInfo&) override {
    refuse("CREATE FUNCTION");
  }
  optional_ptr<CatalogEntry> CreatePragmaFunction(CatalogTransaction, duckdb::CreatePragmaFunctionInfo&) override {
    refuse("CREATE FUNCTION");
  }
  optional_ptr<CatalogEntry> CreateCollation(CatalogTransaction, duckdb::CreateCollationInfo&) override {
    refuse("CREATE COLLATION");
  }
  optional_ptr<CatalogEntry> CreateType(CatalogTransaction, duckdb::CreateTypeInfo&) override { refuse("CREATE TYPE"); }
  void DropEntry(ClientContext&, duckdb::DropInfo&) override { refuse("DROP"); }
  void Alter(CatalogTransaction, duckdb::AlterInfo&) override { refuse("ALTER"); }
};

class ProjectCatalog : public duckdb::Catalog {
 public:
  ProjectCatalog(duckdb::AttachedDatabase& database, std::shared_ptr<storage::ProjectReader> reader)
      : Catalog(database), reader_(std::move(reader)) {}

  void Initialize(bool) override {
    duckdb::CreateSchemaInfo info;
    info.schema = DEFAULT_SCHEMA;
    info.internal = true;
    schema_ = std::make_unique<ProjectSchemaEntry>(*this, info);
  }

  duckdb::string GetCatalogType() override { return kStorageType; }
  duckdb::optional_idx GetCatalogVersion(ClientContext& context) override {
    return ProjectTransaction::of(context, *this).entries().version();
  }

  optional_ptr<CatalogEntry> CreateSchema(CatalogTransaction, duckdb::CreateSchemaInfo&) override {
    refuse("CREATE SCHEMA");
  }
  void DropSchema(ClientContext&, duckdb::DropInfo&) override { refuse("DROP SCHEMA"); }
  void ScanSchemas(ClientContext&, std::function<void(duckdb::SchemaCatalogEntry&)> callback) override {
    callback(*schema_);
  }
  optional_ptr<duckdb::SchemaCatalogEntry> LookupSchema(CatalogTransaction, const duckdb::EntryLookupInfo& lookup,
                                                        duckdb::OnEntryNotFound if_not_found) override {
    if (duckdb::StringUtil::CIEquals(lookup.GetEntryName(), DEFAULT_SCHEMA)) return schema_.get();
    if (if_not_found == duckdb::OnEntryNotFound::RETURN_NULL) return nullptr;
    throw duckdb::CatalogException("there is no schema '%s'; tables are in 'main'", lookup.GetEntryName());
  }

  duckdb::PhysicalOperator& PlanCreateTableAs(ClientContext&, duckdb::PhysicalPlanGenerator&,
                                              duckdb::LogicalCreateTable&, duckdb::PhysicalOperator&) override {
    refuse("CREATE TABLE AS");
  }
  duckdb::PhysicalOperator& PlanInsert(ClientContext&, duckdb::PhysicalPlanGenerator&, duckdb::LogicalInsert&,
                                       optional_ptr<duckdb::PhysicalOperator>) override {
    refuse("INSERT");
  }
  duckdb::PhysicalOperator& PlanDelete(ClientContext&, duckdb::PhysicalPlanGenerator&, duckdb::LogicalDelete&,
                                       duckdb::PhysicalOperator&) override {
    refuse("DELETE");
  }
  duckdb::PhysicalOperator& PlanUpdate(ClientContext&, duckdb::PhysicalPlanGenerator&, duckdb::LogicalUpdate&,
                                       duckdb::PhysicalOperator&) override {
    refuse("UPDATE");
  }
  // DuckDB's own would cast our bind data to its own and corrupt the heap.
  duckdb::unique_ptr<duckdb::LogicalOperator> BindCreateIndex(duckdb::Binder&, duckdb::CreateStatement&,
                                                              duckdb::TableCatalogEntry&,
                                                              duckdb::unique_ptr<duckdb::LogicalOperator>) override {
    refuse("CREATE INDEX");
  }

  duckdb::DatabaseSize GetDatabaseSize(ClientContext&) override { return {}; }
  bool InMemory() override { return true; }
  duckdb::string GetDBPath() override { return {}; }

  // The snapshot of a new statement, and the entries that fit it.
  std::pair<std::shared_ptr<const storage::ProjectSnapshot>, std::shared_ptr<CatalogEntries>> begin() {
    // The version is read first: a table that appears in between is in the snapshot already, and again in the next
    // version's entries.
    const std::uint64_t version = reader_->schema_version();
    auto snapshot = reader_->snapshot();
    const std::lock_guard lock(mutex_);
    if (!entries_ || entries_->version() != version) {
      entries_ = std::make_shared<CatalogEntries>(*this, *schema_, version, *snapshot);
    }
    return {std::move(snapshot), entries_};
  }

 private:
  std::shared_ptr<storage::ProjectReader> reader_;
  std::unique_ptr<ProjectSchemaEntry> schema_;
  std::mutex mutex_;
  std::shared_ptr<CatalogEntries> entries_;  // of the newest version seen
};

class ProjectTransactionManager : public duckdb::TransactionManager {
 public:
  ProjectTransactionManager(duckdb::AttachedDatabase& database, ProjectCatalog& catalog)
      : TransactionManager(database), catalog_(catalog) {}

  duckdb::Transaction& StartTransaction(ClientContext& context) override {
    auto [snapshot, entries] = catalog_.begin();
    auto transaction = std::make_unique<ProjectTransaction>(*this, context, std::move(snapshot), std::move(entries));
    duckdb::Transaction& started = *transaction;
    const std::lock_guard lock(mutex_);
    running_.emplace(&started, std::move(transaction));
    return started;
  }
  duckdb::ErrorData CommitTransaction(ClientContext&, duckdb::Transaction& transaction) override {
    forget(transaction);
    return {};
  }
  void RollbackTransaction(duckdb::Transaction& transaction) override { forget(transaction); }
  void Checkpoint(ClientContext&, bool) override {}

 private:
  void forget(duckdb::Transaction& transaction) {
    std::unique_ptr<ProjectTransaction> dying;  // destroyed outside the lock
    const std::lock_guard lock(mutex_);
    const auto found = running_.find(&transaction);
    if (found == running_.end()) return;
    dying = std::move(found->second);
    running_.erase(found);
  }

  ProjectCatalog& catalog_;
  std::mutex mutex_;
  std::map<duckdb::Transaction*, std::unique_ptr<ProjectTransaction>> running_;
};

struct ReaderInfo : public duckdb::StorageExtensionInfo {
  explicit ReaderInfo(std::shared_ptr<storage::ProjectReader> project_reader) : reader(std::move(project_reader)) {}
  std::shared_ptr<storage::ProjectReader> reader;
};

duckdb::unique_ptr<duckdb::Catalog> attach(optional_ptr<duckdb::StorageExtensionInfo> info, ClientContext&,
                                           duckdb::AttachedDatabase& database, const duckdb::string&,
                                           duckdb::AttachInfo&, duckdb::AttachOptions&) {
  return duckdb::make_uniq<ProjectCatalog>(database, static_cast<ReaderInfo&>(*info).reader);
}

duckdb::unique_ptr<duckdb::TransactionManager> create_transaction_manager(optional_ptr<duckdb::StorageExtensionInfo>,
                                                                          duckdb::AttachedDatabase& database,
                                                                          duckdb::Catalog& catalog) {
  return duckdb::make_uniq<ProjectTransactionManager>(database, static_cast<ProjectCatalog&>(catalog));
}

}  // namespace

ProjectTransaction::ProjectTransaction(duckdb::TransactionManager& manager_of_it, duckdb::ClientContext& client,
                                       std::shared_ptr<const storage::ProjectSnapshot> snapshot,
                                       std::shared_ptr<CatalogEntries> entries)
    : Transaction(manager_of_it, client), snapshot_(std::move(snapshot)), entries_(std::move(entries)) {}
ProjectTransaction::~ProjectTransaction() = default;

ProjectTransaction& ProjectTransaction::of(duckdb::ClientContext& context, duckdb::Catalog& catalog) {
  return Transaction::Get(context, catalog).Cast<ProjectTransaction>();
}

duckdb::LogicalType type_of_field(FieldType type) {
  switch (type) {
    case FieldType::kFloat64: return duckdb::LogicalType::DOUBLE;
    case FieldType::kInt64: return duckdb::LogicalType::BIGINT;
    case FieldType::kUint64: return duckdb::LogicalType::UBIGINT;
    case FieldType::kBool: return duckdb::LogicalType::BOOLEAN;
    case FieldType::kString: break;
  }
  return duckdb::LogicalType::VARCHAR;
}

std::string column_name(const TableSchema& schema, std::size_t column) {
  if (column == 0) return std::string(kTimeColumn);
  if (column <= schema.tags.size()) return schema.tags[column - 1];
  return schema.fields[column - 1 - schema.tags.size()].name;
}

std::size_t column_count(const TableSchema& schema) {
  return 1 + schema.tags.size() + schema.fields.size();
}

ProjectTableEntry::ProjectTableEntry(duckdb::Catalog& in_catalog, duckdb::SchemaCatalogEntry& schema_entry,
                                     duckdb::CreateTableInfo& info, std::shared_ptr<const TableSchema> table_schema,
                                     std::weak_ptr<CatalogEntries> owner)
    : TableCatalogEntry(in_catalog, schema_entry, info), schema_(std::move(table_schema)), owner_(std::move(owner)) {}

// None: minima and maxima would be folded into plans that outlive them.
duckdb::unique_ptr<duckdb::BaseStatistics> ProjectTableEntry::GetStatistics(ClientContext&, duckdb::column_t) {
  return nullptr;
}

duckdb::TableFunction ProjectTableEntry::GetScanFunction(ClientContext&,
                                                         duckdb::unique_ptr<duckdb::FunctionData>& bind_data) {
  bind_data = make_scan_bind_data(*this, schema_, owner_.lock());
  return table_scan_function();
}

duckdb::TableStorageInfo ProjectTableEntry::GetStorageInfo(ClientContext&) {
  return {};
}

// No row id; the empty column is what count(*) reads.
duckdb::virtual_column_map_t ProjectTableEntry::GetVirtualColumns() const {
  return scan_virtual_columns();
}
duckdb::vector<duckdb::column_t> ProjectTableEntry::GetRowIdColumns() const {
  return {};
}

CatalogEntries::CatalogEntries(duckdb::Catalog& catalog, duckdb::SchemaCatalogEntry& schema, std::uint64_t version,
                               const storage::ProjectSnapshot& snapshot)
    : catalog_(catalog), schema_(schema), version_(version) {
  for (const std::string& name : snapshot.table_names()) {
    auto table = snapshot.table(name);
    if (!table) continue;
    // A copy: the snapshot's own pointer may share ownership with rows and files.
    slots_.emplace(name, Slot{std::make_shared<const TableSchema>(*table), nullptr});
    exact_names_.emplace(duckdb::StringUtil::Lower(name), name);
  }
}

ProjectTableEntry* CatalogEntries::find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  auto found = slots_.find(name);
  if (found == slots_.end()) {
    const auto exact = exact_names_.find(duckdb::StringUtil::Lower(name));
    if (exact == exact_names_.end()) return nullptr;
    found = slots_.find(exact->second);
  }
  return &entry_of(found->second);
}

void CatalogEntries::for_each(const std::function<void(CatalogEntry&)>& callback) {
  std::vector<ProjectTableEntry*> entries;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, slot] : slots_) entries.push_back(&entry_of(slot));
  }
  for (ProjectTableEntry* entry : entries) callback(*entry);
}

ProjectTableEntry& CatalogEntries::entry_of(Slot& slot) {
  if (slot.entry) return *slot.entry;
  duckdb::CreateTableInfo info(schema_, slot.schema->name);
  for (std::size_t i = 0; i < column_count(*slot.schema); ++i) {
    const std::size_t tag_count = slot.schema->tags.size();
    const bool is_tag = i > 0 && i <= tag_count;
    const auto type = i == 0   ? duckdb::LogicalType(duckdb::LogicalType::TIMESTAMP_NS)
                      : is_tag ? duckdb::LogicalType(duckdb::LogicalType::VARCHAR)
                               : type_of_field(slot.schema->fields[i - 1 - tag_count].type);
    duckdb::ColumnDefinition column(distinct_name(column_name(*slot.schema, i), info.columns), type);
    column.SetComment(duckdb::Value(i == 0 ? "time" : is_tag ? "tag" : "field"));
    info.columns.AddColumn(std::move(column));
  }
  info.comment = duckdb::Value("duplicates: " + std::string(name_of(slot.schema->duplicates)));
  slot.entry = std::make_unique<ProjectTableEntry>(catalog_, schema_, info, slot.schema, weak_from_this());
  return *slot.entry;
}

duckdb::shared_ptr<duckdb::StorageExtension> make_storage_extension(std::shared_ptr<storage::ProjectReader> reader) {
  auto extension = duckdb::make_shared_ptr<duckdb::StorageExtension>();
  extension->attach = attach;
  extension->create_transaction_manager = create_transaction_manager;
  extension->storage_info = duckdb::make_shared_ptr<ReaderInfo>(std::move(reader));
  return extension;
}

}  // namespace streamflow::query
