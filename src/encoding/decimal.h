// Doubles as integers: decimals d / 10^k, and bit patterns in the order of the numbers.
// Format:     docs/format/segment.md §6.
// Invariants: from_decimal is one correctly rounded division; to_decimal says whether it gives the bits back.
// Threads:    pure functions.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace streamflow::encoding {

// Powers of ten up to 10^22 are exact doubles.
inline constexpr unsigned kDecimalDigitsMax = 22;
inline constexpr std::array<double, kDecimalDigitsMax + 1> kPowersOfTen{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// Adding 1.5 * 2^52 leaves a number below 2^51 rounded to an integer in the low mantissa bits: the way to convert
// between double and int64 that every vector unit has.
inline constexpr double kShifter = 6755399441055744.0;
inline constexpr std::uint64_t kShifterBits = std::bit_cast<std::uint64_t>(kShifter);
inline constexpr double kDecimalMax = 2251799813685247.0;  // 2^51 - 1

struct Decimal {
  std::uint64_t number;
  bool exact;
};

inline Decimal to_decimal(std::uint64_t bits, double power) {
  const double value = std::bit_cast<double>(bits);
  const double scaled = value * power;
  const double shifted = scaled + kShifter;
  const double rounded = shifted - kShifter;
  const bool same = std::bit_cast<std::uint64_t>(rounded / power) == bits;
  const bool small = std::fabs(scaled) <= kDecimalMax;
  return {std::bit_cast<std::uint64_t>(shifted) - kShifterBits, (same & small) != 0};
}

inline std::uint64_t from_decimal(std::uint64_t number, double power) {
  const double whole = std::bit_cast<double>(number + kShifterBits) - kShifter;
  return std::bit_cast<std::uint64_t>(whole / power);
}

// The sign-folded bits: ordered like the numbers when read as int64, and their own inverse.
inline std::uint64_t fold_sign(std::uint64_t bits) {
  return bits ^ (static_cast<std::uint64_t>(static_cast<std::int64_t>(bits) >> 63U) >> 1U);
}

}  // namespace streamflow::encoding
