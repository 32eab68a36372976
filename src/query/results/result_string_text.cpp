#include "query/results/result_string_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace streamflow::query {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::uint64_t kLowBits = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

// The high bit of each byte of `word` that is zero, and perhaps of bytes above such a one: right as a yes or no.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - kLowBits) & ~word & kHighBits;
}

constexpr std::uint64_t repeat(char c) {
  return kLowBits * static_cast<unsigned char>(c);
}

std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

bool is_plain_json_word(std::uint64_t word) {
  const std::uint64_t control = (word - repeat(0x20)) & ~word & kHighBits;
  return ((word & kHighBits) | control | zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat('\\'))) == 0;
}

bool is_plain_json_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// Bytes from `from` that stand for themselves in a JSON string.
std::size_t plain_json_prefix(std::string_view text, std::size_t from) {
  std::size_t i = from;
  while (i + 8 <= text.size() && is_plain_json_word(load_word(text.data() + i))) i += 8;
  while (i < text.size() && is_plain_json_byte(text[i])) ++i;
  return i - from;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Length of the well-formed sequence at text[i], 0 when there is none.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if (!is_continuation(text[i + k])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[i + 1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second >= 0xA0;
  const bool too_high = lead == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_high ? 0 : length;
}

void append_json_escape(char c, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '\\';
  switch (c) {
    case '"': out += '"'; break;
    case '\\': out += '\\'; break;
    case '\b': out += 'b'; break;
    case '\f': out += 'f'; break;
    case '\n': out += 'n'; break;
    case '\r': out += 'r'; break;
    case '\t': out += 't'; break;
    default:
      out += "u00";
      out += kHex[static_cast<unsigned char>(c) >> 4U];
      out += kHex[static_cast<unsigned char>(c) & 15U];
  }
}

bool needs_csv_quotes(std::string_view text) {
  if (text.empty()) return true;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    const std::uint64_t word = load_word(text.data() + i);
    if ((zero_bytes(word ^ repeat('"')) | zero_bytes(word ^ repeat(',')) | zero_bytes(word ^ repeat('\n')) |
         zero_bytes(word ^ repeat('\r'))) != 0) {
      return true;
    }
  }
  for (; i < text.size(); ++i) {
    if (text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r') return true;
  }
  return false;
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t plain = plain_json_prefix(text, i);
    out.append(text, i, plain);
    i += plain;
    if (i == text.size()) break;
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      append_json_escape(text[i++], out);
    } else if (const std::size_t length = sequence_length(text, i); length != 0) {
      out.append(text, i, length);
      i += length;
    } else {
      out += kReplacement;
      ++i;
    }
  }
  out += '"';
}

void append_csv_field(std::string_view text, std::string& out) {
  if (!needs_csv_quotes(text)) return append_utf8(text, out);
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t quote = text.find('"', i);
    append_utf8(text.substr(i, quote == text.npos ? text.npos : quote - i), out);
    if (quote == text.npos) break;
    out += "\"\"";
    i = quote + 1;
  }
  out += '"';
}

void append_base64(std::string_view bytes, std::string& out) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? kAlphabet[(group >> (18 - 6 * k)) & 63U] : '=';
  }
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (i + 8 <= text.size() && (load_word(text.data() + i) & kHighBits) == 0) {
      i += 8;
      continue;
    }
    const std::size_t length = sequence_length(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

void append_utf8(std::string_view text, std::string& out) {
  if (is_utf8(text)) [[likely]] {
    out += text;
    return;
  }
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(text, i);
    if (length == 0) {
      out += kReplacement;
      ++i;
    } else {
      out.append(text, i, length);
      i += length;
    }
  }
}

}  // namespace streamflow::query
