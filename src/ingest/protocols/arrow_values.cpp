#include "ingest/protocols/arrow_values.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "ingest/protocols/line_text.h"
#include "model/time.h"

namespace streamflow::ingest::arrow {
namespace {

constexpr std::size_t kWordBits = 64;

template <class T>
T load(std::string_view bytes, std::size_t i) {
  T value{};
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof value);
  return value;
}

// IEEE 754 binary16, which C++20 has no type for.
struct Half {
  std::uint16_t bits;
  explicit operator double() const {
    const int exponent = (bits >> 10U) & 0x1F;
    const double fraction = bits & 0x3FFU;
    double value = std::ldexp(fraction, -24);  // subnormal
    if (exponent == 31) { value = fraction == 0 ? HUGE_VAL : std::nan(""); }
    if (exponent > 0 && exponent < 31) { value = std::ldexp(fraction + 1024, exponent - 25); }
    return (bits & 0x8000U) != 0 ? -value : value;
  }
};

template <class From, class To>
void append_as(const Array& array, std::vector<std::uint64_t>& bits) {
  const std::size_t begin = bits.size();
  if constexpr (sizeof(From) == sizeof(std::uint64_t)) {  // 64-bit patterns stay as they are
    if (reinterpret_cast<std::uintptr_t>(array.values.data()) % alignof(std::uint64_t) == 0) {
      const auto* const from = reinterpret_cast<const std::uint64_t*>(array.values.data());
      bits.insert(bits.end(), from, from + array.rows);
      return;
    }
  }
  bits.resize(begin + array.rows);
  for (std::size_t i = 0; i < array.rows; ++i) {
    bits[begin + i] = std::bit_cast<std::uint64_t>(static_cast<To>(load<From>(array.values, i)));
  }
}

template <class To>
void append_integers(const Array& array, const ColumnType& type, std::vector<std::uint64_t>& bits) {
  switch (type.bytes) {
    case 1: return type.is_signed ? append_as<std::int8_t, To>(array, bits) : append_as<std::uint8_t, To>(array, bits);
    case 2:
      return type.is_signed ? append_as<std::int16_t, To>(array, bits) : append_as<std::uint16_t, To>(array, bits);
    case 4:
      return type.is_signed ? append_as<std::int32_t, To>(array, bits) : append_as<std::uint32_t, To>(array, bits);
    default: return append_as<std::uint64_t, std::uint64_t>(array, bits);
  }
}

void append_floats(const Array& array, const ColumnType& type, std::vector<std::uint64_t>& bits) {
  switch (type.bytes) {
    case 2: return append_as<Half, double>(array, bits);
    case 4: return append_as<float, double>(array, bits);
    default: return append_as<double, double>(array, bits);
  }
}

void append_bools(const Array& array, std::vector<std::uint64_t>& bits) {
  const std::size_t begin = bits.size();
  bits.resize(begin + array.rows);
  for (std::size_t i = 0; i < array.rows; ++i) {
    bits[begin + i] = (static_cast<unsigned char>(array.values[i / 8]) >> (i % 8)) & 1U;
  }
}

// 64 bits of `bits` from bit `at` (a multiple of 64) on; beyond its end 0.
std::uint64_t word_of(std::string_view bits, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bits.data() + at / 8, std::min(sizeof word, bits.size() - at / 8));
  return word;
}

bool is_ascii(std::string_view text) {
  std::uint64_t all = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    all |= word;
  }
  for (; i < text.size(); ++i) { all |= static_cast<unsigned char>(text[i]); }
  return (all & 0x8080808080808080U) == 0;
}

template <class Index>
std::vector<std::uint32_t> widen_indexes(const Array& array, std::size_t value_count, bool& inside) {
  std::vector<std::uint32_t> indexes(array.rows);
  std::uint64_t most = 0;
  for (std::size_t i = 0; i < array.rows; ++i) {
    auto index = static_cast<std::uint64_t>(static_cast<std::int64_t>(load<Index>(array.values, i)));  // < 0: huge
    const bool valid = array.valid(i);
    most = std::max(most, valid ? index : 0);
    indexes[i] = valid ? static_cast<std::uint32_t>(index) : kNoIndex;
    inside = inside && (!valid || index < value_count);
  }
  return indexes;
}

}  // namespace

std::string reason_of(const Fault& fault, const std::vector<Column>& columns) {
  const std::string column = "\"" + columns[fault.column].name + "\"";
  switch (fault.kind) {
    case FaultKind::kNoTime: return "the time in column " + column + " is NULL";
    case FaultKind::kTimeRange: return "the time in column " + column + " is outside 1677-09-21 to 2262-04-11";
    case FaultKind::kTextUtf8: return "the text of field " + column + " is not valid UTF-8";
    case FaultKind::kTextTooLong:
      return "the text of field " + column + " has more than " + std::to_string(kStringFieldBytesMax) + " bytes";
    case FaultKind::kTagUtf8: return "the value of tag " + column + " is not valid UTF-8";
    case FaultKind::kTagTooLong:
      return "the value of tag " + column + " has more than " + std::to_string(kTagValueBytesMax) + " bytes";
  }
  return {};
}

