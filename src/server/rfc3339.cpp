#include "server/rfc3339.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace streamflow::server {
namespace {

using std::chrono::floor;

// Takes `digits` decimal digits from the front, then `separators` one of which must follow ("" for none).
std::optional<int> take_number(std::string_view& text, std::size_t digits, std::string_view separators) {
  if (text.size() < digits) { return std::nullopt; }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || value < 0) { return std::nullopt; }
  text.remove_prefix(digits);
  if (separators.empty()) { return value; }
  if (text.empty() || separators.find(text.front()) == std::string_view::npos) { return std::nullopt; }
  text.remove_prefix(1);
  return value;
}

std::optional<std::int64_t> take_fraction_ns(std::string_view& text) {
  if (!text.starts_with('.')) { return 0; }
  text.remove_prefix(1);
  std::int64_t ns = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 9) { ns = ns * 10 + (text.front() - '0'); }
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) { return std::nullopt; }
  for (int i = digits; i < 9; ++i) { ns *= 10; }
  return ns;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (text == "Z" || text == "z") {
    text = {};
    return std::chrono::minutes(0);
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) { return std::nullopt; }
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2, ":");
  const auto minutes = hours.has_value() ? take_number(text, 2, "") : std::nullopt;
  if (!minutes.has_value() || *hours > 23 || *minutes > 59) { return std::nullopt; }
  return std::chrono::minutes(sign * (*hours * 60 + *minutes));
}

std::optional<Timestamp> parse(std::string_view text) {
  const auto year = take_number(text, 4, "-");
  const auto month = year.has_value() ? take_number(text, 2, "-") : std::nullopt;
  const auto day = month.has_value() ? take_number(text, 2, "Tt ") : std::nullopt;
  const auto hour = day.has_value() ? take_number(text, 2, ":") : std::nullopt;
  const auto minute = hour.has_value() ? take_number(text, 2, ":") : std::nullopt;
  const auto second = minute.has_value() ? take_number(text, 2, "") : std::nullopt;
  const auto fraction = second.has_value() ? take_fraction_ns(text) : std::nullopt;
  const auto offset = fraction.has_value() ? take_offset(text) : std::nullopt;
  if (!offset.has_value() || !text.empty() || *hour > 23 || *minute > 59 || *second > 59) { return std::nullopt; }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // Years whose nanoseconds surely fit 64 bits.
  if (!date.ok() || *year < 1678 || *year > 2261) { return std::nullopt; }
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) + Duration(*fraction) - *offset;
}

}  // namespace

std::string to_rfc3339(Timestamp time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::seconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  if (const auto time = parse(text); time.has_value()) { return *time; }
  return Error{ErrorCode::kInvalidArgument, "a time is written like 2027-01-31T12:00:00Z (years 1678 to 2261), got \"" +
                                                std::string(text.substr(0, 40)) + "\""};
}

}  // namespace streamflow::server
