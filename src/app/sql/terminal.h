// What the program may assume of the place it writes to: width, colour, and how wide a text is there.
// Source:     https://no-color.org (NO_COLOR set and not empty: no colour); TERM=dumb counts as no colour.
// Invariants: without a terminal nothing but the text itself is written.
// Threads:    values and pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace streamflow::app {

struct Terminal {
  bool interactive = false;  // a person looks at it
  bool colour = false;
  std::size_t columns = 0;  // 0: unlimited

  std::string bold(std::string_view text) const { return styled("\033[1m", text); }
  std::string dim(std::string_view text) const { return styled("\033[2m", text); }
  std::string red(std::string_view text) const { return styled("\033[31m", text); }
  std::string green(std::string_view text) const { return styled("\033[32m", text); }
  std::string yellow(std::string_view text) const { return styled("\033[33m", text); }

 private:
  std::string styled(std::string_view code, std::string_view text) const;
};

// Of an open file descriptor, with the environment's NO_COLOR, TERM and COLUMNS.
Terminal terminal_of(int descriptor);

// Cells of the terminal that `text` (UTF-8) takes: 2 for East Asian wide characters and pictographs, 0 for combining
// marks. An invalid byte counts as one.
std::size_t display_width(std::string_view text);

// `text` cut to at most `width` cells, the last of them an ellipsis when something was cut.
std::string fit(std::string_view text, std::size_t width);

// `text` with control characters made visible (\n as "\n", others as \xNN), so that data cannot steer the terminal.
std::string printable(std::string_view text);

// 1234567 as "1,234,567".
std::string with_thousands(unsigned long long value);

// A duration a person reads: "640 µs", "12.3 ms", "4.56 s", "2 min 5 s".
std::string readable_seconds(double seconds);

// "13.5 MB" (powers of 1000).
std::string readable_bytes(unsigned long long bytes);

}  // namespace streamflow::app
