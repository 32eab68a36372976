#include "model/schema.h"

#include <algorithm>

namespace streamflow {

std::string_view name_of(FieldType type) {
  switch (type) {
    case FieldType::kFloat64: return "float64";
    case FieldType::kInt64: return "int64";
    case FieldType::kUint64: return "uint64";
    case FieldType::kBool: return "boolean";
    case FieldType::kString: return "string";
  }
  return "unknown";
}

std::string_view name_of(DuplicatePolicy policy) {
  switch (policy) {
    case DuplicatePolicy::kMerge: return "merge";
    case DuplicatePolicy::kLast: return "last";
    case DuplicatePolicy::kKeep: return "keep";
  }
  return "unknown";
}

std::optional<DuplicatePolicy> duplicate_policy_from(std::string_view name) {
  for (const DuplicatePolicy policy : {DuplicatePolicy::kMerge, DuplicatePolicy::kLast, DuplicatePolicy::kKeep}) {
    if (name == name_of(policy)) { return policy; }
  }
  return std::nullopt;
}

std::optional<std::size_t> TableSchema::tag_index(std::string_view tag) const {
  const auto found = std::find(tags.begin(), tags.end(), tag);
  if (found == tags.end()) { return std::nullopt; }
  return static_cast<std::size_t>(found - tags.begin());
}

std::optional<std::size_t> TableSchema::field_index(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldColumn& f) { return f.name == field; });
  if (found == fields.end()) { return std::nullopt; }
  return static_cast<std::size_t>(found - fields.begin());
}

std::string to_string(const ProjectName& name) {
  return name.organization + "/" + name.project;
}

}  // namespace streamflow
