// Text of dates, times and intervals in results: RFC 3339 and ISO 8601, always UTC.
// Format:     timestamps `2024-03-01T12:00:00.250Z`; years outside 0000..9999 with a sign (`-0044-03-15`,
//             `+12024-01-01`, ISO 8601's expanded form); intervals `P1Y2M3DT4H5M6.700S`, each part with its own sign,
//             zero is `PT0S`. DuckDB's infinite dates and timestamps are `infinity` and `-infinity`.
// Threads:    pure functions.
// Errors:     none; every bit pattern has a text.
#pragma once

#include <cstdint>
#include <string>

namespace streamflow::query {

enum class TimeUnit : std::uint8_t { kSecond = 0, kMilli = 1, kMicro = 2, kNano = 3 };  // Arrow's numbers

enum class Fraction : std::uint8_t {
  kShortest,     // 0, 3, 6 or 9 digits, as many as the value needs
  kNanoseconds,  // always 9
};

// 1, 1'000, 1'000'000 or 1'000'000'000.
std::int64_t ticks_per_second(TimeUnit unit);

void append_timestamp(std::int64_t ticks, TimeUnit unit, Fraction fraction, std::string& out);
void append_date(std::int32_t days_since_epoch, std::string& out);
// `ticks` since midnight; 24:00:00 is allowed, as in DuckDB.
void append_time_of_day(std::int64_t ticks, TimeUnit unit, Fraction fraction, std::string& out);
void append_interval(std::int32_t months, std::int32_t days, std::int64_t micros, std::string& out);

}  // namespace streamflow::query
