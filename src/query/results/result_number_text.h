// Text of numbers in results: exact for integers and decimals, shortest that reads back to the same bits for floats.
// Format:     floats by std::to_chars (`0.1`, `1e+22`, `-0`); NaN and infinities are `NaN`, `Infinity`, `-Infinity`;
//             decimals keep their scale (`12.50`).
// Threads:    pure functions.
// Errors:     none.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace streamflow::query {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

template <class Integer>
void append_integer(Integer value, std::string& out) {
  char buffer[24];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  out.append(buffer, result.ptr);
}

void append_int128(Int128 value, std::string& out);
void append_uint128(Uint128 value, std::string& out);
void append_float64(double value, std::string& out);
void append_float32(float value, std::string& out);
// value / 10^scale; scale at most 38.
void append_decimal(Int128 value, unsigned scale, std::string& out);
// The 128 bits as 8-4-4-4-12 lower-case hexadecimal digits.
void append_uuid(std::uint64_t high, std::uint64_t low, std::string& out);

}  // namespace streamflow::query
