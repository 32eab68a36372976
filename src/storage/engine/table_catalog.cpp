#include "storage/engine/table_catalog.h"

#include <algorithm>
#include <utility>

namespace streamflow::storage {
namespace {

// What is wrong with adding `field` to `schema`; empty when it is there already or may be added.
std::string conflict_of(const TableSchema& schema, const std::string& field, FieldType type) {
  if (schema.tag_index(field)) {
    return "\"" + field + "\" is a tag of table \"" + schema.name +
           "\" and cannot be a field as well; rename the field";
  }
  if (const auto known = schema.field_index(field); known && schema.fields[*known].type != type) {
    return "field type conflict: input field \"" + field + "\" on measurement \"" + schema.name + "\" is type " +
           std::string(name_of(type)) + ", already exists as type " + std::string(name_of(schema.fields[*known].type));
  }
  return {};
}

Status check_width(const TableSchema& schema) {
  if (schema.tags.size() <= kTagsPerTableMax && schema.fields.size() <= kFieldsPerTableMax) { return Ok{}; }
  return Error{ErrorCode::kTooLarge, "table \"" + schema.name + "\" would have " + std::to_string(schema.tags.size()) +
                                         " tags and " + std::to_string(schema.fields.size()) + " fields, at most " +
                                         std::to_string(kTagsPerTableMax) + " and " +
                                         std::to_string(kFieldsPerTableMax) + " are allowed"};
}

// `schema` with the tags and fields of `batch` that it lacks; conflicting fields go to `resolved`.
Result<TableSchema> widened(const TableSchema& schema, const RowBatch& batch, ResolvedBatch& resolved) {
  TableSchema wider = schema;
  for (const std::string& tag : batch.tags) {
    if (wider.tag_index(tag)) { continue; }
    if (wider.field_index(tag)) {
      return Error{ErrorCode::kConflict, "\"" + tag + "\" is a field of table \"" + schema.name +
                                             "\" and cannot be a tag as well; rename the tag"};
    }
    wider.tags.push_back(tag);
  }
  resolved.conflicts.clear();
  for (std::size_t f = 0; f < batch.fields.size(); ++f) {
    const FieldVector& field = batch.fields[f];
    if (std::string reason = conflict_of(wider, field.name, field.type); !reason.empty()) {
      resolved.conflicts.push_back({f, std::move(reason)});
    } else if (!wider.field_index(field.name)) {
      wider.fields.push_back({field.name, field.type});
    }
  }
  SF_CHECK(check_width(wider));
  return wider;
}

}  // namespace

TableEntry::TableEntry(const ProjectName& project, TableSchema schema, std::uint32_t shard_count)
    : project_(project), name_(schema.name) {
  for (std::uint32_t shard = 0; shard < shard_count; ++shard) { series_.push_back(std::make_unique<SeriesIndex>()); }
  widen(std::move(schema));
}

std::shared_ptr<const TableSchema> TableEntry::schema() const {
  const std::shared_lock lock(mutex_);
  return schema_;
}

std::shared_ptr<const TagColumns> TableEntry::tags() const {
  const std::shared_lock lock(mutex_);
  return tags_;
}

void TableEntry::widen(TableSchema wider) {
  const std::unique_lock lock(mutex_);
  auto tags = tags_ == nullptr ? std::make_shared<TagColumns>() : std::make_shared<TagColumns>(*tags_);
  while (tags->size() < wider.tags.size()) {
    tags->push_back(std::make_shared<TagValues>(to_string(project_) + "/" + name_ + "/" + wider.tags[tags->size()]));
  }
  tags_ = std::move(tags);
  schema_ = std::make_shared<const TableSchema>(std::move(wider));
}

std::shared_ptr<TableEntry> TableCatalog::find(const ProjectName& project, std::string_view table) const {
  const std::shared_ptr<const Tables> known = tables(project);
  const auto found = known->find(table);
  return found == known->end() ? nullptr : found->second;
}

std::shared_ptr<const TableCatalog::Tables> TableCatalog::tables(const ProjectName& project) const {
  static const auto none = std::make_shared<const Tables>();
  const std::shared_lock lock(mutex_);
  const auto found = projects_.find(project);
  return found == projects_.end() ? none : found->second;
}

std::vector<ProjectName> TableCatalog::projects() const {
  const std::shared_lock lock(mutex_);
  std::vector<ProjectName> names;
  for (const auto& [name, tables] : projects_) { names.push_back(name); }
  return names;
}

std::map<ProjectName, std::vector<TableSchema>> TableCatalog::schemas() const {
  std::map<ProjectName, std::vector<TableSchema>> all;
  for (const ProjectName& project : projects()) {
    for (const auto& [name, entry] : *tables(project)) { all[project].push_back(*entry->schema()); }
  }
  return all;
}

std::shared_ptr<TableEntry> TableCatalog::find_or_create(const ProjectName& project, const TableSchema& birth) {
  if (auto entry = find(project, birth.name)) { return entry; }
  const std::unique_lock lock(mutex_);
  std::shared_ptr<const Tables>& current = projects_[project];
  auto next = current == nullptr ? std::make_shared<Tables>() : std::make_shared<Tables>(*current);
  auto [place, fresh] = next->try_emplace(birth.name, nullptr);
  if (fresh) {
    place->second = std::make_shared<TableEntry>(project, birth, shard_count_);
    current = next;
    ++version_;
  }
  return place->second;
}

Result<ResolvedBatch> TableCatalog::resolve(const ProjectName& project, const RowBatch& batch) {
  TableSchema birth;
  birth.name = batch.table;
  birth.duplicates = batch.duplicates;
  ResolvedBatch resolved;
  resolved.table = find_or_create(project, birth);
  resolved.schema = resolved.table->schema();
  SF_TRY(wider, widened(*resolved.schema, batch, resolved));
  if (wider == *resolved.schema) {
    resolved.tags = resolved.table->tags();
    return resolved;
  }
  // Somebody may have widened it meanwhile: decide again with the lock held.
  const std::unique_lock lock(mutex_);
  resolved.schema = resolved.table->schema();
  SF_TRY(final_schema, widened(*resolved.schema, batch, resolved));
  if (final_schema != *resolved.schema) {
    resolved.table->widen(std::move(final_schema));
    ++version_;
    resolved.schema = resolved.table->schema();
  }
  resolved.tags = resolved.table->tags();
  return resolved;
}

Result<std::shared_ptr<TableEntry>> TableCatalog::restore(const ProjectName& project, const TableSchema& schema) {
  TableSchema birth;
  birth.name = schema.name;
  birth.duplicates = schema.duplicates;
  std::shared_ptr<TableEntry> entry = find_or_create(project, birth);
  RowBatch columns;
  columns.table = schema.name;
  columns.tags = schema.tags;
  for (const FieldColumn& field : schema.fields) {
    FieldVector vector;
    vector.name = field.name;
    vector.type = field.type;
    columns.fields.push_back(std::move(vector));
  }
  SF_TRY(resolved, resolve(project, columns));
  if (!resolved.conflicts.empty()) {
    return Error{ErrorCode::kCorrupt,
                 "stored schemas of table \"" + schema.name + "\" disagree: " + resolved.conflicts[0].reason};
  }
  return entry;
}

}  // namespace streamflow::storage
