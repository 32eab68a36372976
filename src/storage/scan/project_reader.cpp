#include "storage/scan/project_reader.h"

#include "storage/scan/scan_plan.h"
#include "storage/segment/storage_report.h"

namespace streamflow::storage {
namespace {

class Snapshot final : public ProjectSnapshot {
 public:
  Snapshot(ProjectName project, std::shared_ptr<const TableCatalog::Tables> tables, std::vector<ShardView> shards,
           std::optional<Error> incomplete)
      : project_(std::move(project)),
        tables_(std::move(tables)),
        shards_(std::make_shared<const std::vector<ShardView>>(std::move(shards))),
        incomplete_(std::move(incomplete)) {
    for (const auto& [name, entry] : *tables_) { schemas_.emplace(name, entry->schema()); }
  }

  std::vector<std::string> table_names() const override {
    std::vector<std::string> names;
    for (const auto& [name, schema] : schemas_) { names.push_back(name); }
    return names;
  }

  std::shared_ptr<const TableSchema> table(std::string_view name) const override {
    const auto found = schemas_.find(name);
    return found == schemas_.end() ? nullptr : found->second;
  }

  Result<std::unique_ptr<TableScan>> scan(ScanRequest request) const override {
    if (incomplete_) { return *incomplete_; }
    const auto found = tables_->find(request.table);
    if (found == tables_->end()) { return Error{ErrorCode::kNotFound, "there is no table \"" + request.table + "\""}; }
    const std::shared_ptr<const TableSchema>& schema = schemas_.find(request.table)->second;
    return plan_scan(found->second, schema, shards_, std::move(request));
  }

  Result<ScanExtent> extent(std::string_view table, const TimeRange& range) const override {
    if (incomplete_) { return *incomplete_; }
    const auto found = tables_->find(table);
    if (found == tables_->end()) {
      return Error{ErrorCode::kNotFound, "there is no table \"" + std::string(table) + "\""};
    }
    return extent_of_rows(found->second, schemas_.find(table)->second->duplicates, *shards_, range);
  }

  Result<std::vector<StorageShare>> storage() const override { return storage_report(project_, *shards_); }

 private:
  const ProjectName project_;
  std::shared_ptr<const TableCatalog::Tables> tables_;
  std::map<std::string, std::shared_ptr<const TableSchema>, std::less<>> schemas_;
  std::shared_ptr<const std::vector<ShardView>> shards_;
  std::optional<Error> incomplete_;  // why some rows are missing
};

class Reader final : public ProjectReader {
 public:
  Reader(const TableCatalog& catalog, std::vector<Shard*> shards, ProjectName project)
      : catalog_(catalog), shards_(std::move(shards)), project_(std::move(project)) {}

  std::shared_ptr<const ProjectSnapshot> snapshot() const override {
    std::vector<ShardView> views;
    std::optional<Error> incomplete;
    for (Shard* shard : shards_) {
      if (std::optional<Error> error = shard->wait_replayed()) { incomplete = std::move(error); }
      views.push_back(shard->view(project_));
    }
    // After the views: every table and column that they hold is then known.
    return std::make_shared<const Snapshot>(project_, catalog_.tables(project_), std::move(views),
                                            std::move(incomplete));
  }

  std::uint64_t schema_version() const override { return catalog_.version(); }

 private:
  const TableCatalog& catalog_;
  const std::vector<Shard*> shards_;
  const ProjectName project_;
};

}  // namespace

std::shared_ptr<ProjectReader> make_project_reader(const TableCatalog& catalog, std::vector<Shard*> shards,
                                                   ProjectName project) {
  return std::make_shared<Reader>(catalog, std::move(shards), std::move(project));
}

}  // namespace streamflow::storage
