#include "query/results/arrow_builder.h"

#include <cstring>
#include <limits>

#include "query/results/result_string_text.h"

namespace streamflow::query {

namespace {

constexpr std::size_t kOffsetMax = std::numeric_limits<std::int32_t>::max();

constexpr Int128 ten_to_38() {
  Int128 value = 1;
  for (int i = 0; i < 38; ++i) value *= 10;
  return value;
}

// Arrow's bytes per value; DuckDB's decimals widen to 128 bits.
std::size_t arrow_value_bytes(const ColumnShape& shape) {
  switch (shape.kind) {
    case ValueKind::kBool:
    case ValueKind::kText:
    case ValueKind::kEnum:
    case ValueKind::kUuid:
    case ValueKind::kBytes: return 0;
    case ValueKind::kDecimal: return 16;
    default: return shape.value_bytes;
  }
}

void set_bit(std::string& bits, std::size_t i) {
  bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
}

template <std::size_t kBytes>
void gather(const ColumnView& view, std::size_t row_begin, std::size_t row_count, char* to) {
  const duckdb::data_t* from = view.bytes();
  for (std::size_t i = 0; i < row_count; ++i) {
    std::memcpy(to + i * kBytes, from + view.index(row_begin + i) * kBytes, kBytes);
  }
}

void gather_of(std::size_t value_bytes, const ColumnView& view, std::size_t row_begin, std::size_t row_count,
               char* to) {
  switch (value_bytes) {
    case 1: return gather<1>(view, row_begin, row_count, to);
    case 2: return gather<2>(view, row_begin, row_count, to);
    case 4: return gather<4>(view, row_begin, row_count, to);
    default: return gather<8>(view, row_begin, row_count, to);
  }
}

struct MonthDayNano {  // Arrow's interval, as it lies in a buffer
  std::int32_t months, days;
  std::int64_t nanos;
};
static_assert(sizeof(MonthDayNano) == 16 && offsetof(MonthDayNano, nanos) == 8);

template <class T>
void push_bytes(const T& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

ArrowBuilder::ArrowBuilder(const ColumnShape& shape) : shape_(&shape), value_bytes_(arrow_value_bytes(shape)) {
  for (const ColumnShape& child : shape.children) children_.emplace_back(child);
  clear();
}

bool ArrowBuilder::has_offsets() const {
  switch (shape_->kind) {
    case ValueKind::kText:
    case ValueKind::kEnum:
    case ValueKind::kUuid:
    case ValueKind::kBytes:
    case ValueKind::kList:
    case ValueKind::kMap: return true;
    default: return false;
  }
}

void ArrowBuilder::clear() {
  length_ = null_count_ = 0;
  validity_.clear();
  values_.clear();
  offsets_.clear();
  if (has_offsets()) offsets_.push_back(0);
  for (ArrowBuilder& child : children_) child.clear();
}

std::size_t ArrowBuilder::memory_bytes() const {
  std::size_t bytes = validity_.size() + values_.size() + offsets_.size() * sizeof(std::int32_t);
  for (const ArrowBuilder& child : children_) bytes += child.memory_bytes();
  return bytes;
}

void ArrowBuilder::add_to(ArrowBatch& batch) const {
  const auto length = static_cast<std::int64_t>(length_);
  batch.nodes.push_back({length, static_cast<std::int64_t>(null_count_)});
  batch.buffers.emplace_back(validity_);
  if (has_offsets()) {
    batch.buffers.emplace_back(reinterpret_cast<const char*>(offsets_.data()), offsets_.size() * sizeof(std::int32_t));
  }
  if (shape_->kind == ValueKind::kMap) {  // the entries, a struct without NULLs
    batch.nodes.push_back({offsets_.back(), 0});
    batch.buffers.emplace_back();
  }
  if (children_.empty() && shape_->kind != ValueKind::kStruct) batch.buffers.emplace_back(values_);
  for (const ArrowBuilder& child : children_) child.add_to(batch);
}

Status ArrowBuilder::append(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  append_validity(view, row_begin, row_count);
  length_ += row_count;
  switch (shape_->kind) {
    case ValueKind::kBool: append_bools(view, row_begin, row_count); return Ok{};
    case ValueKind::kInt128:
    case ValueKind::kUint128:
    case ValueKind::kDecimal: return append_decimals(view, row_begin, row_count);
    case ValueKind::kInterval: return append_intervals(view, row_begin, row_count);
    case ValueKind::kText:
    case ValueKind::kEnum:
    case ValueKind::kUuid:
    case ValueKind::kBytes: return append_strings(view, row_begin, row_count);
    case ValueKind::kList:
    case ValueKind::kMap: return append_lists(view, row_begin, row_count);
    case ValueKind::kArray: return append_arrays(view, row_begin, row_count);
    case ValueKind::kStruct: return append_structs(view, row_begin, row_count);
    default: append_fixed(view, row_begin, row_count); return Ok{};
  }
}

void ArrowBuilder::append_nulls(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i, ++length_) push_validity(false);
  values_.append(count * value_bytes_, '\0');
  if (shape_->kind == ValueKind::kBool) values_.resize((length_ + 7) / 8, '\0');
  if (has_offsets()) offsets_.insert(offsets_.end(), count, offsets_.back());
  if (shape_->kind == ValueKind::kArray) children_[0].append_nulls(count * shape_->array_size);
  if (shape_->kind == ValueKind::kStruct) {
    for (ArrowBuilder& child : children_) child.append_nulls(count);
  }
}

// The bit of row length_; the callers advance length_.
void ArrowBuilder::push_validity(bool valid) {
  if (valid && null_count_ == 0) return;
  if (null_count_ == 0) {  // the first NULL: all rows so far were valid
    validity_.assign((length_ + 7) / 8, '\xFF');
    if (length_ % 8 != 0) validity_.back() = static_cast<char>((1U << (length_ % 8)) - 1);
  }
  if (length_ % 8 == 0) validity_ += '\0';
  if (valid) {
    set_bit(validity_, length_);
  } else {
    ++null_count_;
  }
}

void ArrowBuilder::append_validity(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  if (view.all_valid() && null_count_ == 0) return;
  const std::size_t length = length_;
  for (std::size_t i = 0; i < row_count; ++i, ++length_) push_validity(view.valid(view.index(row_begin + i)));
  length_ = length;
}

void ArrowBuilder::append_fixed(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  const std::size_t start = values_.size();
  if (view.contiguous()) {
    values_.append(reinterpret_cast<const char*>(view.bytes()) + row_begin * value_bytes_, row_count * value_bytes_);
  } else {
    values_.resize(start + row_count * value_bytes_);
    gather_of(value_bytes_, view, row_begin, row_count, values_.data() + start);
  }
  if (view.all_valid()) return;
  for (std::size_t i = 0; i < row_count; ++i) {
    if (!view.valid(view.index(row_begin + i))) std::memset(values_.data() + start + i * value_bytes_, 0, value_bytes_);
  }
}

// length_ already counts these rows.
void ArrowBuilder::append_bools(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  const std::size_t first = length_ - row_count;
  values_.resize((length_ + 7) / 8, '\0');
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    if (view.valid(index) && view.value<std::uint8_t>(index) != 0) set_bit(values_, first + i);
  }
}

Status ArrowBuilder::append_decimals(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  constexpr Int128 kLimit = ten_to_38();
  values_.reserve(values_.size() + row_count * value_bytes_);
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    Int128 value = 0;
    if (view.valid(index)) {
      const bool wide = shape_->kind == ValueKind::kUint128 && view.uint128(index) >= static_cast<Uint128>(kLimit);
      value = view.int128(index);
      if (wide || value >= kLimit || value <= -kLimit) {
        return too_large("a number of more than 38 digits, which decimal128 cannot hold; cast it to DOUBLE or VARCHAR");
      }
    }
    push_bytes(value, values_);
  }
  return Ok{};
}

