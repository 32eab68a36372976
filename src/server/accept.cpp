#include "server/accept.h"

#include <algorithm>
#include <charconv>

#include "server/http_types.h"

namespace streamflow::server {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) { text.remove_prefix(1); }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) { text.remove_suffix(1); }
  return text;
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// "text/*" takes "text/csv".
bool range_takes(std::string_view range, std::string_view type) {
  if (range == "*/*" || equal_ignoring_case(range, type)) { return true; }
  return range.ends_with("/*") &&
         equal_ignoring_case(range.substr(0, range.size() - 1), type.substr(0, range.size() - 1));
}

}  // namespace

double accepted_quality(std::string_view accept, std::string_view type) {
  if (trimmed(accept).empty()) { return 1; }
  double best = 0;
  while (!accept.empty()) {
    std::string_view range = take_until(accept, ',');
    const std::string_view name = take_until(range, ';');
    double quality = 1;
    while (!range.empty()) {
      std::string_view parameter = take_until(range, ';');
      if (!parameter.starts_with("q=")) { continue; }
      parameter.remove_prefix(2);
      quality = 0;
      std::from_chars(parameter.data(), parameter.data() + parameter.size(), quality);
    }
    if (range_takes(name, type)) { best = std::max(best, quality); }
  }
  return best;
}

}  // namespace streamflow::server
