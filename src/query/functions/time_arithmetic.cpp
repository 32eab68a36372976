#include "query/functions/time_arithmetic.h"

#include <limits>

#include "duckdb/common/exception.hpp"
#include "duckdb/common/types/date.hpp"

namespace streamflow::query {

namespace {

using duckdb::Date;
using duckdb::date_t;
using duckdb::DatePartSpecifier;
using Wide = WideNs;  // holds any sum or product of nanoseconds here

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::int64_t in_range(Wide ns) {
  if (ns <= -Wide{kMax} || ns >= Wide{kMax}) {
    throw duckdb::OutOfRangeException("the time is outside the range of nanoseconds, years 1677 to 2262");
  }
  return static_cast<std::int64_t>(ns);
}

// The end of a bucket may lie just beyond the range; no time does.
std::int64_t clamped(Wide ns) {
  return ns > kMax ? kMax : ns < kMin ? kMin : static_cast<std::int64_t>(ns);
}

std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

date_t date_of(std::int64_t ns) {
  return date_t(static_cast<std::int32_t>(floor_divide(ns, kNsPerDay)));
}
Wide ns_of(date_t date) {
  return Wide{date.days} * kNsPerDay;
}

struct Month {
  std::int64_t index = 0;  // months since January of year 0
  std::int32_t day = 1;
};

Month month_of(date_t date) {
  std::int32_t year = 0;
  std::int32_t month = 0;
  std::int32_t day = 0;
  Date::Convert(date, year, month, day);
  return {std::int64_t{year} * 12 + month - 1, day};
}

date_t first_day(std::int64_t month_index) {
  const std::int64_t year = floor_divide(month_index, 12);
  if (year < -290'000 || year > 290'000) in_range(Wide{kMax});  // throws: far beyond any nanosecond
  return Date::FromDate(static_cast<std::int32_t>(year), static_cast<std::int32_t>(month_index - year * 12) + 1, 1);
}

// The day of the month stays, or becomes the last one: January 31 plus a month is February 28 or 29.
Wide add_months(std::int64_t ns, std::int64_t months) {
  if (months == 0) return ns;
  const date_t date = date_of(ns);
  const Month month = month_of(date);
  const date_t first = first_day(month.index + months);
  std::int32_t year = 0;
  std::int32_t number = 0;
  std::int32_t day = 0;
  Date::Convert(first, year, number, day);
  const std::int32_t last_day = Date::MonthDays(year, number);
  const date_t moved(first.days + (month.day < last_day ? month.day : last_day) - 1);
  return ns_of(moved) + (ns - ns_of(date));
}

std::int64_t shifted(std::int64_t ns, const duckdb::interval_t& interval, int sign) {
  if (is_infinite_time(ns)) return ns;
  const std::int64_t moved = in_range(add_months(ns, std::int64_t{sign} * interval.months));
  return in_range(moved + Wide{sign} * (Wide{interval.days} * kNsPerDay + Wide{interval.micros} * 1000));
}

TimeBucket fixed_bucket(std::int64_t ns, std::int64_t origin_ns, std::int64_t width_ns) {
  const Wide distance = Wide{ns} - origin_ns;
  Wide count = distance / width_ns;
  if (distance % width_ns < 0) --count;
  const Wide begin = Wide{origin_ns} + count * width_ns;
  return {clamp_to_time(begin), clamped(begin + width_ns)};
}

TimeBucket months_bucket(std::int64_t first_month, std::int64_t month_count) {
  return {clamp_to_time(ns_of(first_day(first_month))), clamped(ns_of(first_day(first_month + month_count)))};
}

TimeBucket calendar_bucket(std::int64_t ns, std::int64_t month_count) {
  const std::int64_t month = month_of(date_of(ns)).index;
  return months_bucket(month / month_count * month_count, month_count);
}

// From the Monday of ISO week 1 to the next year's.
TimeBucket iso_year_bucket(std::int64_t ns) {
  const auto start = [](date_t date) {
    date_t monday = Date::GetMondayOfCurrentWeek(date);
    monday.days -= (Date::ExtractISOWeekNumber(monday) - 1) * 7;
    return monday;
  };
  const date_t begin = start(date_of(ns));
  return {clamp_to_time(ns_of(begin)), clamped(ns_of(start(date_t(begin.days + 53 * 7))))};
}

}  // namespace

bool is_infinite_time(std::int64_t ns) {
  return ns == kMax || ns == -kMax;
}

std::int64_t clamp_to_time(Wide ns) {
  constexpr Wide kFirst = -Wide{kMax} + 1;
  constexpr Wide kLast = Wide{kMax} - 1;
  return static_cast<std::int64_t>(ns < kFirst ? kFirst : ns > kLast ? kLast : ns);
}

std::int64_t add_interval(std::int64_t ns, const duckdb::interval_t& interval) {
  return shifted(ns, interval, 1);
}
std::int64_t subtract_interval(std::int64_t ns, const duckdb::interval_t& interval) {
  return shifted(ns, interval, -1);
}

duckdb::interval_t difference(std::int64_t left_ns, std::int64_t right_ns) {
  if (is_infinite_time(left_ns) || is_infinite_time(right_ns)) {
    throw duckdb::InvalidInputException("cannot subtract infinite timestamps");
  }
  const Wide distance = Wide{left_ns} - right_ns;
  duckdb::interval_t interval;
  interval.months = 0;
  interval.days = static_cast<std::int32_t>(distance / kNsPerDay);
  interval.micros = static_cast<std::int64_t>(distance % kNsPerDay / 1000);
  return interval;
}

TimeBucket truncate(DatePartSpecifier unit, std::int64_t ns) {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  switch (unit) {
    case DatePartSpecifier::MICROSECONDS: return fixed_bucket(ns, 0, 1'000);
    case DatePartSpecifier::MILLISECONDS: return fixed_bucket(ns, 0, 1'000'000);
    case DatePartSpecifier::SECOND:
    case DatePartSpecifier::EPOCH: return fixed_bucket(ns, 0, kNsPerSecond);
    case DatePartSpecifier::MINUTE: return fixed_bucket(ns, 0, 60 * kNsPerSecond);
    case DatePartSpecifier::HOUR: return fixed_bucket(ns, 0, 3600 * kNsPerSecond);
    case DatePartSpecifier::DAY:
    case DatePartSpecifier::DOW:
    case DatePartSpecifier::ISODOW:
    case DatePartSpecifier::DOY:
    case DatePartSpecifier::JULIAN_DAY: return fixed_bucket(ns, 0, kNsPerDay);
    case DatePartSpecifier::WEEK:
    case DatePartSpecifier::YEARWEEK: return fixed_bucket(ns, kBucketOriginNs, 7 * kNsPerDay);
    case DatePartSpecifier::MONTH: return calendar_bucket(ns, 1);
    case DatePartSpecifier::QUARTER: return calendar_bucket(ns, 3);
    case DatePartSpecifier::YEAR: return calendar_bucket(ns, 12);
    case DatePartSpecifier::DECADE: return calendar_bucket(ns, 120);
    case DatePartSpecifier::CENTURY: return calendar_bucket(ns, 1200);
    case DatePartSpecifier::MILLENNIUM: return calendar_bucket(ns, 12000);
    case DatePartSpecifier::ISOYEAR: return iso_year_bucket(ns);
    default: throw duckdb::InvalidInputException("date_trunc: this unit cannot truncate a time");
  }
}

BucketWidth::BucketWidth(const duckdb::interval_t& width) : months_(width.months) {
  const Wide shorter = Wide{width.days} * kNsPerDay + Wide{width.micros} * 1000;
  if (months_ != 0 && shorter != 0) {
    throw duckdb::InvalidInputException("time_bucket: a width of months cannot also have days or time");
  }
  if (months_ < 0 || shorter < 0 || (months_ == 0 && shorter == 0)) {
    throw duckdb::InvalidInputException("time_bucket: the width must be more than zero");
  }
  ns_ = in_range(shorter);
}

TimeBucket BucketWidth::bucket_of(std::int64_t ns, std::int64_t origin_ns) const {
  if (is_infinite_time(ns)) return {ns, ns};  // contains nothing: never reused for another time
  if (months_ == 0) return fixed_bucket(ns, origin_ns, ns_);
  const std::int64_t origin = month_of(date_of(origin_ns)).index;
  const std::int64_t month = month_of(date_of(ns)).index;
  return months_bucket(origin + floor_divide(month - origin, months_) * months_, months_);
}

TimeBucket BucketWidth::bucket_with_offset(std::int64_t ns, const duckdb::interval_t& offset) const {
  if (is_infinite_time(ns)) return {ns, ns};
  const Wide shorter = Wide{offset.days} * kNsPerDay + Wide{offset.micros} * 1000;
  if (months_ == 0 && offset.months == 0) {
    return bucket_of(ns, static_cast<std::int64_t>(kBucketOriginNs + shorter % ns_));
  }
  const std::int64_t moved = clamp_to_time(add_months(ns, -std::int64_t{offset.months}) - shorter);
  const TimeBucket bucket = bucket_of(moved, default_origin_ns());
  const auto back = [&](std::int64_t edge) { return add_months(edge, offset.months) + shorter; };
  const std::int64_t begin = clamp_to_time(back(bucket.begin));
  return {begin < ns ? begin : ns, clamped(back(bucket.end))};  // `moved` may have been held at the first time
}

}  // namespace streamflow::query
