#include "query/syntax/table_names.h"

#include <set>

#include "duckdb/common/string_util.hpp"

namespace streamflow::query {

std::vector<std::string> sql_column_names(const TableSchema& schema) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  const auto add = [&](const std::string& stored) {
    std::string name = stored;
    for (int i = 1; !taken.insert(duckdb::StringUtil::Lower(name)).second; ++i) name = stored + "_" + std::to_string(i);
    names.push_back(std::move(name));
  };
  add(std::string(kTimeColumn));
  for (const std::string& tag : schema.tags) add(tag);
  for (const FieldColumn& field : schema.fields) add(field.name);
  return names;
}

std::vector<std::string> sql_tag_names(const TableSchema& schema) {
  auto names = sql_column_names(schema);
  return {names.begin() + 1, names.begin() + 1 + static_cast<std::ptrdiff_t>(schema.tags.size())};
}

std::shared_ptr<const TableSchema> find_table(const storage::ProjectSnapshot& snapshot, const std::string& name) {
  if (auto exact = snapshot.table(name)) return exact;
  for (const std::string& other : snapshot.table_names()) {
    if (duckdb::StringUtil::CIEquals(name, other)) return snapshot.table(other);
  }
  return nullptr;
}

}  // namespace streamflow::query
