#include "ingest/protocols/arrow_schema.h"

#include <array>

#include "ingest/protocols/line_text.h"
#include "model/schema.h"

namespace streamflow::ingest::arrow {
namespace {

// Ids and numbers of Schema.fbs.
constexpr std::uint16_t kSchemaEndianness = 0, kSchemaFields = 1;
constexpr std::uint16_t kFieldName = 0, kFieldTypeTag = 2, kFieldType = 3, kFieldDictionary = 4;
constexpr std::uint16_t kDictionaryId = 0, kDictionaryIndex = 1;
constexpr std::uint16_t kIntegerBits = 0, kIntegerSigned = 1, kUnit = 0;
constexpr std::uint8_t kNull = 1, kInteger = 2, kFloat = 3, kUtf8 = 5, kBool = 6, kDate = 8, kTimestamp = 10,
                       kLargeUtf8 = 20;
constexpr std::int16_t kDateMilliseconds = 1;  // the schema's default
constexpr std::size_t kColumnsMax = kTagsPerTableMax + kFieldsPerTableMax + 1;

// By type tag; the ones with a place are absent.
constexpr std::array<std::string_view, 27> kRefused = {"of no type",
                                                       "",
                                                       "",
                                                       "",
                                                       "binary",
                                                       "",
                                                       "",
                                                       "decimal",
                                                       "date32",
                                                       "time",
                                                       "",
                                                       "interval",
                                                       "list",
                                                       "struct",
                                                       "union",
                                                       "fixed_size_binary",
                                                       "fixed_size_list",
                                                       "map",
                                                       "duration",
                                                       "large_binary",
                                                       "",
                                                       "large_list",
                                                       "run_end_encoded",
                                                       "binary_view",
                                                       "utf8_view",
                                                       "list_view",
                                                       "large_list_view"};

std::string quoted(std::string_view name) {
  return "column \"" + std::string(name.substr(0, kNameBytesMax)) + "\"";
}

Error broken() {
  return {ErrorCode::kInvalidArgument, "the Arrow schema is damaged: an offset in it points nowhere"};
}

Error refused(std::string_view column, std::uint8_t tag) {
  const std::string_view type = tag < kRefused.size() ? kRefused[tag] : "of a type of a newer version";
  std::string advice = "cast it to float64, int64, bool or utf8 before sending, or leave it out";
  if (type == "decimal") { advice = "cast it to float64 (or, to keep every digit, to utf8) before sending"; }
  if (type == "date32" || type == "time" || type == "duration") { advice = "cast it to int64 or to timestamp first"; }
  if (type == "struct" || type.ends_with("list") || type == "map") {
    advice = "flatten it into columns of single values before sending, or leave it out";
  }
  if (type == "utf8_view" || type == "binary_view" || type == "run_end_encoded") { advice = "cast it to utf8 first"; }
  return {ErrorCode::kInvalidArgument, quoted(column) + " is " + std::string(type) + ": " + advice};
}

Result<ColumnType> integer_type(const FlatTable& type, std::string_view column) {
  const auto bits = type.scalar<std::int32_t>(kIntegerBits, 0);
  if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
    return Error{ErrorCode::kInvalidArgument,
                 quoted(column) + " is an integer of " + std::to_string(bits) + " bits; 8, 16, 32 and 64 exist"};
  }
  return ColumnType{Kind::kInteger, static_cast<std::uint8_t>(bits / 8),
                    type.scalar<std::uint8_t>(kIntegerSigned, 0) != 0, 0};
}

Result<ColumnType> read_type(std::uint8_t tag, const FlatTable& type, std::string_view column) {
  constexpr std::array<std::int64_t, 4> kNsPerUnit = {1'000'000'000, 1'000'000, 1'000, 1};
  const auto unit = type.scalar<std::int16_t>(kUnit, tag == kDate ? kDateMilliseconds : 0);
  switch (tag) {
    case kNull: return ColumnType{Kind::kNull, 0, true, 0};
    case kInteger: return integer_type(type, column);
    case kFloat:
      if (unit < 0 || unit > 2) { break; }
      return ColumnType{Kind::kFloat, static_cast<std::uint8_t>(2U << static_cast<unsigned>(unit)), true, 0};
    case kUtf8: return ColumnType{Kind::kText, 4, true, 0};
    case kLargeUtf8: return ColumnType{Kind::kText, 8, true, 0};
    case kBool: return ColumnType{Kind::kBool, 0, true, 0};
    case kDate:
      if (unit != kDateMilliseconds) { break; }
      return ColumnType{Kind::kTimestamp, 8, true, kNsPerUnit[1]};
    case kTimestamp:
      if (unit < 0 || unit > 3) { break; }
      return ColumnType{Kind::kTimestamp, 8, true, kNsPerUnit[static_cast<std::size_t>(unit)]};
    default: break;
  }
  if (tag == kFloat || tag == kTimestamp) {
    return Error{ErrorCode::kInvalidArgument, quoted(column) + " has the unknown unit " + std::to_string(unit)};
  }
  return refused(column, tag);
}

Result<Column> read_column(const FlatTable& field) {
  Column column;
  column.name = std::string(field.string(kFieldName).substr(0, 2 * kNameBytesMax));
  const FlatTable type = field.table(kFieldType);
  if (!is_utf8(column.name)) {
    return Error{ErrorCode::kInvalidArgument, "a column's name is not valid UTF-8, or too long"};
  }
  if (column.name.find('\0') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument, "the name of a column holds a NUL byte, which no query could spell"};
  }
  SF_TRY(value, read_type(field.scalar<std::uint8_t>(kFieldTypeTag, 0), type, column.name));
  column.type = value;
  const FlatTable dictionary = field.table(kFieldDictionary);
  if (!dictionary.present()) { return column; }
  if (column.type.kind != Kind::kText) {
    return Error{ErrorCode::kInvalidArgument, quoted(column.name) + " is a dictionary of " + name_of(column) +
                                                  " values: dictionaries of utf8 are taken; send the plain values"};
  }
  column.dictionary = DictionaryUse{dictionary.scalar<std::int64_t>(kDictionaryId, 0), {Kind::kInteger, 4, true, 0}};
  if (const FlatTable index = dictionary.table(kDictionaryIndex); index.present()) {
    SF_TRY(index_type, integer_type(index, column.name));
    column.dictionary->index = index_type;
  }
  return column;
}

