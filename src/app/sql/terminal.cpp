#include "app/sql/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace streamflow::app {

namespace {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
};

// Decodes the character at `at`. An invalid byte stands for itself, so that every text has a width.
CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80         ? 1
                             : (first >> 5) == 6  ? 2
                             : (first >> 4) == 14 ? 3
                             : (first >> 3) == 30 ? 4
                                                  : 0;
  if (length == 0 || at + length > text.size()) return {first, 1};
  if (length == 1) return {first, 1};
  char32_t value = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) >> 6) != 2) return {first, 1};
    value = (value << 6) | (byte(at + i) & 0x3FU);
  }
  return {value, length};
}

struct WidthRange {
  char32_t first, last;
};

// Unicode 15 East_Asian_Width=W/F, by block; and the common combining blocks. Coarse on purpose: tables stay aligned.
constexpr std::array<WidthRange, 12> kWide{{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0x33FF},
                                            {0x3400, 0x4DBF},
                                            {0x4E00, 0x9FFF},
                                            {0xA000, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1FAFF},
                                            {0x20000, 0x3FFFD}}};
constexpr std::array<WidthRange, 5> kZero{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};

std::size_t cells(char32_t value) {
  for (const auto& range : kZero) {
    if (range.first <= value && value <= range.last) return 0;
  }
  for (const auto& range : kWide) {
    if (range.first <= value && value <= range.last) return 2;
  }
  return 1;
}

std::size_t columns_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  if (const char* text = std::getenv("COLUMNS")) {
    const long value = std::strtol(text, nullptr, 10);
    if (value > 0 && value < 10000) return static_cast<std::size_t>(value);
  }
  return 80;
}

}  // namespace

std::string Terminal::styled(std::string_view code, std::string_view text) const {
  if (!colour) return std::string(text);
  return fmt::format("{}{}\033[0m", code, text);
}

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.interactive = ::isatty(descriptor) == 1;
  if (!terminal.interactive) return terminal;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::string_view(term) == "dumb";
  terminal.colour = (no_color == nullptr || *no_color == '\0') && !dumb;
  terminal.columns = columns_of(descriptor);
  return terminal;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    width += cells(point.value);
    at += point.bytes;
  }
  return width;
}

std::string fit(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t used = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint point = code_point_at(text, at);
    if (used + cells(point.value) > width - 1) break;
    used += cells(point.value);
    at += point.bytes;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool stray = point.bytes == 1 && point.value >= 0x80;  // not UTF-8
    if (point.value == '\n') {
      out += "\\n";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (point.value < 0x20 || point.value == 0x7F || stray) {
      out += fmt::format("\\x{:02x}", static_cast<std::uint32_t>(point.value));
    } else if (point.value >= 0x80 && point.value < 0xA0) {  // C1 controls
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
    } else {
      out += text.substr(at, point.bytes);
    }
    at += point.bytes;
  }
  return out;
}

std::string with_thousands(unsigned long long value) {
  const std::string digits = std::to_string(value);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string readable_seconds(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} µs", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 120) return fmt::format("{:.2f} s", seconds);
  const auto whole = static_cast<unsigned long long>(seconds + 0.5);
  return fmt::format("{} min {} s", whole / 60, whole % 60);
}

std::string readable_bytes(unsigned long long bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

}  // namespace streamflow::app
