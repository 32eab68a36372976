#include "query/results/arrow_message.h"

#include "query/results/arrow_flatbuffer.h"
#include "query/results/result_string_text.h"

namespace streamflow::query {

namespace {

using Position = FlatbufferWriter::Position;

// Numbers of Schema.fbs and Message.fbs.
constexpr std::uint64_t kMetadataVersion5 = 4;
enum class MessageHeader : std::uint64_t { kSchema = 1, kRecordBatch = 3 };
enum class TypeTag : std::uint64_t {
  kInt = 2,
  kFloatingPoint = 3,
  kBinary = 4,
  kUtf8 = 5,
  kBool = 6,
  kDecimal = 7,
  kDate = 8,
  kTime = 9,
  kTimestamp = 10,
  kInterval = 11,
  kList = 12,
  kStruct = 13,
  kFixedSizeList = 16,
  kMap = 17,
};
constexpr std::uint64_t kSinglePrecision = 1, kDoublePrecision = 2;
constexpr std::uint64_t kDateInDays = 0;
constexpr std::uint64_t kMonthDayNano = 2;
// Ids of the fields set by reference.
constexpr std::uint16_t kMessageHeader = 2, kSchemaFields = 1, kBatchNodes = 1, kBatchBuffers = 2;
constexpr std::uint16_t kFieldName = 0, kFieldType = 3, kFieldChildren = 5, kTimestampZone = 1;

constexpr std::uint64_t kDecimal128DigitsMax = 38;
constexpr std::size_t kAlignment = 8;

std::size_t padded(std::size_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

void append_message(FlatbufferWriter& message, std::string& out) {
  const std::string_view metadata = message.bytes();
  const std::uint32_t prefix[2] = {0xFFFFFFFFU, static_cast<std::uint32_t>(metadata.size())};
  out.append(reinterpret_cast<const char*>(prefix), sizeof prefix);
  out += metadata;
}

Position add_message(FlatbufferWriter& writer, MessageHeader header, std::size_t body_bytes) {
  return writer.table({{0, 2, kMetadataVersion5},
                       {1, 1, static_cast<std::uint64_t>(header)},
                       FlatbufferWriter::reference(kMessageHeader),
                       {3, 8, body_bytes}});
}

TypeTag tag_of(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBool: return TypeTag::kBool;
    case ValueKind::kInt8:
    case ValueKind::kInt16:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint8:
    case ValueKind::kUint16:
    case ValueKind::kUint32:
    case ValueKind::kUint64: return TypeTag::kInt;
    case ValueKind::kInt128:
    case ValueKind::kUint128:
    case ValueKind::kDecimal: return TypeTag::kDecimal;
    case ValueKind::kFloat32:
    case ValueKind::kFloat64: return TypeTag::kFloatingPoint;
    case ValueKind::kText:
    case ValueKind::kEnum:
    case ValueKind::kUuid: return TypeTag::kUtf8;
    case ValueKind::kBytes: return TypeTag::kBinary;
    case ValueKind::kDate: return TypeTag::kDate;
    case ValueKind::kTime: return TypeTag::kTime;
    case ValueKind::kTimestamp: return TypeTag::kTimestamp;
    case ValueKind::kInterval: return TypeTag::kInterval;
    case ValueKind::kList: return TypeTag::kList;
    case ValueKind::kArray: return TypeTag::kFixedSizeList;
    case ValueKind::kMap: return TypeTag::kMap;
    case ValueKind::kStruct: return TypeTag::kStruct;
  }
  return TypeTag::kUtf8;
}

bool is_signed(ValueKind kind) {
  return kind >= ValueKind::kInt8 && kind <= ValueKind::kInt64;
}

// The table of the type union. Members whose schema default is not zero are always written.
Position add_type(FlatbufferWriter& writer, const ColumnShape& shape) {
  const std::uint64_t bits = 8U * shape.value_bytes;
  const auto unit = static_cast<std::uint64_t>(shape.unit);
  switch (tag_of(shape.kind)) {
    case TypeTag::kInt: return writer.table({{0, 4, bits}, {1, 1, is_signed(shape.kind) ? 1U : 0U}});
    case TypeTag::kFloatingPoint: return writer.table({{0, 2, bits == 32 ? kSinglePrecision : kDoublePrecision}});
    case TypeTag::kDecimal: {
      const std::uint64_t precision = shape.kind == ValueKind::kDecimal ? shape.width : kDecimal128DigitsMax;
      return writer.table({{0, 4, precision}, {1, 4, shape.scale}, {2, 4, 128}});
    }
    case TypeTag::kDate: return writer.table({{0, 2, kDateInDays}});
    case TypeTag::kTime: return writer.table({{0, 2, unit}, {1, 4, 64}});
    case TypeTag::kInterval: return writer.table({{0, 2, kMonthDayNano}});
    case TypeTag::kFixedSizeList: return writer.table({{0, 4, shape.array_size}});
    case TypeTag::kMap: return writer.table({{0, 1, 0}});
    case TypeTag::kTimestamp: {
      const Position table = writer.table({{0, 2, unit}, FlatbufferWriter::reference(kTimestampZone)});
      writer.set_reference(table, kTimestampZone, writer.string("UTC"));
      return table;
    }
    default: return writer.table({});
  }
}

Position add_field(FlatbufferWriter& writer, const ColumnShape& shape, bool nullable);

// A map's only child is its entries, a struct that is never NULL, of a key that is never NULL and a value.
Position add_entries(FlatbufferWriter& writer, const ColumnShape& map) {
  const Position field = writer.table({FlatbufferWriter::reference(kFieldName),
                                       {1, 1, 0},
                                       {2, 1, static_cast<std::uint64_t>(TypeTag::kStruct)},
                                       FlatbufferWriter::reference(kFieldType),
                                       FlatbufferWriter::reference(kFieldChildren)});
  writer.set_reference(field, kFieldName, writer.string("entries"));
  writer.set_reference(field, kFieldType, writer.table({}));
  const Position children = writer.vector_of_references(2);
  writer.set_reference(field, kFieldChildren, children);
  writer.set_element(children, 0, add_field(writer, map.children[0], false));
  writer.set_element(children, 1, add_field(writer, map.children[1], true));
  return field;
}

Position add_field(FlatbufferWriter& writer, const ColumnShape& shape, bool nullable) {
  const Position field = writer.table({FlatbufferWriter::reference(kFieldName),
                                       {1, 1, nullable ? 1U : 0U},
                                       {2, 1, static_cast<std::uint64_t>(tag_of(shape.kind))},
                                       FlatbufferWriter::reference(kFieldType),
                                       FlatbufferWriter::reference(kFieldChildren)});
  std::string name;
  append_utf8(shape.name, name);
  writer.set_reference(field, kFieldName, writer.string(name));
  writer.set_reference(field, kFieldType, add_type(writer, shape));
  const bool map = shape.kind == ValueKind::kMap;
  const Position children = writer.vector_of_references(map ? 1 : shape.children.size());
  writer.set_reference(field, kFieldChildren, children);
  if (map) {
    writer.set_element(children, 0, add_entries(writer, shape));
  } else {
    for (std::size_t i = 0; i < shape.children.size(); ++i) {
      writer.set_element(children, i, add_field(writer, shape.children[i], true));
    }
  }
  return field;
}

}  // namespace

void append_arrow_schema(const std::vector<ColumnShape>& columns, std::string& out) {
  FlatbufferWriter writer;
  const Position message = add_message(writer, MessageHeader::kSchema, 0);
  const Position schema = writer.table({{0, 2, 0}, FlatbufferWriter::reference(kSchemaFields)});  // 0: little-endian
  writer.set_reference(message, kMessageHeader, schema);
  const Position fields = writer.vector_of_references(columns.size());
  writer.set_reference(schema, kSchemaFields, fields);
  for (std::size_t i = 0; i < columns.size(); ++i) writer.set_element(fields, i, add_field(writer, columns[i], true));
  append_message(writer, out);
}

void append_arrow_batch(const ArrowBatch& batch, std::string& out) {
  std::vector<std::int64_t> buffers;
  std::size_t body_bytes = 0;
  for (const std::string_view buffer : batch.buffers) {
    buffers.push_back(static_cast<std::int64_t>(body_bytes));
    buffers.push_back(static_cast<std::int64_t>(buffer.size()));
    body_bytes += padded(buffer.size());
  }
  std::vector<std::int64_t> nodes;
  for (const ArrowNode& node : batch.nodes) nodes.insert(nodes.end(), {node.length, node.null_count});

  FlatbufferWriter writer;
  const Position message = add_message(writer, MessageHeader::kRecordBatch, body_bytes);
  const Position table = writer.table({{0, 8, static_cast<std::uint64_t>(batch.row_count)},
                                       FlatbufferWriter::reference(kBatchNodes),
                                       FlatbufferWriter::reference(kBatchBuffers)});
  writer.set_reference(message, kMessageHeader, table);
  writer.set_reference(table, kBatchNodes, writer.vector_of_structs(nodes, 2));
  writer.set_reference(table, kBatchBuffers, writer.vector_of_structs(buffers, 2));
  append_message(writer, out);
  for (const std::string_view buffer : batch.buffers) {
    out += buffer;
    out.append(padded(buffer.size()) - buffer.size(), '\0');
  }
}

void append_arrow_end(std::string& out) {
  constexpr std::uint32_t kEnd[2] = {0xFFFFFFFFU, 0};
  out.append(reinterpret_cast<const char*>(kEnd), sizeof kEnd);
}

}  // namespace streamflow::query