std::string name_of(const ColumnType& type) {
  const std::string bits = std::to_string(type.bytes * 8);
  switch (type.kind) {
    case Kind::kNull: return "null";
    case Kind::kInteger: return (type.is_signed ? "int" : "uint") + bits;
    case Kind::kFloat: return "float" + bits;
    case Kind::kBool: return "bool";
    case Kind::kText: return type.bytes == 4 ? "utf8" : "large_utf8";
    case Kind::kTimestamp: break;
  }
  const std::string_view unit = type.ns_per_unit == 1           ? "ns"
                                : type.ns_per_unit == 1'000     ? "us"
                                : type.ns_per_unit == 1'000'000 ? "ms"
                                                                : "s";
  return "timestamp[" + std::string(unit) + "]";
}

}  // namespace

std::string name_of(const Column& column) {
  return column.dictionary ? "dictionary<" + name_of(column.type) + ">" : name_of(column.type);
}

Result<std::vector<Column>> read_schema(const FlatTable& schema, const FlatBuffer& buffer) {
  if (schema.scalar<std::int16_t>(kSchemaEndianness, 0) != 0) {
    return Error{ErrorCode::kInvalidArgument, "the Arrow stream is big-endian: little-endian streams are taken"};
  }
  const FlatVector fields = schema.vector(kSchemaFields, kReferenceBytes);
  if (fields.size() > kColumnsMax) {
    return Error{ErrorCode::kTooLarge, "the Arrow schema has " + std::to_string(fields.size()) + " columns, at most " +
                                           std::to_string(kColumnsMax) + " are allowed"};
  }
  std::vector<Column> columns;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto column = read_column(fields.table(i));
    if (buffer.failed()) { return broken(); }
    if (!column) { return std::move(column).error(); }
    columns.push_back(std::move(*column));
  }
  if (buffer.failed()) { return broken(); }
  return columns;
}

}  // namespace streamflow::ingest::arrow
