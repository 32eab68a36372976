// The order of a column's numbers as int64 keys, and what is measured of them.
// Invariants: a < b in the column's order exactly when key(a) < key(b). Doubles: -0.0 equals 0.0, every NaN is the
//             greatest.
// Threads:    pure functions.
#pragma once

#include <bit>
#include <cstdint>

#include "encoding/decimal.h"

namespace streamflow::encoding {

enum class ValueOrder : std::uint8_t { kSigned, kUnsigned, kDouble };

inline constexpr std::int64_t kNanKey = 0x7ff8000000000000;

inline std::int64_t to_order_key(ValueOrder order, std::uint64_t bits) {
  if (order == ValueOrder::kSigned) { return static_cast<std::int64_t>(bits); }
  if (order == ValueOrder::kUnsigned) { return static_cast<std::int64_t>(bits ^ (std::uint64_t{1} << 63U)); }
  const double value = std::bit_cast<double>(bits) + 0.0;
  return value != value ? kNanKey : static_cast<std::int64_t>(fold_sign(std::bit_cast<std::uint64_t>(value)));
}

inline std::uint64_t from_order_key(ValueOrder order, std::int64_t key) {
  const auto bits = static_cast<std::uint64_t>(key);
  return order == ValueOrder::kSigned     ? bits
         : order == ValueOrder::kUnsigned ? bits ^ (std::uint64_t{1} << 63U)
                                          : fold_sign(bits);
}

struct Measures {
  std::int64_t min_key = 0, max_key = 0;
  // Integers: sums of the low and of the high (arithmetically shifted) halves, and how many have their highest bit set.
  std::uint64_t sum_low = 0;
  std::int64_t sum_high = 0;
  std::uint64_t negative_count = 0;
  double sum_double = 0;  // doubles
};

// All but the float sum.
inline void add_to_measures(ValueOrder order, std::uint64_t bits, Measures& into) {
  const std::int64_t key = to_order_key(order, bits);
  into.min_key = key < into.min_key ? key : into.min_key;
  into.max_key = key > into.max_key ? key : into.max_key;
  if (order == ValueOrder::kDouble) { return; }
  into.sum_low += bits & 0xFFFFFFFFU;
  into.sum_high += static_cast<std::int64_t>(bits) >> 32U;
  into.negative_count += bits >> 63U;
}

inline double join_sums(const double (&s)[8]) {
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

}  // namespace streamflow::encoding
