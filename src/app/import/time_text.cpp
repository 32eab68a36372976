#include "app/import/time_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

#include "app/settings/settings.h"

namespace streamflow::app {

Result<Timestamp> parse_expiry(std::string_view text, Timestamp now) {
  const Error malformed{
      ErrorCode::kInvalidArgument,
      fmt::format("--expires wants a duration such as 90d or a date such as 2027-01-31, got \"{}\"", text)};
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    std::array<int, 3> parts{};
    const std::array<std::string_view, 3> texts{text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto [end, error] = std::from_chars(texts[i].data(), texts[i].data() + texts[i].size(), parts[i]);
      if (error != std::errc() || end != texts[i].data() + texts[i].size()) return malformed;
    }
    const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                           std::chrono::month(static_cast<unsigned>(parts[1])),
                                           std::chrono::day(static_cast<unsigned>(parts[2]))};
    if (!date.ok() || parts[0] < 1970 || parts[0] > 2261) return malformed;
    return Timestamp(std::chrono::sys_days(date));
  }
  const auto duration = parse_duration(text);
  if (!duration || duration->count() == 0 || to_ns(now) > to_ns(kTimestampMax) - duration->count()) return malformed;
  return now + *duration;
}

std::string format_time(Timestamp time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(
                                                  std::chrono::time_point_cast<std::chrono::system_clock::duration>(
                                                      std::chrono::floor<std::chrono::seconds>(time)))));
}

}  // namespace streamflow::app
