#include "query/results/result_number_text.h"

#include <cmath>
#include <string_view>

namespace streamflow::query {

namespace {

template <class Float>
void append_float(Float value, std::string& out) {
  if (std::isfinite(value)) [[likely]] {
    char buffer[40];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
    out.append(buffer, result.ptr);
  } else if (std::isnan(value)) {
    out += "NaN";
  } else {
    out += value > 0 ? "Infinity" : "-Infinity";
  }
}

constexpr std::size_t kUint128DigitsMax = 39;

// The digits of `value`, right-aligned in a buffer of its own.
class Digits {
 public:
  explicit Digits(Uint128 value) {
    do {
      *--begin_ = static_cast<char>('0' + static_cast<int>(value % 10));
      value /= 10;
    } while (value != 0);
  }
  std::string_view text() const { return {begin_, static_cast<std::size_t>(buffer_ + sizeof buffer_ - begin_)}; }

 private:
  char buffer_[kUint128DigitsMax];
  char* begin_ = buffer_ + sizeof buffer_;
};

Uint128 magnitude_of(Int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

}  // namespace

void append_int128(Int128 value, std::string& out) {
  if (value < 0) out += '-';
  append_uint128(magnitude_of(value), out);
}

void append_uint128(Uint128 value, std::string& out) {
  if (value <= UINT64_MAX) {
    append_integer(static_cast<std::uint64_t>(value), out);
  } else {
    out += Digits(value).text();
  }
}

void append_float64(double value, std::string& out) {
  append_float(value, out);
}
void append_float32(float value, std::string& out) {
  append_float(value, out);
}

void append_decimal(Int128 value, unsigned scale, std::string& out) {
  if (scale == 0) return append_int128(value, out);
  if (value < 0) out += '-';
  const Digits digits(magnitude_of(value));
  const std::string_view text = digits.text();
  if (text.size() > scale) {
    out += text.substr(0, text.size() - scale);
    out += '.';
    out += text.substr(text.size() - scale);
  } else {
    out += "0.";
    out.append(scale - text.size(), '0');
    out += text;
  }
}

void append_uuid(std::uint64_t high, std::uint64_t low, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  const auto nibbles = [&](std::uint64_t bits, int first, int last) {
    for (int i = first; i >= last; --i) out += kHex[(bits >> (4 * i)) & 15U];
  };
  nibbles(high, 15, 8);
  out += '-';
  nibbles(high, 7, 4);
  out += '-';
  nibbles(high, 3, 0);
  out += '-';
  nibbles(low, 15, 12);
  out += '-';
  nibbles(low, 11, 0);
}

}  // namespace streamflow::query
