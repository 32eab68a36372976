#include "query/results/result_json_value.h"

#include <cmath>

#include "query/results/result_string_text.h"

namespace streamflow::query {

namespace {

bool is_quoted_in_json(const ColumnView& view, std::size_t index) {
  switch (view.shape().kind) {
    case ValueKind::kBytes:
    case ValueKind::kUuid:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kTimestamp:
    case ValueKind::kInterval: return true;
    case ValueKind::kFloat32: return !std::isfinite(view.value<float>(index));
    case ValueKind::kFloat64: return !std::isfinite(view.value<double>(index));
    default: return false;
  }
}

void append_json_array(const ColumnView& element, ColumnView::ChildRange range, std::string& out) {
  out += '[';
  for (std::size_t i = 0; i < range.count; ++i) {
    if (i > 0) out += ',';
    append_json(element, range.begin + i, out);
  }
  out += ']';
}

void append_json_key(const ColumnView& view, std::size_t row, std::string& out) {
  const std::size_t index = view.index(row);
  if (is_text(view.shape().kind)) {
    append_json_string(view.text(index), out);
  } else if (is_nested(view.shape().kind) || !view.valid(index)) {
    std::string key;
    append_json(view, row, key);
    append_json_string(key, out);
  } else {
    out += '"';
    append_bare(view, index, Fraction::kShortest, out);
    out += '"';
  }
}

void append_json_map(const ColumnView& view, ColumnView::ChildRange range, std::string& out) {
  out += '{';
  for (std::size_t i = 0; i < range.count; ++i) {
    if (i > 0) out += ',';
    append_json_key(view.children()[0], range.begin + i, out);
    out += ':';
    append_json(view.children()[1], range.begin + i, out);
  }
  out += '}';
}

void append_json_struct(const ColumnView& view, std::size_t row, std::string& out) {
  const bool unnamed = duckdb::StructType::IsUnnamed(view.shape().type);
  out += unnamed ? '[' : '{';
  bool first = true;
  for (const ColumnView& child : view.children()) {
    if (!first) out += ',';
    first = false;
    if (!unnamed) {
      append_json_string(child.shape().name, out);
      out += ':';
    }
    append_json(child, row, out);
  }
  out += unnamed ? ']' : '}';
}

void append_interval_value(const ColumnView& view, std::size_t index, std::string& out) {
  const auto& interval = view.value<duckdb::interval_t>(index);
  append_interval(interval.months, interval.days, interval.micros, out);
}

}  // namespace

bool is_nested(ValueKind kind) {
  return kind == ValueKind::kList || kind == ValueKind::kArray || kind == ValueKind::kMap || kind == ValueKind::kStruct;
}

bool is_text(ValueKind kind) {
  return kind == ValueKind::kText || kind == ValueKind::kEnum;
}

void append_bare(const ColumnView& view, std::size_t index, Fraction fraction, std::string& out) {
  const ColumnShape& shape = view.shape();
  switch (shape.kind) {
    case ValueKind::kBool: out += view.value<std::uint8_t>(index) != 0 ? "true" : "false"; break;
    case ValueKind::kInt8: append_integer(view.value<std::int8_t>(index), out); break;
    case ValueKind::kInt16: append_integer(view.value<std::int16_t>(index), out); break;
    case ValueKind::kInt32: append_integer(view.value<std::int32_t>(index), out); break;
    case ValueKind::kInt64: append_integer(view.value<std::int64_t>(index), out); break;
    case ValueKind::kInt128: append_int128(view.int128(index), out); break;
    case ValueKind::kUint8: append_integer(view.value<std::uint8_t>(index), out); break;
    case ValueKind::kUint16: append_integer(view.value<std::uint16_t>(index), out); break;
    case ValueKind::kUint32: append_integer(view.value<std::uint32_t>(index), out); break;
    case ValueKind::kUint64: append_integer(view.value<std::uint64_t>(index), out); break;
    case ValueKind::kUint128: append_uint128(view.uint128(index), out); break;
    case ValueKind::kFloat32: append_float32(view.value<float>(index), out); break;
    case ValueKind::kFloat64: append_float64(view.value<double>(index), out); break;
    case ValueKind::kDecimal: append_decimal(view.int128(index), shape.scale, out); break;
    case ValueKind::kBytes: append_base64(view.text(index), out); break;
    case ValueKind::kUuid: {
      const Uint128 bits = view.uint128(index);
      append_uuid(static_cast<std::uint64_t>(bits >> 64U), static_cast<std::uint64_t>(bits), out);
      break;
    }
    case ValueKind::kDate: append_date(view.value<std::int32_t>(index), out); break;
    case ValueKind::kTime: append_time_of_day(view.value<std::int64_t>(index), shape.unit, fraction, out); break;
    case ValueKind::kTimestamp: append_timestamp(view.value<std::int64_t>(index), shape.unit, fraction, out); break;
    case ValueKind::kInterval: append_interval_value(view, index, out); break;
    default: break;  // text and nested values are the callers' own cases
  }
}

void append_json(const ColumnView& view, std::size_t row, std::string& out) {
  const std::size_t index = view.index(row);
  const ValueKind kind = view.shape().kind;
  if (!view.valid(index)) {
    out += "null";
  } else if (is_text(kind)) {
    append_json_string(view.text(index), out);
  } else if (kind == ValueKind::kList || kind == ValueKind::kArray) {
    append_json_array(view.children()[0], view.child_range(index), out);
  } else if (kind == ValueKind::kMap) {
    append_json_map(view, view.child_range(index), out);
  } else if (kind == ValueKind::kStruct) {
    append_json_struct(view, row, out);
  } else if (is_quoted_in_json(view, index)) {
    out += '"';
    append_bare(view, index, Fraction::kShortest, out);
    out += '"';
  } else {
    append_bare(view, index, Fraction::kShortest, out);
  }
}

}  // namespace streamflow::query
