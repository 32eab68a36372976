#include "storage/wal/log_record_columns.h"

#include <algorithm>

namespace streamflow::storage {
namespace {

// The numbers are written to files: never change one. The widths are their own numbers.
constexpr std::uint8_t kArithmetic = 0;  // first + i * step, modulo 2^64
constexpr std::uint8_t kWidth1 = 1;      // least + an unsigned offset of so many bytes, modulo 2^64
constexpr std::uint8_t kWidth2 = 2;
constexpr std::uint8_t kWidth4 = 4;
constexpr std::uint8_t kPlain = 8;

template <class Value>
bool is_arithmetic(std::span<const Value> values) {
  if (values.empty()) { return false; }
  const std::uint64_t step = values.size() < 2 ? 0 : std::uint64_t{values[1]} - values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (std::uint64_t{values[i]} - values[i - 1] != step) { return false; }
  }
  return true;
}

template <class Compared, class Value>
std::pair<std::uint64_t, std::uint64_t> least_and_spread(std::span<const Value> values) {
  auto least = static_cast<Compared>(values[0]);
  auto most = least;
  for (const Value value : values) {
    least = std::min(least, static_cast<Compared>(value));
    most = std::max(most, static_cast<Compared>(value));
  }
  return {static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least)};
}

template <class Narrow, class Value>
void write_offsets(ByteWriter& out, std::span<const Value> values, std::uint64_t least) {
  std::byte* to = out.grow(values.size() * sizeof(Narrow));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto offset = static_cast<Narrow>(std::uint64_t{values[i]} - least);
    std::memcpy(to + i * sizeof(Narrow), &offset, sizeof offset);
  }
}

template <class Value>
void write_values(ByteWriter& out, std::span<const Value> values, ColumnOrder order) {
  if (is_arithmetic(values)) {
    out.fixed(kArithmetic);
    out.fixed(std::uint64_t{values[0]});
    out.fixed(values.size() < 2 ? 0 : std::uint64_t{values[1]} - values[0]);
    return;
  }
  if (order != ColumnOrder::kOpaque && !values.empty()) {
    const auto [least, spread] = order == ColumnOrder::kSigned ? least_and_spread<std::int64_t>(values)
                                                               : least_and_spread<std::uint64_t>(values);
    if (spread <= 0xFFFFFFFFU) {
      const std::uint8_t width = spread <= 0xFFU ? kWidth1 : spread <= 0xFFFFU ? kWidth2 : kWidth4;
      out.fixed(width);
      out.fixed(least);
      if (width == kWidth1) { write_offsets<std::uint8_t>(out, values, least); }
      if (width == kWidth2) { write_offsets<std::uint16_t>(out, values, least); }
      if (width == kWidth4) { write_offsets<std::uint32_t>(out, values, least); }
      return;
    }
  }
  out.fixed(kPlain);
  if constexpr (sizeof(Value) == sizeof(std::uint64_t)) {
    out.raw(std::as_bytes(values));
  } else {
    write_offsets<std::uint64_t>(out, values, 0);
  }
}

struct ColumnHead {
  std::uint8_t layout = kPlain;  // the bytes of each value that follow, too
  std::uint64_t first = 0, step = 0;
};

// Fails unless `count` values follow, so that memory may be taken for them.
ColumnHead read_column_head(ByteReader& in, std::size_t count) {
  ColumnHead head;
  head.layout = in.fixed<std::uint8_t>();
  const bool known = head.layout == kArithmetic || head.layout == kWidth1 || head.layout == kWidth2 ||
                     head.layout == kWidth4 || head.layout == kPlain;
  if (!known) { in.fail("a column has unknown layout " + std::to_string(head.layout)); }
  if (head.layout != kPlain) { head.first = in.fixed<std::uint64_t>(); }
  if (head.layout == kArithmetic) { head.step = in.fixed<std::uint64_t>(); }
  if (count * head.layout > in.remaining()) { in.fail("a column is cut short"); }
  return head;
}

template <class Narrow>
void read_offsets(ByteReader& in, std::span<std::uint64_t> values, std::uint64_t least) {
  const std::span<const std::byte> from = in.raw(values.size() * sizeof(Narrow), "a column is cut short");
  if (in.failed()) { return; }
  for (std::size_t i = 0; i < values.size(); ++i) {
    Narrow offset{};
    std::memcpy(&offset, from.data() + i * sizeof(Narrow), sizeof offset);
    values[i] = least + offset;
  }
}

template <class Lengths>
void write_lengths(ByteWriter& out, const Lengths& length_of, std::size_t count) {
  std::vector<std::uint32_t> lengths(count);
  for (std::size_t i = 0; i < count; ++i) { lengths[i] = length_of(i); }
  write_column(out, lengths);
}

}  // namespace

void write_column(ByteWriter& out, std::span<const std::uint64_t> values, ColumnOrder order) {
  write_values(out, values, order);
}

void write_column(ByteWriter& out, std::span<const std::uint32_t> values) {
  write_values(out, values, ColumnOrder::kUnsigned);
}

std::vector<std::uint64_t> read_column(ByteReader& in, std::size_t count) {
  std::vector<std::uint64_t> values;
  const auto [layout, first, step] = read_column_head(in, count);
  if (in.failed()) { return values; }
  values.resize(count);
  switch (layout) {
    case kWidth1: read_offsets<std::uint8_t>(in, values, first); break;
    case kWidth2: read_offsets<std::uint16_t>(in, values, first); break;
    case kWidth4: read_offsets<std::uint32_t>(in, values, first); break;
    case kPlain: read_offsets<std::uint64_t>(in, values, 0); break;
    default:
      for (std::size_t i = 0; i < count; ++i) { values[i] = first + i * step; }
  }
  return values;
}

void skip_column(ByteReader& in, std::size_t count) {
  const ColumnHead head = read_column_head(in, count);
  if (!in.failed()) { (void)in.raw(count * head.layout, "a column is cut short"); }
}

void write_strings(ByteWriter& out, std::span<const std::string> values) {
  write_lengths(
      out, [&](std::size_t i) { return static_cast<std::uint32_t>(values[i].size()); }, values.size());
  for (const std::string& value : values) { out.raw(std::as_bytes(std::span(value))); }
}

void write_strings(ByteWriter& out, const StringColumn& values) {
  const std::span<const std::uint32_t> offsets = values.offsets();
  write_lengths(
      out, [&](std::size_t i) { return offsets[i + 1] - offsets[i]; }, values.size());
  out.raw(std::as_bytes(std::span(values.bytes())));
}

StringBlock read_strings(ByteReader& in, std::size_t count) {
  StringBlock block;
  block.lengths = read_column(in, count);
  std::uint64_t total = 0;
  for (const std::uint64_t length : block.lengths) {
    if (length > in.remaining() - total) {
      in.fail("strings are longer than what is left");
      return {};
    }
    total += length;
  }
  const std::span<const std::byte> bytes = in.raw(total, "strings are cut short");
  block.bytes = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  return block;
}

void skip_strings(ByteReader& in, std::size_t count) {
  (void)read_strings(in, count);  // their bytes are not touched
}

}  // namespace streamflow::storage