Status ArrowBuilder::append_intervals(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  constexpr std::int64_t kMicrosMax = std::numeric_limits<std::int64_t>::max() / 1000;
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    MonthDayNano interval{};
    if (view.valid(index)) {
      const auto& value = view.value<duckdb::interval_t>(index);
      if (value.micros > kMicrosMax || value.micros < -kMicrosMax) {
        return too_large("an interval beyond 292 years of nanoseconds; cast it to VARCHAR");
      }
      interval = {value.months, value.days, value.micros * 1000};
    }
    push_bytes(interval, values_);
  }
  return Ok{};
}

Status ArrowBuilder::push_offset(std::size_t end) {
  if (end > kOffsetMax) return too_large("more than 2 GiB of strings or list elements in one batch of rows");
  offsets_.push_back(static_cast<std::int32_t>(end));
  return Ok{};
}

Status ArrowBuilder::append_strings(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    if (view.valid(index)) {
      if (shape_->kind == ValueKind::kUuid) {
        const Uint128 bits = view.uint128(index);
        append_uuid(static_cast<std::uint64_t>(bits >> 64U), static_cast<std::uint64_t>(bits), values_);
      } else if (shape_->kind == ValueKind::kBytes) {
        values_ += view.text(index);
      } else {
        append_utf8(view.text(index), values_);
      }
    }
    SF_CHECK(push_offset(values_.size()));
  }
  return Ok{};
}

Status ArrowBuilder::append_lists(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    std::size_t count = 0;
    if (view.valid(index)) {
      const auto range = view.child_range(index);
      count = range.count;
      for (std::size_t k = 0; k < children_.size(); ++k) {
        SF_CHECK(children_[k].append(view.children()[k], range.begin, range.count));
      }
    }
    SF_CHECK(push_offset(static_cast<std::size_t>(offsets_.back()) + count));
  }
  return Ok{};
}

Status ArrowBuilder::append_arrays(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  for (std::size_t i = 0; i < row_count; ++i) {
    const std::size_t index = view.index(row_begin + i);
    if (view.valid(index)) {
      const auto range = view.child_range(index);
      SF_CHECK(children_[0].append(view.children()[0], range.begin, range.count));
    } else {
      children_[0].append_nulls(shape_->array_size);
    }
  }
  return Ok{};
}

// Below a NULL struct DuckDB leaves what it likes, so its members become NULL here.
Status ArrowBuilder::append_structs(const ColumnView& view, std::size_t row_begin, std::size_t row_count) {
  for (std::size_t k = 0; k < children_.size(); ++k) {
    if (view.all_valid()) {
      SF_CHECK(children_[k].append(view.children()[k], row_begin, row_count));
      continue;
    }
    for (std::size_t i = 0; i < row_count; ++i) {
      if (view.valid(view.index(row_begin + i))) {
        SF_CHECK(children_[k].append(view.children()[k], row_begin + i, 1));
      } else {
        children_[k].append_nulls(1);
      }
    }
  }
  return Ok{};
}

Error ArrowBuilder::too_large(std::string_view what) const {
  return {ErrorCode::kTooLarge, "Arrow result, column '" + shape_->name + "': " + std::string(what)};
}

}  // namespace streamflow::query
