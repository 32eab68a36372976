#include "app/demo/tour.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace streamflow::app {

void Tour::heading(std::string_view text) {
  out_ << "\n" << terminal_.bold(fmt::format("{}. {}", ++step_, text)) << "\n\n" << std::flush;
}

void Tour::say(std::string_view line) {
  out_ << (line.empty() ? "" : "   ") << line << "\n" << std::flush;
}

void Tour::show(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    say(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

bool Tour::check(bool holds, std::string_view what) {
  ++checks_;
  if (!holds) ++failures_;
  say(fmt::format("{} {}", holds ? terminal_.green("ok:") : terminal_.red("FAILED:"), what));
  return holds;
}

}  // namespace streamflow::app
