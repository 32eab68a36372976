#include "ingest/protocols/line_text.h"

namespace streamflow::ingest {
namespace {

bool eight_are_ascii(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return (word & 0x8080808080808080U) == 0;
}

}  // namespace

// RFC 3629: no overlong forms, no surrogates, at most U+10FFFF.
std::size_t utf8_sequence_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) { return 1; }
  if (first >= 0xC2 && first <= 0xDF) { return continues(1) ? 2 : 0; }
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    if (text.size() >= 8 && eight_are_ascii(text.data())) {
      text.remove_prefix(8);
      continue;
    }
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) { return false; }
    text.remove_prefix(bytes);
  }
  return true;
}

const char* find_line_end(const char* at, const char* end) {
  at = find_unescaped<' ', '\n'>(at, end);
  while (at < end && *at != '\n') {
    at = find_unescaped<'=', '\n'>(at, end);
    if (at == end || *at == '\n') { break; }
    ++at;
    if (at == end || *at != '"') { continue; }
    const char* close = find_closing_quote(at + 1, end);
    if (close == end) { return find_any<'\n'>(at, end); }
    at = close + 1;
  }
  return at;
}

}  // namespace streamflow::ingest
