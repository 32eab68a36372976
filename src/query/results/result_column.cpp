#include "query/results/result_column.h"

#include <cstring>
#include <stdexcept>

#include "duckdb/common/error_data.hpp"
#include "duckdb/common/types/data_chunk.hpp"
#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"

namespace streamflow::query {

namespace {

using duckdb::LogicalTypeId;

void set_scalar(ColumnShape& shape, ValueKind kind, std::uint8_t value_bytes) {
  shape.kind = kind;
  shape.value_bytes = value_bytes;
}

void set_time(ColumnShape& shape, ValueKind kind, TimeUnit unit) {
  set_scalar(shape, kind, 8);
  shape.unit = unit;
}

void set_decimal(ColumnShape& shape) {
  set_scalar(shape, ValueKind::kDecimal, static_cast<std::uint8_t>(duckdb::GetTypeIdSize(shape.type.InternalType())));
  shape.width = duckdb::DecimalType::GetWidth(shape.type);
  shape.scale = duckdb::DecimalType::GetScale(shape.type);
}

void set_text_by_cast(ColumnShape& shape) {
  set_scalar(shape, ValueKind::kText, sizeof(duckdb::string_t));
  shape.cast = true;
}

void set_scalar_of(ColumnShape& shape) {
  switch (shape.type.id()) {
    case LogicalTypeId::BOOLEAN: return set_scalar(shape, ValueKind::kBool, 1);
    case LogicalTypeId::TINYINT: return set_scalar(shape, ValueKind::kInt8, 1);
    case LogicalTypeId::SMALLINT: return set_scalar(shape, ValueKind::kInt16, 2);
    case LogicalTypeId::INTEGER: return set_scalar(shape, ValueKind::kInt32, 4);
    case LogicalTypeId::BIGINT: return set_scalar(shape, ValueKind::kInt64, 8);
    case LogicalTypeId::HUGEINT: return set_scalar(shape, ValueKind::kInt128, 16);
    case LogicalTypeId::UTINYINT: return set_scalar(shape, ValueKind::kUint8, 1);
    case LogicalTypeId::USMALLINT: return set_scalar(shape, ValueKind::kUint16, 2);
    case LogicalTypeId::UINTEGER: return set_scalar(shape, ValueKind::kUint32, 4);
    case LogicalTypeId::UBIGINT: return set_scalar(shape, ValueKind::kUint64, 8);
    case LogicalTypeId::UHUGEINT: return set_scalar(shape, ValueKind::kUint128, 16);
    case LogicalTypeId::FLOAT: return set_scalar(shape, ValueKind::kFloat32, 4);
    case LogicalTypeId::DOUBLE: return set_scalar(shape, ValueKind::kFloat64, 8);
    case LogicalTypeId::DECIMAL: return set_decimal(shape);
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::CHAR: return set_scalar(shape, ValueKind::kText, sizeof(duckdb::string_t));
    case LogicalTypeId::BLOB: return set_scalar(shape, ValueKind::kBytes, sizeof(duckdb::string_t));
    case LogicalTypeId::ENUM:
      return set_scalar(shape, ValueKind::kEnum,
                        static_cast<std::uint8_t>(duckdb::GetTypeIdSize(shape.type.InternalType())));
    case LogicalTypeId::UUID: return set_scalar(shape, ValueKind::kUuid, 16);
    case LogicalTypeId::DATE: return set_scalar(shape, ValueKind::kDate, 4);
    case LogicalTypeId::TIME: return set_time(shape, ValueKind::kTime, TimeUnit::kMicro);
    case LogicalTypeId::TIME_NS: return set_time(shape, ValueKind::kTime, TimeUnit::kNano);
    case LogicalTypeId::TIMESTAMP_SEC: return set_time(shape, ValueKind::kTimestamp, TimeUnit::kSecond);
    case LogicalTypeId::TIMESTAMP_MS: return set_time(shape, ValueKind::kTimestamp, TimeUnit::kMilli);
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_TZ: return set_time(shape, ValueKind::kTimestamp, TimeUnit::kMicro);
    case LogicalTypeId::TIMESTAMP_NS: return set_time(shape, ValueKind::kTimestamp, TimeUnit::kNano);
    case LogicalTypeId::INTERVAL: return set_scalar(shape, ValueKind::kInterval, 16);
    default: return set_text_by_cast(shape);
  }
}

Status add_child(ColumnShape& shape, std::string name, const duckdb::LogicalType& type, std::size_t depth) {
  SF_TRY(child, shape_of(std::move(name), type, depth + 1));
  shape.children.push_back(std::move(child));
  return Ok{};
}

Status set_struct(ColumnShape& shape, std::size_t depth) {
  shape.kind = ValueKind::kStruct;
  for (const auto& [name, type] : duckdb::StructType::GetChildTypes(shape.type)) {
    SF_CHECK(add_child(shape, name, type, depth));
  }
  return Ok{};
}

Status set_map(ColumnShape& shape, std::size_t depth) {
  shape.kind = ValueKind::kMap;
  SF_CHECK(add_child(shape, "key", duckdb::MapType::KeyType(shape.type), depth));
  return add_child(shape, "value", duckdb::MapType::ValueType(shape.type), depth);
}

}  // namespace

Result<ColumnShape> shape_of(std::string name, const duckdb::LogicalType& type, std::size_t depth) {
  ColumnShape shape;
  shape.name = std::move(name);
  shape.type = type;
  if (depth >= kTypeDepthMax) {
    return Error{ErrorCode::kUnsupported, "result type: nested deeper than " + std::to_string(kTypeDepthMax) +
                                              " levels at '" + shape.name + "'; cast it to VARCHAR"};
  }
  switch (type.id()) {
    case LogicalTypeId::LIST:
      shape.kind = ValueKind::kList;
      SF_CHECK(add_child(shape, "item", duckdb::ListType::GetChildType(type), depth));
      break;
    case LogicalTypeId::ARRAY:
      shape.kind = ValueKind::kArray;
      shape.array_size = duckdb::ArrayType::GetSize(type);
      SF_CHECK(add_child(shape, "item", duckdb::ArrayType::GetChildType(type), depth));
      break;
    case LogicalTypeId::MAP: SF_CHECK(set_map(shape, depth)); break;
    case LogicalTypeId::STRUCT: SF_CHECK(set_struct(shape, depth)); break;
    default: set_scalar_of(shape);
  }
  return shape;
}

Result<std::vector<ColumnShape>> shapes_of(const std::vector<std::string>& names, const LogicalTypes& types) {
  if (names.size() != types.size()) {
    return Error{ErrorCode::kInternal, "result columns: " + std::to_string(names.size()) + " names for " +
                                           std::to_string(types.size()) + " types"};
  }
  std::vector<ColumnShape> shapes;
  shapes.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    SF_TRY(shape, shape_of(names[i], types[i]));
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

ColumnView::ColumnView(const ColumnShape& shape) : shape_(&shape) {
  children_.reserve(shape.children.size());
  for (const ColumnShape& child : shape.children) children_.emplace_back(child);
}

void ColumnView::bind(duckdb::Vector& vector, std::size_t count) {
  duckdb::Vector* source = &vector;
  if (shape_->cast) {
    cast_ = std::make_unique<duckdb::Vector>(duckdb::LogicalType::VARCHAR, std::max<std::size_t>(count, 1));
    duckdb::VectorOperations::DefaultCast(vector, *cast_, count);
    source = cast_.get();
  } else if (!children_.empty()) {
    vector.Flatten(count);
  }
  format_ = duckdb::UnifiedVectorFormat();
  source->ToUnifiedFormat(count, format_);
  if (!children_.empty()) bind_children(vector, count);
}

void ColumnView::bind_children(duckdb::Vector& vector, std::size_t count) {
  switch (shape_->kind) {
    case ValueKind::kList:
      return children_[0].bind(duckdb::ListVector::GetEntry(vector), duckdb::ListVector::GetListSize(vector));
    case ValueKind::kArray: return children_[0].bind(duckdb::ArrayVector::GetEntry(vector), count * shape_->array_size);
    case ValueKind::kMap: {
      const std::size_t entry_count = duckdb::ListVector::GetListSize(vector);
      duckdb::ListVector::GetEntry(vector).Flatten(entry_count);
      children_[0].bind(duckdb::MapVector::GetKeys(vector), entry_count);
      return children_[1].bind(duckdb::MapVector::GetValues(vector), entry_count);
    }
    default: {
      auto& entries = duckdb::StructVector::GetEntries(vector);
      for (std::size_t i = 0; i < children_.size(); ++i) children_[i].bind(*entries[i], count);
    }
  }
}

std::string_view ColumnView::text(std::size_t index) const {
  if (shape_->kind == ValueKind::kEnum) {
    const std::size_t code = shape_->value_bytes == 1   ? value<std::uint8_t>(index)
                             : shape_->value_bytes == 2 ? value<std::uint16_t>(index)
                                                        : value<std::uint32_t>(index);
    const auto& names = duckdb::EnumType::GetValuesInsertOrder(shape_->type);
    const auto& name = duckdb::FlatVector::GetData<duckdb::string_t>(names)[code];
    return {name.GetData(), name.GetSize()};
  }
  const auto& string = value<duckdb::string_t>(index);
  return {string.GetData(), string.GetSize()};
}

Int128 ColumnView::int128(std::size_t index) const {
  switch (shape_->value_bytes) {
    case 2: return value<std::int16_t>(index);
    case 4: return value<std::int32_t>(index);
    case 8: return value<std::int64_t>(index);
    default: {
      const auto& parts = value<duckdb::hugeint_t>(index);
      return static_cast<Int128>(static_cast<Uint128>(static_cast<std::uint64_t>(parts.upper)) << 64U | parts.lower);
    }
  }
}

Uint128 ColumnView::uint128(std::size_t index) const {
  const auto& parts = value<duckdb::uhugeint_t>(index);
  const Uint128 bits = static_cast<Uint128>(parts.upper) << 64U | parts.lower;
  // DuckDB stores a UUID with its top bit flipped, so that it sorts as a signed number.
  return shape_->kind == ValueKind::kUuid ? bits ^ (Uint128{1} << 127U) : bits;
}

ColumnView::ChildRange ColumnView::child_range(std::size_t index) const {
  if (shape_->kind == ValueKind::kArray) return {index * shape_->array_size, shape_->array_size};
  const auto& entry = value<duckdb::list_entry_t>(index);
  return {entry.offset, entry.length};
}

ChunkView::ChunkView(const std::vector<ColumnShape>& shapes) {
  columns_.reserve(shapes.size());
  for (const ColumnShape& shape : shapes) columns_.emplace_back(shape);
}

void ChunkView::bind(duckdb::DataChunk& chunk) {
  if (chunk.ColumnCount() != columns_.size()) {
    throw std::logic_error("chunk of " + std::to_string(chunk.ColumnCount()) + " columns, wanted " +
                           std::to_string(columns_.size()));
  }
  row_count_ = chunk.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].bind(chunk.data[i], row_count_);
}

Error error_of(const std::exception& exception, std::string_view what) {
  const duckdb::ErrorData data(exception);
  const bool memory = data.Type() == duckdb::ExceptionType::OUT_OF_MEMORY;
  return {memory ? ErrorCode::kTooLarge : ErrorCode::kInternal, std::string(what) + ": " + data.RawMessage()};
}

}  // namespace streamflow::query
