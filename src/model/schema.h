// What a table is: tag columns, a `time` column, field columns, and what happens to rows of the same (series, time).
// Invariants: a table's tags and fields have distinct names, none is called "time"; a schema only widens: columns are
//             appended, never removed, reordered or retyped.
// Threads:    values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamflow {

// The numbers are written to files: never change one.
enum class FieldType : std::uint8_t { kFloat64 = 1, kInt64 = 2, kUint64 = 3, kBool = 4, kString = 5 };

// What to do with two rows of one (series, time). The numbers are written to files.
enum class DuplicatePolicy : std::uint8_t {
  kMerge = 1,  // fields merge, the later write of a field wins (line protocol, Prometheus)
  kLast = 2,   // the later row replaces the earlier one whole
  kKeep = 3,   // both stay: events, trades, CSV
};

std::string_view name_of(FieldType type);          // "float64", "int64", ...
std::string_view name_of(DuplicatePolicy policy);  // "merge", "last", "keep"
std::optional<DuplicatePolicy> duplicate_policy_from(std::string_view name);

struct FieldColumn {
  std::string name;
  FieldType type = FieldType::kFloat64;
  friend bool operator==(const FieldColumn&, const FieldColumn&) = default;
};

struct TableSchema {
  std::string name;
  std::vector<std::string> tags;    // in order of first appearance
  std::vector<FieldColumn> fields;  // in order of first appearance
  DuplicatePolicy duplicates = DuplicatePolicy::kMerge;

  std::optional<std::size_t> tag_index(std::string_view tag) const;
  std::optional<std::size_t> field_index(std::string_view field) const;
  friend bool operator==(const TableSchema&, const TableSchema&) = default;
};

// A tenant's workspace. Default `default/default`.
struct ProjectName {
  std::string organization = "default";
  std::string project = "default";
  friend auto operator<=>(const ProjectName&, const ProjectName&) = default;  // NOLINT(modernize-use-nullptr)
};
std::string to_string(const ProjectName& name);  // "organization/project"

inline constexpr std::string_view kTimeColumn = "time";
// Limits that every decoder and CREATE TABLE share; exceeding one is kTooLarge and the message names it.
inline constexpr std::size_t kNameBytesMax = 255;  // table, tag and field names
inline constexpr std::size_t kTagValueBytesMax = 4096;
inline constexpr std::size_t kStringFieldBytesMax = 65536;
inline constexpr std::size_t kTagsPerTableMax = 128;
inline constexpr std::size_t kFieldsPerTableMax = 4096;

}  // namespace streamflow