void append_times(const Array& array, const ColumnType& type, std::uint32_t column, std::vector<std::int64_t>& times,
                  std::vector<Fault>& faults) {
  const std::int64_t unit = type.kind == Kind::kTimestamp ? type.ns_per_unit : 1;
  const std::int64_t least = to_ns(kTimestampMin) / unit, most = to_ns(kTimestampMax) / unit;
  const std::size_t begin = times.size();
  times.resize(begin + array.rows);
  bool all_inside = array.validity.empty();
  for (std::size_t i = 0; i < array.rows; ++i) {
    const auto time = load<std::int64_t>(array.values, i);
    const bool inside = time >= least && time <= most;
    times[begin + i] = inside ? time * unit : 0;
    all_inside = all_inside && inside;
  }
  if (all_inside) { return; }
  for (std::size_t i = 0; i < array.rows; ++i) {
    const auto row = static_cast<std::uint32_t>(begin + i);
    const auto time = load<std::int64_t>(array.values, i);
    if (!array.valid(i)) {
      times[row] = 0;
      faults.push_back({row, column, FaultKind::kNoTime});
    } else if (time < least || time > most) {
      faults.push_back({row, column, FaultKind::kTimeRange});
    }
  }
}

void append_numbers(const Array& array, const ColumnType& type, FieldVector& field) {
  if (type.kind == Kind::kFloat) {
    append_floats(array, type, field.bits);
  } else if (type.kind == Kind::kBool) {
    append_bools(array, field.bits);
  } else if (field.type == FieldType::kUint64) {
    append_integers<std::uint64_t>(array, type, field.bits);
  } else {
    append_integers<std::int64_t>(array, type, field.bits);
  }
  append_validity(array.validity, array.rows, field);
}

void append_text(std::string_view text, std::uint32_t row, std::uint32_t column, FieldVector& field,
                 std::vector<Fault>& faults) {
  if (text.size() > kStringFieldBytesMax) {
    faults.push_back({row, column, FaultKind::kTextTooLong});
    text = {};
  } else if (!is_ascii(text) && !is_utf8(text)) {
    faults.push_back({row, column, FaultKind::kTextUtf8});
    text = {};
  }
  field.strings.push_back(text);
}

void append_texts(const TextSource& source, std::uint32_t column, FieldVector& field, std::vector<Fault>& faults) {
  const Array& array = *source.array;
  for (std::size_t i = 0; i < array.rows; ++i) {
    const std::string_view text = array.valid(i) ? text_at(array, *source.type, i) : std::string_view();
    append_text(text, static_cast<std::uint32_t>(field.strings.size()), column, field, faults);
  }
  append_validity(array.validity, array.rows, field);
}

void append_validity(std::string_view valid_bits, std::size_t rows, FieldVector& field) {
  const std::size_t end = field.size(), begin = end - rows;
  if (valid_bits.empty() && field.validity.empty()) { return; }
  std::vector<std::uint64_t>& words = field.validity;
  if (words.empty()) {
    words.assign(begin / kWordBits, ~std::uint64_t{0});
    if (begin % kWordBits != 0) { words.push_back((std::uint64_t{1} << (begin % kWordBits)) - 1); }
  }
  words.resize((end + kWordBits - 1) / kWordBits, 0);
  for (std::size_t i = 0; i < rows; i += kWordBits) {
    const std::size_t count = std::min(kWordBits, rows - i);
    std::uint64_t word = valid_bits.empty() ? ~std::uint64_t{0} : word_of(valid_bits, i);
    if (count < kWordBits) { word &= (std::uint64_t{1} << count) - 1; }
    const std::size_t at = begin + i, shift = at % kWordBits;
    words[at / kWordBits] |= word << shift;
    if (shift != 0 && shift + count > kWordBits) { words[at / kWordBits + 1] |= word >> (kWordBits - shift); }
    if (field.type == FieldType::kString || std::popcount(word) == static_cast<int>(count)) { continue; }
    for (std::size_t k = 0; k < count; ++k) {
      if (((word >> k) & 1U) == 0) { field.bits[at + k] = 0; }
    }
  }
}

Result<std::vector<std::uint32_t>> read_indexes(const Array& array, const ColumnType& type, std::size_t value_count) {
  bool inside = true;
  std::vector<std::uint32_t> indexes;
  switch (type.bytes) {
    case 1:
      indexes = type.is_signed ? widen_indexes<std::int8_t>(array, value_count, inside)
                               : widen_indexes<std::uint8_t>(array, value_count, inside);
      break;
    case 2:
      indexes = type.is_signed ? widen_indexes<std::int16_t>(array, value_count, inside)
                               : widen_indexes<std::uint16_t>(array, value_count, inside);
      break;
    case 4:
      indexes = type.is_signed ? widen_indexes<std::int32_t>(array, value_count, inside)
                               : widen_indexes<std::uint32_t>(array, value_count, inside);
      break;
    default: indexes = widen_indexes<std::int64_t>(array, value_count, inside); break;
  }
  if (!inside) {
    return Error{ErrorCode::kInvalidArgument, "Arrow record batch: an index is outside its dictionary of " +
                                                  std::to_string(value_count) + " values"};
  }
  return indexes;
}

}  // namespace streamflow::ingest::arrow
