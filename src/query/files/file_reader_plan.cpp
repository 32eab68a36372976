#include "query/files/file_reader_plan.h"

#include <algorithm>
#include <map>

namespace streamflow::query {

namespace {

FieldType natural_type(SourceKind kind) {
  switch (kind) {
    case SourceKind::kBool: return FieldType::kBool;
    case SourceKind::kInteger: return FieldType::kInt64;
    case SourceKind::kUnsigned: return FieldType::kUint64;
    case SourceKind::kFloat: return FieldType::kFloat64;
    case SourceKind::kText:
    case SourceKind::kTemporal:
    case SourceKind::kTimeOfDay: return FieldType::kString;
  }
  return FieldType::kString;
}

std::string_view sql_type(FieldType type) {
  switch (type) {
    case FieldType::kFloat64: return "DOUBLE";
    case FieldType::kInt64: return "BIGINT";
    case FieldType::kUint64: return "UBIGINT";
    case FieldType::kBool: return "BOOLEAN";
    case FieldType::kString: return "VARCHAR";
  }
  return "VARCHAR";
}

// NULL unless the value converts without loss: a cast alone rounds '1.5' to 2.
std::string exact_conversion_sql(const std::string& column, FieldType type) {
  const std::string cast = "TRY_CAST(" + column + " AS " + std::string(sql_type(type)) + ")";
  if (type != FieldType::kInt64 && type != FieldType::kUint64) return cast;
  return "CASE WHEN regexp_full_match(CAST(" + column + " AS VARCHAR), '\\s*[+-]?[0-9]+(\\.0*)?\\s*') THEN " + cast +
         " END";
}

std::string problem_sql(const std::string& column, const std::string& converted, const std::string& reason) {
  return "CASE WHEN " + column + " IS NOT NULL AND " + converted + " IS NULL THEN " + quoted_literal(reason) +
         " || chr(31) || CAST(" + column + " AS VARCHAR) END";
}

class ImportPlanner {
 public:
  ImportPlanner(const FileSource& source, const TimePlan& time, const FileReadOptions& options)
      : source_(source), time_(time), options_(options) {}

  Result<ImportPlan> plan() {
    SF_CHECK(resolve_options());
    plan_.layout.table = options_.table;
    plan_.layout.duplicates = options_.duplicates;
    plan_.layout.ns_per_tick = time_.ns_per_tick;
    plan_.notes.push_back(time_.note);
    add_time();
    for (const SourceColumn* tag : tags_) add_tag(*tag);
    for (const SourceColumn& column : source_.columns()) {
      const bool tag = std::find(tags_.begin(), tags_.end(), &column) != tags_.end();
      if (!tag && !is_time(column)) SF_CHECK(add_field(column));
    }
    SF_CHECK(check_limits());
    note_columns();
    plan_.sql = "SELECT " + time_.expression + ", coalesce(" + problems_ + ")" + selected_ + " FROM " +
                source_.reading_relation(csv_types_);
    return std::move(plan_);
  }

 private:
  bool is_time(const SourceColumn& column) const {
    return column.name == time_.column || (time_.time_of_day && column.name == *time_.time_of_day);
  }

  Result<const SourceColumn*> named(const std::string& name, std::string_view role) const {
    const SourceColumn* column = find_column(source_, name);
    const std::string prefix = std::string(role) + " \"" + name + "\": ";
    if (column == nullptr) {
      return Error{ErrorCode::kInvalidArgument, prefix + "no such column; the file has " + column_list(source_)};
    }
    if (is_time(*column)) return Error{ErrorCode::kInvalidArgument, prefix + "that column is the time"};
    return column;
  }

  Status resolve_options() {
    for (const std::string& name : options_.tags) {
      SF_TRY(column, named(name, "tag"));
      if (std::find(tags_.begin(), tags_.end(), column) != tags_.end()) {
        return Error{ErrorCode::kInvalidArgument, "tag \"" + name + "\": named twice"};
      }
      tags_.push_back(column);
    }
    for (const auto& [name, type] : options_.types) {
      SF_TRY(column, named(name, "type of column"));
      if (std::find(tags_.begin(), tags_.end(), column) != tags_.end()) {
        return Error{ErrorCode::kInvalidArgument, "type of column \"" + name + "\": a tag is always a string"};
      }
      overrides_[column] = type;
    }
    return Ok{};
  }

