#include "analytics/time_grid.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>

namespace streamflow::analytics {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kJitterMax = 0.2;       // of a step, on average
constexpr std::size_t kSlotsPerRow = 8;  // more gaps than that are no series
constexpr std::size_t kSlotsFree = 1000;
constexpr std::int32_t kMonthsPerYear = 12;

using Days = std::chrono::sys_days;
__extension__ using Wide = __int128;  // two times may lie further apart than 64 bits say

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

double distance(Timestamp from, Timestamp to) {
  return static_cast<double>(Wide{to_ns(to)} - to_ns(from));
}

struct Moment {            // of a month
  std::int32_t month = 0;  // since year 0
  unsigned day = 0;
  bool is_last_day = false;
  std::int64_t ns_of_day = 0;
};

Moment moment_of(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  Moment moment;
  moment.month = static_cast<int>(date.year()) * kMonthsPerYear + static_cast<std::int32_t>(unsigned(date.month())) - 1;
  moment.day = unsigned(date.day());
  moment.is_last_day = date == date.year() / date.month() / std::chrono::last;
  moment.ns_of_day = (time - day).count();
  return moment;
}

// A step in months, when all times are the same moment of their month.
std::optional<TimeGrid> calendar_grid(std::span<const Timestamp> times, std::vector<std::size_t>& slots) {
  const Moment first = moment_of(times.front());
  bool same_day = true, all_last = true;
  std::int32_t step = 0;
  std::vector<std::int32_t> months;
  for (const Timestamp time : times) {
    const Moment moment = moment_of(time);
    same_day = same_day && moment.day == first.day;
    all_last = all_last && moment.is_last_day;
    if (moment.ns_of_day != first.ns_of_day || !(same_day || all_last)) { return std::nullopt; }
    months.push_back(moment.month - first.month);
    if (months.size() > 1 && months.back() == months[months.size() - 2]) { return std::nullopt; }
    step = std::gcd(step, months.back());
  }
  TimeGrid grid;
  grid.first = times.front();
  grid.step_months = step;
  grid.month_ends = all_last;
  for (const std::int32_t month : months) { slots.push_back(static_cast<std::size_t>(month / step)); }
  return grid;
}

Result<TimeGrid> fixed_grid(std::span<const Timestamp> times, std::vector<std::size_t>& slots) {
  std::vector<double> distances;
  for (std::size_t i = 1; i < times.size(); ++i) { distances.push_back(distance(times[i - 1], times[i])); }
  std::vector<double> sorted = distances;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  double step = *middle;
  double jitter = 0;
  slots.push_back(0);
  for (const double distance : distances) {
    const double steps = distance / step;
    const double whole = std::max(1.0, std::round(steps));
    jitter += std::min(1.0, std::abs(steps - whole));
    slots.push_back(slots.back() + static_cast<std::size_t>(std::min(whole, 1e15)));
  }
  if (jitter > kJitterMax * static_cast<double>(distances.size())) {
    return invalid("the rows are not evenly spaced (the median distance is " + std::to_string(step / 1e9) +
                   " s): put them on a grid first, with SAMPLE BY or time_bucket");
  }
  if (jitter > 0) { step = distance(times.front(), times.back()) / static_cast<double>(slots.back()); }
  TimeGrid grid;
  grid.first = times.front();
  grid.step_ns = step;
  return grid;
}

}  // namespace

Timestamp TimeGrid::at(std::size_t index) const {
  if (step_months == 0) {
    const Wide ns = Wide{to_ns(first)} + static_cast<Wide>(std::round(step_ns * static_cast<double>(index)));
    return ns >= to_ns(kTimestampMax) ? kTimestampMax : timestamp_from_ns(static_cast<std::int64_t>(ns));
  }
  const Moment moment = moment_of(first);
  const std::int64_t month = moment.month + static_cast<std::int64_t>(index) * step_months;
  constexpr std::int64_t kLastMonth = std::int64_t{2262} * kMonthsPerYear + 2;  // kTimestampMax lies in April
  if (month > kLastMonth) { return kTimestampMax; }
  const std::chrono::year_month year_month = std::chrono::year(static_cast<int>(month / kMonthsPerYear)) /
                                             std::chrono::month(static_cast<unsigned>(month % kMonthsPerYear) + 1);
  const auto last = unsigned((year_month / std::chrono::last).day());
  const unsigned day = month_ends ? last : std::min(moment.day, last);
  return Timestamp(Days(year_month / std::chrono::day(day))) + Duration(moment.ns_of_day);
}

Result<GriddedSeries> to_grid(std::span<const Timestamp> times, SeriesView values) {
  if (times.size() < 2) {
    return invalid("the series has " + std::to_string(times.size()) + " rows with a value; at least 2 are needed");
  }
  for (std::size_t i = 1; i < times.size(); ++i) {
    if (times[i] <= times[i - 1]) { return invalid("times must ascend"); }
  }
  GriddedSeries series;
  if (auto calendar = calendar_grid(times, series.slots)) {
    series.grid = *calendar;
  } else {
    series.slots.clear();
    SF_TRY(grid, fixed_grid(times, series.slots));
    series.grid = grid;
  }
  const std::size_t count = series.slots.back() + 1;
  if (count > kSlotsPerRow * times.size() + kSlotsFree) {
    return invalid(std::to_string(times.size()) + " rows lie on a grid of " + std::to_string(count) +
                   " steps: too many gaps; aggregate to a wider step first, with SAMPLE BY or time_bucket");
  }
  series.values.assign(count, kMissing);
  for (std::size_t i = 0; i < times.size(); ++i) { series.values[series.slots[i]] = values[i]; }
  return series;
}

}  // namespace streamflow::analytics
