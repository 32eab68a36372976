// The tables of a data folder as the running process knows them: schemas that widen, tag dictionaries, series.
// Invariants: a schema only widens; a field's type never changes; every table entry lives as long as the catalog.
// Threads:    any. A schema handed out is immutable.
// Errors:     kConflict names both types; kTooLarge names the limit.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "storage/memtable/series_index.h"
#include "storage/memtable/tag_values.h"

namespace streamflow::storage {

class TableEntry {
 public:
  TableEntry(const ProjectName& project, TableSchema schema, std::uint32_t shard_count);

  const ProjectName& project() const { return project_; }
  const std::string& name() const { return name_; }
  std::shared_ptr<const TableSchema> schema() const;
  // The tags' dictionaries: at least those of a schema taken before.
  std::shared_ptr<const TagColumns> tags() const;
  SeriesIndex& series(std::uint32_t shard) { return *series_[shard]; }
  const SeriesIndex& series(std::uint32_t shard) const { return *series_[shard]; }

 private:
  friend class TableCatalog;
  void widen(TableSchema wider);

  const ProjectName project_;
  const std::string name_;
  mutable std::shared_mutex mutex_;
  std::shared_ptr<const TableSchema> schema_;  // guarded by mutex_
  std::shared_ptr<const TagColumns> tags_;     // guarded by mutex_; one per tag of schema_
  std::vector<std::unique_ptr<SeriesIndex>> series_;
};

// A batch against its table: which column is which, and which fields cannot be stored.
struct ResolvedBatch {
  std::shared_ptr<TableEntry> table;
  std::shared_ptr<const TableSchema> schema;
  std::shared_ptr<const TagColumns> tags;  // at least the schema's
  struct Conflict {
    std::size_t field = 0;  // of the batch
    std::string reason;
  };
  std::vector<Conflict> conflicts;
};

class TableCatalog {
 public:
  explicit TableCatalog(std::uint32_t shard_count) : shard_count_(shard_count) {}

  // Finds or creates the batch's table and widens its schema by the batch's columns. Fields whose type, or whose name
  // (a tag's), conflicts are listed, not added.
  Result<ResolvedBatch> resolve(const ProjectName& project, const RowBatch& batch);
  // The same for a schema read from a manifest or a segment.
  Result<std::shared_ptr<TableEntry>> restore(const ProjectName& project, const TableSchema& schema);

  std::shared_ptr<TableEntry> find(const ProjectName& project, std::string_view table) const;
  using Tables = std::map<std::string, std::shared_ptr<TableEntry>, std::less<>>;
  std::shared_ptr<const Tables> tables(const ProjectName& project) const;  // never null
  std::vector<ProjectName> projects() const;
  std::map<ProjectName, std::vector<TableSchema>> schemas() const;  // for the manifest
  std::uint64_t version() const { return version_.load(); }         // changes with every new table or column

 private:
  std::shared_ptr<TableEntry> find_or_create(const ProjectName& project, const TableSchema& birth);

  const std::uint32_t shard_count_;
  mutable std::shared_mutex mutex_;
  std::map<ProjectName, std::shared_ptr<const Tables>> projects_;  // guarded by mutex_; each map is copied on change
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace streamflow::storage
