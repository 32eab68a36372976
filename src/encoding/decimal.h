// Doubles as integers: decimals d / 10^k, and bit patterns in the order of the numbers.
// Format:     docs/format/segment.md §6.
//             Forms: d / 10^k itself, or rounded to float32; either moved by a few units in the last place.
// Invariants: from_decimal is one correctly rounded division; code_decimal says whether its result gives the bits back.
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

inline std::uint64_t from_decimal(std::uint64_t number, double power) {
  const double whole = std::bit_cast<double>(number + kShifterBits) - kShifter;
  return std::bit_cast<std::uint64_t>(whole / power);
}

// The form is what the map's parameter byte holds beside k.
enum class DecimalForm : std::uint8_t { kPlain = 0, kFloat32 = 0x20, kUlps = 0x40, kFloat32Ulps = 0x60 };
constexpr bool has_float32(DecimalForm form) {
  return (static_cast<unsigned>(form) & 0x20U) != 0;
}
constexpr bool has_ulps(DecimalForm form) {
  return (static_cast<unsigned>(form) & 0x40U) != 0;
}
inline constexpr unsigned kDecimalDigitsMask = 0x1f;
inline constexpr std::uint64_t kUlpsMax = 15;  // either way; what the encoder stores, not a limit of the format

struct DecimalCode {
  DecimalForm form = DecimalForm::kPlain;
  unsigned digits = 0;
  friend bool operator==(const DecimalCode&, const DecimalCode&) = default;
};

// The sign-folded bits: ordered like the numbers when read as int64, and their own inverse.
inline std::uint64_t fold_sign(std::uint64_t bits) {
  return bits ^ (static_cast<std::uint64_t>(static_cast<std::int64_t>(bits) >> 63U) >> 1U);
}

inline std::uint64_t round_to_float(std::uint64_t bits) {
  return std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<float>(std::bit_cast<double>(bits))));
}

inline std::uint64_t add_ulps(std::uint64_t bits, std::uint64_t ulps) {
  return fold_sign(fold_sign(bits) + ulps);
}

struct CodedDecimal {
  std::uint64_t number, ulps;
  bool exact;  // number and ulps give the bits back
};

template <DecimalForm Form>
inline CodedDecimal code_decimal(std::uint64_t bits, double power) {
  const double scaled = std::bit_cast<double>(bits) * power;
  const std::uint64_t number = std::bit_cast<std::uint64_t>(scaled + kShifter) - kShifterBits;
  const std::uint64_t quotient = from_decimal(number, power);
  const std::uint64_t near = has_float32(Form) ? round_to_float(quotient) : quotient;
  const bool small = std::fabs(scaled) <= kDecimalMax;
  if constexpr (has_ulps(Form)) {
    const std::uint64_t ulps = fold_sign(bits) - fold_sign(near);
    return {number, ulps, (small & (ulps + kUlpsMax <= 2 * kUlpsMax)) != 0};
  }
  return {number, 0, (small & (near == bits)) != 0};
}

}  // namespace streamflow::encoding
