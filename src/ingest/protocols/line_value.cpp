#include "ingest/protocols/line_value.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace streamflow::ingest {
namespace {

const char* fail(LineFault& fault, LineFault reason) {
  fault = reason;
  return nullptr;
}

const char* parse_string(const char* at, const char* end, FieldValue& value, LineFault& fault) {
  const char* const first = at + 1;
  const char* const close = find_closing_quote(first, end);
  if (close == end) { return fail(fault, LineFault::kUnterminatedString); }
  std::uint32_t escapes = 0;
  for (const char* slash = find_any<'\\'>(first, close); slash < close; slash = find_any<'\\'>(slash, close)) {
    const bool removes = slash[1] == '"' || slash[1] == '\\';  // close[0] is a quote, so slash[1] is there
    escapes += removes ? 1 : 0;
    slash += removes ? 2 : 1;
  }
  const auto bytes = static_cast<std::size_t>(close - first);
  if (bytes - escapes > kStringFieldBytesMax) { return fail(fault, LineFault::kStringTooLong); }
  if (!is_utf8({first, bytes})) { return fail(fault, LineFault::kStringNotUtf8); }
  if (!ends_value(close + 1, end)) { return fail(fault, LineFault::kTextAfterString); }
  value = {FieldType::kString, 0, first, static_cast<std::uint32_t>(bytes), escapes};
  return close + 1;
}

bool is_not_finite(std::string_view token) {
  if (!token.empty() && (token.front() == '-' || token.front() == '+')) { token.remove_prefix(1); }
  const auto equals = [&](std::string_view word) {
    return std::equal(token.begin(), token.end(), word.begin(), word.end(),
                      [](char a, char b) { return (a | 0x20) == b; });
  };
  return equals("nan") || equals("inf") || equals("infinity");
}

const char* parse_word(std::string_view token, FieldValue& value, LineFault& fault) {
  constexpr std::string_view kTrue[] = {"t", "T", "true", "True", "TRUE"};
  constexpr std::string_view kFalse[] = {"f", "F", "false", "False", "FALSE"};
  const bool is_true = std::find(std::begin(kTrue), std::end(kTrue), token) != std::end(kTrue);
  if (!is_true && std::find(std::begin(kFalse), std::end(kFalse), token) == std::end(kFalse)) {
    return fail(fault, is_not_finite(token) ? LineFault::kNotFinite : LineFault::kBadValue);
  }
  value.type = FieldType::kBool;
  value.bits = is_true ? 1 : 0;
  return token.data() + token.size();
}

// `token` is [sign] digits and one of i, u.
const char* parse_integer(std::string_view token, bool negative, const Digits& digits, FieldValue& value,
                          LineFault& fault) {
  const std::uint64_t limit = std::uint64_t{1} << 63U;
  if (token.back() == 'u') {
    if (digits.overflow || (negative && digits.value != 0)) { return fail(fault, LineFault::kUnsignedRange); }
    value.type = FieldType::kUint64;
    value.bits = digits.value;
  } else {
    if (digits.overflow || digits.value > (negative ? limit : limit - 1)) {
      return fail(fault, LineFault::kIntegerRange);
    }
    value.type = FieldType::kInt64;
    value.bits = negative ? ~digits.value + 1 : digits.value;
  }
  return token.data() + token.size();
}

const char* parse_float(std::string_view token, FieldValue& value, LineFault& fault) {
  const std::string_view unsigned_part = token.substr(token.front() == '+' || token.front() == '-' ? 1 : 0);
  if (unsigned_part.empty() ||
      !(unsigned_part.front() == '.' || (unsigned_part.front() >= '0' && unsigned_part.front() <= '9'))) {
    return fail(fault, is_not_finite(token) ? LineFault::kNotFinite : LineFault::kBadValue);
  }
  const char* const last = token.data() + token.size();
  double number = 0;
  const auto [end, error] = fast_float::from_chars(token.data() + (token.front() == '+' ? 1 : 0), last, number);
  if (end != last) { return fail(fault, LineFault::kBadValue); }
  if (!std::isfinite(number)) { return fail(fault, LineFault::kFloatRange); }
  value.type = FieldType::kFloat64;
  value.bits = std::bit_cast<std::uint64_t>(number);
  return last;
}

}  // namespace

const char* parse_any_value(const char* at, const char* end, FieldValue& value, LineFault& fault) {
  if (at < end && *at == '"') { return parse_string(at, end, value, fault); }
  const char* last = find_any<',', ' ', '\n'>(at, end);
  if (last > at && last[-1] == '\r' && at_line_end(last - 1, end)) { --last; }
  const std::string_view token(at, static_cast<std::size_t>(last - at));
  if (token.empty()) { return fail(fault, LineFault::kMissingFieldValue); }
  const bool negative = token.front() == '-';
  const bool is_signed = negative || token.front() == '+';
  if (!is_signed && ((token.front() | 0x20) == 't' || (token.front() | 0x20) == 'f')) {
    return parse_word(token, value, fault);
  }
  const char* const first = at + (is_signed ? 1 : 0);
  const Digits digits = parse_digits(first, last);
  if (digits.end != first && last - digits.end == 1 && (*digits.end == 'i' || *digits.end == 'u')) {
    return parse_integer(token, negative, digits, value, fault);
  }
  return parse_float(token, value, fault);
}

}  // namespace streamflow::ingest
