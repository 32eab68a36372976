#include "ingest/protocols/arrow_plan.h"

#include <algorithm>

namespace streamflow::ingest::arrow {
namespace {

Error invalid(const std::string& what) {
  return {ErrorCode::kInvalidArgument, what};
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string list_of(const std::vector<Column>& columns) {
  constexpr std::size_t kNamesMax = 20;
  std::string list;
  for (std::size_t i = 0; i < columns.size() && i < kNamesMax; ++i) {
    list += (i == 0 ? "\"" : ", \"") + columns[i].name + "\"";
  }
  return columns.size() > kNamesMax ? list + ", …" : list;
}

Status check_names(const std::vector<std::string>& names, std::string_view parameter,
                   const std::vector<Column>& columns) {
  for (const std::string& name : names) {
    if (std::none_of(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; })) {
      return invalid("the parameter `" + std::string(parameter) + "` names \"" + name +
                     "\", which the stream lacks; its columns are " + list_of(columns));
    }
  }
  return Ok{};
}

Result<std::size_t> find_time(const std::vector<Column>& columns, const std::string& wanted) {
  const std::string_view name = wanted.empty() ? kTimeColumn : std::string_view(wanted);
  std::vector<std::size_t> timestamps;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == name) { return i; }
    if (columns[i].type.kind == Kind::kTimestamp) { timestamps.push_back(i); }
  }
  if (!wanted.empty()) {
    return invalid("the parameter `time` names \"" + wanted + "\", which the stream lacks; its columns are " +
                   list_of(columns));
  }
  if (timestamps.size() == 1) { return timestamps.front(); }
  return invalid(std::string(timestamps.empty() ? "no" : "more than one") +
                 " timestamp column, and none is called \"time\": name the time with the parameter `time`; the columns "
                 "are " +
                 list_of(columns));
}

Status check_time(const Column& column) {
  const bool is_int64 = column.type.kind == Kind::kInteger && column.type.bytes == 8 && column.type.is_signed;
  if ((column.type.kind == Kind::kTimestamp || is_int64) && !column.dictionary) { return Ok{}; }
  return invalid("the time column \"" + column.name + "\" is " + name_of(column) +
                 ": timestamp of any unit, date64 and int64 (nanoseconds) are taken");
}

bool is_tag(const Column& column, const ArrowStreamOptions& options) {
  if (options.tags) { return contains(*options.tags, column.name); }
  if (contains(options.fields, column.name) || column.type.kind != Kind::kText) { return false; }
  if (options.stored_table != nullptr) {
    if (options.stored_table->tag_index(column.name)) { return true; }
    if (options.stored_table->field_index(column.name)) { return false; }
  }
  return column.dictionary.has_value();
}

FieldType field_type_of(const Column& column, const ArrowStreamOptions& options) {
  switch (column.type.kind) {
    case Kind::kFloat: return FieldType::kFloat64;
    case Kind::kBool: return FieldType::kBool;
    case Kind::kText: return FieldType::kString;
    default: break;
  }
  if (column.type.is_signed) { return FieldType::kInt64; }
  // What a narrower unsigned integer holds fits into a stored int64 exactly.
  if (options.stored_table != nullptr && column.type.bytes < 8) {
    const auto stored = options.stored_table->field_index(column.name);
    if (stored && options.stored_table->fields[*stored].type == FieldType::kInt64) { return FieldType::kInt64; }
  }
  return FieldType::kUint64;
}

}  // namespace

Result<Plan> plan_columns(const std::vector<Column>& columns, const ArrowStreamOptions& options, RowBatch& batch) {
  if (options.tags) { SF_CHECK(check_names(*options.tags, "tags", columns)); }
  SF_CHECK(check_names(options.fields, "fields", columns));
  SF_TRY(time_column, find_time(columns, options.time));
  SF_CHECK(check_time(columns[time_column]));
  Plan plan;
  plan.parts.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    if (i == time_column) {
      plan.parts[i].role = Role::kTime;
    } else if (column.type.kind == Kind::kNull) {
      plan.parts[i].role = Role::kNothing;  // NULL in every row: nothing to store
    } else if (is_tag(column, options)) {
      if (column.type.kind != Kind::kText) {
        return invalid("the tag \"" + column.name + "\" is " + name_of(column) + ": tags are text; cast it to utf8");
      }
      plan.parts[i] = {Role::kTag, batch.tags.size()};
      batch.tags.push_back(column.name);
    } else if (column.type.kind == Kind::kTimestamp) {
      return invalid("column \"" + column.name + "\" is " + name_of(column) +
                     ", but is not the row's time: cast it to int64, or name it with the parameter `time`");
    } else {
      plan.parts[i] = {Role::kField, batch.fields.size()};
      batch.fields.push_back({column.name, field_type_of(column, options), {}, {}, {}});
    }
  }
  if (batch.fields.empty()) {
    return invalid("no field column: beside the time and the tags, a row needs a value; the columns are " +
                   list_of(columns));
  }
  SF_CHECK(validate(batch));  // the names; there are no rows yet
  return plan;
}

}  // namespace streamflow::ingest::arrow
