// Reads decimal digits eight at a time, and the numbers of line protocol made of them.
// Source:     "Faster integer parsing" (SWAR): eight ASCII digits become one integer with three multiplications.
// Invariants: nothing is read outside [at, end).
// Threads:    pure functions.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace streamflow::ingest {

inline constexpr std::array<std::uint64_t, 9> kPowersOfTen = {1,      10,      100,      1000,     10000,
                                                              100000, 1000000, 10000000, 100000000};

// How many of the word's first bytes (lowest, little-endian) are digits.
inline unsigned leading_digits(std::uint64_t word) {
  // A digit keeps both sums below 0x80. A borrow or carry only reaches bytes behind the first non-digit.
  const std::uint64_t other = ((word + 0x4646464646464646U) | (word - 0x3030303030303030U)) & 0x8080808080808080U;
  return static_cast<unsigned>(std::countr_zero(other)) / 8;
}

// The integer of the word's first `count` digits, 1 to 8.
inline std::uint64_t digits_value(std::uint64_t word, unsigned count) {
  std::uint64_t digits = (word - 0x3030303030303030U) << (64 - 8 * count);  // the first digit now has seven zeros ahead
  digits = digits * 10 + (digits >> 8U);
  const std::uint64_t low = (digits & 0x000000FF000000FFU) * 0x000F424000000064U;
  const std::uint64_t high = ((digits >> 16U) & 0x000000FF000000FFU) * 0x0000271000000001U;
  return (low + high) >> 32U;
}

struct Digits {
  std::uint64_t value = 0;
  const char* end = nullptr;  // behind the last digit
  bool overflow = false;      // beyond uint64: `value` means nothing
};

inline Digits parse_digits_slowly(const char* at, const char* end) {
  Digits digits;
  for (; at < end && *at >= '0' && *at <= '9'; ++at) {
    digits.overflow |= __builtin_mul_overflow(digits.value, std::uint64_t{10}, &digits.value);
    digits.overflow |= __builtin_add_overflow(digits.value, static_cast<std::uint64_t>(*at - '0'), &digits.value);
  }
  digits.end = at;
  return digits;
}

// The digits at the start of [at, end), perhaps none.
inline Digits parse_digits(const char* at, const char* end) {
  const char* const begin = at;
  std::uint64_t value = 0;
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      const unsigned count = leading_digits(word);
      if (count == 0) { return {value, at, false}; }
      if (at - begin + count > 19) { break; }  // 19 digits always fit
      value = value * kPowersOfTen[count] + digits_value(word, count);
      at += count;
      if (count < 8) { return {value, at, false}; }
    }
  }
  return parse_digits_slowly(begin, end);
}

}  // namespace streamflow::ingest
