// Reads one field value of line protocol.
// Source:     protocols.md's line protocol, "Field types": float64 by default, `i` int64, `u` uint64, "..." string,
//             booleans t T true True TRUE f F false False FALSE; NaN and infinities are refused.
// Invariants: nothing is read outside [at, end).
// Threads:    pure functions.
#pragma once

#include <bit>
#include <cstdint>

#include "ingest/protocols/line_fault.h"
#include "ingest/protocols/line_number.h"
#include "ingest/protocols/line_text.h"
#include "model/schema.h"

namespace streamflow::ingest {

struct FieldValue {
  FieldType type = FieldType::kFloat64;
  std::uint64_t bits = 0;      // not for strings
  const char* text = nullptr;  // strings: between the quotes, escapes not yet resolved
  std::uint32_t text_bytes = 0;
  std::uint32_t escapes = 0;  // strings: backslashes to remove
};

inline bool ends_value(const char* at, const char* end) {
  return at == end || *at == ',' || *at == ' ' || at_line_end(at, end);
}

// Everything but short decimal integers. Returns the byte behind the value, or nullptr with `fault` set.
const char* parse_any_value(const char* at, const char* end, FieldValue& value, LineFault& fault);

// Returns the byte behind the value, or nullptr with `fault` set.
inline const char* parse_value(const char* at, const char* end, FieldValue& value, LineFault& fault) {
  const bool negative = at < end && *at == '-';
  const char* const first = at + (negative ? 1 : 0);
  const Digits digits = parse_digits(first, end);
  const bool is_integer =
      digits.end != first && digits.end < end && *digits.end == 'i' && ends_value(digits.end + 1, end);
  if (is_integer && !digits.overflow && digits.value <= 0x7FFFFFFFFFFFFFFFU) [[likely]] {
    value.type = FieldType::kInt64;
    value.bits = negative ? ~digits.value + 1 : digits.value;
    return digits.end + 1;
  }
  return parse_any_value(at, end, value, fault);
}

}  // namespace streamflow::ingest
