#include "query/results/result_time_text.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace streamflow::query {

namespace {

constexpr std::array<std::int64_t, 4> kTicksPerSecond = {1, 1'000, 1'000'000, 1'000'000'000};
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::uint32_t kNanosPerSecond = 1'000'000'000;

struct Split {
  std::int64_t quotient;
  std::int64_t rest;  // 0 <= rest < divisor
};

Split floor_divide(std::int64_t value, std::int64_t divisor) {
  std::int64_t quotient = value / divisor;
  std::int64_t rest = value % divisor;
  if (rest < 0) {
    rest += divisor;
    --quotient;
  }
  return {quotient, rest};
}

// Writes text forward into a buffer that is large enough for any timestamp (at most 12 + 6 + 10 + 10 bytes).
class Cursor {
 public:
  void put(char c) { buffer_[size_++] = c; }
  void digits(std::uint32_t value, std::size_t count) {
    for (std::size_t i = count; i-- > 0; value /= 10) buffer_[size_ + i] = static_cast<char>('0' + value % 10);
    size_ += count;
  }
  void number(std::uint64_t value) {
    const auto result = std::to_chars(buffer_.data() + size_, buffer_.data() + buffer_.size(), value);
    size_ = static_cast<std::size_t>(result.ptr - buffer_.data());
  }
  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  std::array<char, 64> buffer_;
  std::size_t size_ = 0;
};

void put_year(std::int64_t year, Cursor& cursor) {
  if (year < 0) cursor.put('-');
  if (year > 9999) cursor.put('+');
  const auto magnitude = static_cast<std::uint64_t>(std::llabs(year));
  if (magnitude <= 9999) {
    cursor.digits(static_cast<std::uint32_t>(magnitude), 4);
  } else {
    cursor.number(magnitude);
  }
}

// Days to the proleptic Gregorian calendar; the algorithm of Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms", civil_from_days: an era is 400 years or 146,097 days, a year starts in March.
void put_date(std::int64_t days, Cursor& cursor) {
  const auto [era, day_of_era] = floor_divide(days + 719'468, 146'097);
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  put_year(year_of_era + era * 400 + (month <= 2 ? 1 : 0), cursor);
  cursor.put('-');
  cursor.digits(static_cast<std::uint32_t>(month), 2);
  cursor.put('-');
  cursor.digits(static_cast<std::uint32_t>(day), 2);
}

void put_fraction(std::uint32_t nanos, Fraction fraction, Cursor& cursor) {
  if (nanos == 0 && fraction == Fraction::kShortest) return;
  cursor.put('.');
  if (fraction == Fraction::kNanoseconds || nanos % 1'000 != 0) {
    cursor.digits(nanos, 9);
  } else if (nanos % 1'000'000 != 0) {
    cursor.digits(nanos / 1'000, 6);
  } else {
    cursor.digits(nanos / 1'000'000, 3);
  }
}

// `seconds` of a day, up to and including 86,400.
void put_clock(std::int64_t seconds, std::uint32_t nanos, Fraction fraction, Cursor& cursor) {
  cursor.digits(static_cast<std::uint32_t>(seconds / 3'600), 2);
  cursor.put(':');
  cursor.digits(static_cast<std::uint32_t>(seconds / 60 % 60), 2);
  cursor.put(':');
  cursor.digits(static_cast<std::uint32_t>(seconds % 60), 2);
  put_fraction(nanos, fraction, cursor);
}

// DuckDB's infinities: the largest integer and its negative.
template <class Integer>
bool append_infinity(Integer value, std::string& out) {
  if (value == std::numeric_limits<Integer>::max()) {
    out += "infinity";
    return true;
  }
  if (value == -std::numeric_limits<Integer>::max()) {
    out += "-infinity";
    return true;
  }
  return false;
}

void append_part(std::int64_t value, char unit, std::string& out) {
  if (value == 0) return;
  out += std::to_string(value);
  out += unit;
}

}  // namespace

std::int64_t ticks_per_second(TimeUnit unit) {
  return kTicksPerSecond[static_cast<std::size_t>(unit)];
}

void append_timestamp(std::int64_t ticks, TimeUnit unit, Fraction fraction, std::string& out) {
  if (append_infinity(ticks, out)) return;
  const std::int64_t per_second = ticks_per_second(unit);
  const auto [seconds, sub_ticks] = floor_divide(ticks, per_second);
  const auto [days, second_of_day] = floor_divide(seconds, kSecondsPerDay);
  Cursor cursor;
  put_date(days, cursor);
  cursor.put('T');
  put_clock(second_of_day, static_cast<std::uint32_t>(sub_ticks * (kNanosPerSecond / per_second)), fraction, cursor);
  cursor.put('Z');
  out += cursor.text();
}

void append_date(std::int32_t days_since_epoch, std::string& out) {
  if (append_infinity(days_since_epoch, out)) return;
  Cursor cursor;
  put_date(days_since_epoch, cursor);
  out += cursor.text();
}

void append_time_of_day(std::int64_t ticks, TimeUnit unit, Fraction fraction, std::string& out) {
  const std::int64_t per_second = ticks_per_second(unit);
  const auto [seconds, sub_ticks] = floor_divide(ticks, per_second);
  const bool in_day = seconds >= 0 && seconds <= kSecondsPerDay;
  Cursor cursor;
  put_clock(in_day ? seconds : floor_divide(seconds, kSecondsPerDay).rest,
            static_cast<std::uint32_t>(sub_ticks * (kNanosPerSecond / per_second)), fraction, cursor);
  out += cursor.text();
}

void append_interval(std::int32_t months, std::int32_t days, std::int64_t micros, std::string& out) {
  if (months == 0 && days == 0 && micros == 0) {
    out += "PT0S";
    return;
  }
  out += 'P';
  append_part(months / 12, 'Y', out);
  append_part(months % 12, 'M', out);
  append_part(days, 'D', out);
  if (micros == 0) return;
  out += 'T';
  append_part(micros / 3'600'000'000, 'H', out);
  append_part(micros / 60'000'000 % 60, 'M', out);
  const std::int64_t rest = micros % 60'000'000;
  if (rest == 0) return;
  Cursor cursor;
  if (rest < 0) cursor.put('-');
  const auto magnitude = static_cast<std::uint64_t>(std::llabs(rest));
  cursor.number(magnitude / 1'000'000);
  put_fraction(static_cast<std::uint32_t>(magnitude % 1'000'000) * 1'000, Fraction::kShortest, cursor);
  cursor.put('S');
  out += cursor.text();
}

}  // namespace streamflow::query
