// Finds delimiters and resolves escapes in line protocol text: 16 bytes at a time where SSE2 is there.
// Source:     InfluxDB line protocol reference, "Special characters": a backslash escapes `,`, `=` and space in names
// and
//             tag values, `"` and `\` in quoted field values; before anything else it stands for itself.
// Invariants: nothing is read outside [at, end).
// Threads:    pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace streamflow::ingest {

// The first byte of [at, end) that is one of kBytes, or `end`.
template <char... kBytes>
inline const char* find_any(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const __m128i chunk = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i hits = _mm_setzero_si128();
    ((hits = _mm_or_si128(hits, _mm_cmpeq_epi8(chunk, _mm_set1_epi8(kBytes)))), ...);
    if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)); mask != 0) {
      return at + std::countr_zero(mask);
    }
    at += 16;
  }
#endif
  while (at < end && !((*at == kBytes) || ...)) { ++at; }
  return at;
}

// The first byte of [at, end) that is one of kStops and not escaped, or `end`. A newline cannot be escaped.
template <char... kStops>
inline const char* find_unescaped(const char* at, const char* end) {
  for (;;) {
    at = find_any<'\\', kStops...>(at, end);
    if (at == end || *at != '\\') { return at; }
    const bool escapes = end - at > 1 && at[1] != '\n' && ((at[1] == kStops) || ...);
    at += escapes ? 2 : 1;
  }
}

// The quote that closes the string whose first byte is `at`, or `end`. Here a backslash may escape a backslash too.
inline const char* find_closing_quote(const char* at, const char* end) {
  for (;;) {
    at = find_any<'"', '\\'>(at, end);
    if (at == end || *at == '"') { return at; }
    at += end - at > 1 && (at[1] == '"' || at[1] == '\\') ? 2 : 1;
  }
}

inline const char* skip_spaces(const char* at, const char* end) {
  while (at < end && *at == ' ') { ++at; }
  return at;
}

// A newline, a carriage return before one, or the end of the body.
inline bool at_line_end(const char* at, const char* end) {
  if (at == end || *at == '\n') { return true; }
  return *at == '\r' && (end - at == 1 || at[1] == '\n');
}

// `raw` without the backslashes before bytes of kEscapable. Only text that has some is copied, into `copies`, whose
// elements never move.
template <char... kEscapable>
std::string_view unescape(std::string_view raw, std::deque<std::string>& copies) {
  if (raw.find('\\') == std::string_view::npos) { return raw; }
  std::string& copy = copies.emplace_back();
  copy.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool escapes = raw[i] == '\\' && i + 1 < raw.size() && ((raw[i + 1] == kEscapable) || ...);
    copy.push_back(raw[escapes ? ++i : i]);
  }
  return copy;
}

// Bytes of the UTF-8 character that `text`, which is not empty, starts with; 0 if it starts with none.
std::size_t utf8_sequence_bytes(std::string_view text);
bool is_utf8(std::string_view text);

// Where the line that starts at `at` ends: at its newline or at `end`. Knows quoted values without judging the rest, so
// that text inside a string is never taken for a line, even when the line around it is malformed.
const char* find_line_end(const char* at, const char* end);

}  // namespace streamflow::ingest