  void add_time() {
    const SourceColumn* column = find_column(source_, time_.column);
    const std::string name = quoted_identifier(time_.column);
    if (column != nullptr && column->kind == SourceKind::kInteger) csv_types_[column->name] = "BIGINT";
    problems_ = "CASE WHEN " + name + " IS NULL THEN 'no time' END, " +
                problem_sql(name, time_.time_of_day ? time_.date_expression : time_.expression, "time not readable");
    if (!time_.time_of_day) return;
    const std::string time_of_day = quoted_identifier(*time_.time_of_day);
    problems_ += ", CASE WHEN " + time_of_day + " IS NULL THEN 'no time of day' END, " +
                 problem_sql(time_of_day, time_.expression, "time of day not readable");
  }

  void add_tag(const SourceColumn& column) {
    plan_.layout.tags.push_back(free_name(column.name));
    selected_ += ", CAST(" + quoted_identifier(column.name) + " AS VARCHAR)";
  }

  Status add_field(const SourceColumn& column) {
    const auto found = overrides_.find(&column);
    const FieldType natural = natural_type(column.kind);
    const FieldType type = found == overrides_.end() ? natural : found->second;
    const std::string name = quoted_identifier(column.name);
    plan_.layout.fields.push_back({free_name(column.name), type});
    if (type == natural || type == FieldType::kString) {
      // A CSV column is parsed as what it is; a string keeps the file's text.
      if (type == natural) csv_types_[column.name] = sql_type(type);
      selected_ += ", CAST(" + name + " AS " + std::string(sql_type(type)) + ")";
      return Ok{};
    }
    const std::string converted = exact_conversion_sql(name, type);
    selected_ += ", " + converted;
    problems_ +=
        ", " + problem_sql(name, converted, "column \"" + column.name + "\": not a " + std::string(name_of(type)));
    return Ok{};
  }

  // `time` is the time column's name in every table, so another column of that name gets a number.
  std::string free_name(const std::string& name) {
    if (name != kTimeColumn) return name;
    std::string free = name + "_1";
    for (int i = 2; find_column(source_, free) != nullptr; ++i) free = name + "_" + std::to_string(i);
    plan_.notes.push_back("column \"" + name + "\" is not the time, so it is called \"" + free + "\"");
    return free;
  }

  Status check_limits() const {
    if (plan_.layout.tags.size() > kTagsPerTableMax || plan_.layout.fields.size() > kFieldsPerTableMax) {
      return Error{ErrorCode::kTooLarge, std::to_string(plan_.layout.tags.size()) + " tags and " +
                                             std::to_string(plan_.layout.fields.size()) + " fields, at most " +
                                             std::to_string(kTagsPerTableMax) + " and " +
                                             std::to_string(kFieldsPerTableMax) + " are allowed"};
    }
    for (const SourceColumn& column : source_.columns()) {
      if (column.name.size() > kNameBytesMax) {
        return Error{ErrorCode::kTooLarge, "column \"" + column.name.substr(0, 40) + "...\": a name of " +
                                               std::to_string(column.name.size()) + " bytes, at most " +
                                               std::to_string(kNameBytesMax) + " are allowed"};
      }
    }
    return Ok{};
  }

  void note_columns() {
    std::string tags, fields;
    for (const std::string& tag : plan_.layout.tags) tags += (tags.empty() ? "" : ", ") + tag;
    for (const FieldColumn& field : plan_.layout.fields) {
      fields += (fields.empty() ? "" : ", ") + field.name + " " + std::string(name_of(field.type));
    }
    if (!tags.empty()) plan_.notes.push_back("tags: " + tags);
    plan_.notes.push_back("fields: " + (fields.empty() ? "none" : fields));
  }

  const FileSource& source_;
  const TimePlan& time_;
  const FileReadOptions& options_;
  std::vector<const SourceColumn*> tags_;
  std::map<const SourceColumn*, FieldType> overrides_;
  std::map<std::string, std::string> csv_types_;
  std::string selected_, problems_;
  ImportPlan plan_;
};

}  // namespace

Result<ImportPlan> plan_import(const FileSource& source, const TimePlan& time, const FileReadOptions& options) {
  return ImportPlanner(source, time, options).plan();
}

}  // namespace streamflow::query
