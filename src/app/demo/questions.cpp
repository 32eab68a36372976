#include "app/demo/questions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "app/command/bench_signal.h"

namespace streamflow::app {

namespace {

using Row = std::vector<std::optional<std::string>>;

// A cell by column name as text; "" when it is NULL or missing.
std::string text(const ResultTable& table, const Row& row, std::string_view column) {
  const auto index = table.column(column);
  if (!index || *index >= row.size()) return {};
  return row[*index].value_or("");
}

double number(const ResultTable& table, const Row& row, std::string_view column) {
  const std::string value = text(table, row, column);
  double parsed = std::nan("");
  std::from_chars(value.data(), value.data() + value.size(), parsed);
  return parsed;
}

const Row* row_where(const ResultTable& table, std::string_view column, std::string_view value) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const Row& row) { return text(table, row, column) == value; });
  return found == table.rows.end() ? nullptr : &*found;
}

bool near(double value, double wanted, double tolerance) {
  return std::abs(value - wanted) <= tolerance;
}

Verdict returns(const ResultTable& table) {
  const Row* row = row_where(table, "year", "2008");
  const double found = row ? number(table, *row, "return_percent") : std::nan("");
  return {table.rows.size() == 21 && near(found, -37.6, 0.05),
          fmt::format("{} years; 2008 lost {}% (known: 21 years, 37.6%)", table.rows.size(), -found)};
}

Verdict wettest(const ResultTable& table) {
  if (table.rows.empty()) return {false, "no months found"};
  const std::string month = text(table, table.rows[0], "month");
  const double mm = number(table, table.rows[0], "rain_mm");
  return {month == "2015-12" && near(mm, 284.5, 0.05),
          fmt::format("the wettest month is {} with {} mm (known: 2015-12, 284.5 mm)", month, mm)};
}

Verdict growth(const ResultTable& table) {
  const Row* sixties = row_where(table, "decade", "1960");
  const Row* tens = row_where(table, "decade", "2010");
  const double then = sixties ? number(table, *sixties, "ppm_per_year") : std::nan("");
  const double now = tens ? number(table, *tens, "ppm_per_year") : std::nan("");
  return {near(then, 0.77, 0.01) && near(now, 2.39, 0.01),
          fmt::format("CO2 grew {} ppm a year in the 1960s, {} in the 2010s (known: 0.77, 2.39)", then, now)};
}

Verdict busiest(const ResultTable& table) {
  if (table.rows.empty()) return {false, "no airports found"};
  const std::string origin = text(table, table.rows[0], "origin");
  const double departures = number(table, table.rows[0], "departures");
  return {origin == "ORD" && departures == 166341,
          fmt::format("{} leads with {:.0f} departures (known: ORD, 166341)", origin, departures)};
}

Verdict rms(const ResultTable& table) {
  double worst = 0;
  for (const BenchChannel& channel : kBenchChannels) {
    const Row* row = row_where(table, "channel_id", channel.id);
    const double found = row ? number(table, *row, "typical_rms") : std::nan("");
    const double expected = expected_rms(channel);
    worst = std::max(worst, std::isnan(found) ? 100.0 : 100 * std::abs(found - expected) / expected);
  }
  const BenchChannel& burst = kBenchChannels[kBenchTransientChannel];
  const Row* row = row_where(table, "channel_id", burst.id);
  const std::string when = row ? text(table, *row, "loudest_at") : "";
  return {worst < 2 && table.rows.size() == kBenchChannels.size() && when == "00:01:00",
          fmt::format("every RMS is within {:.2f}% of the signal's formula; the transient on {} is found at {}", worst,
                      burst.id, when)};
}

Verdict live(const ResultTable& table) {
  const Row* all = row_where(table, "core", "all");
  if (all == nullptr) return {false, "no live CPU samples found"};
  const double busy = number(table, *all, "busy_percent");
  const double samples = number(table, *all, "samples");
  return {samples >= 2 && busy >= 0 && busy <= 100 && table.rows.size() >= 2,
          fmt::format("{:.0f} samples of {} cores arrived in the last minute", samples, table.rows.size() - 1)};
}

}  // namespace

const std::vector<Question>& all_questions() {
  static const std::vector<Question> questions{
      {"What did the S&P 500 return, year by year?",
       "SELECT year(time) AS year,\n"
       "       round(first(close ORDER BY time), 2) AS first_close,\n"
       "       round(last(close ORDER BY time), 2) AS last_close,\n"
       "       round(100 * (last(close ORDER BY time) / first(close ORDER BY time) - 1), 1) AS return_percent\n"
       "FROM sp500 GROUP BY ALL ORDER BY year",
       &returns},
      {"Which month was the wettest in Seattle?",
       "SELECT strftime(date_trunc('month', time), '%Y-%m') AS month,\n"
       "       round(sum(precipitation), 1) AS rain_mm,\n"
       "       count(*) FILTER (precipitation > 0) AS wet_days\n"
       "FROM seattle_weather GROUP BY ALL ORDER BY rain_mm DESC LIMIT 5",
       &wettest},
      {"How fast does CO2 in the air grow, decade by decade?",
       "SELECT year(time) // 10 * 10 AS decade,\n"
       "       round(avg(\"CO2\"), 1) AS mean_ppm,\n"
       "       round(regr_slope(\"CO2\", epoch(time) / 31556952), 2) AS ppm_per_year\n"
       "FROM co2 GROUP BY ALL HAVING count(*) > 100 ORDER BY decade",
       &growth},
      {"Which airports are the busiest among 3 million flights, and how late do they run?",
       "SELECT origin, count(*) AS departures,\n"
       "       round(avg(delay), 1) AS mean_delay_minutes,\n"
       "       round(100 * avg(CASE WHEN delay > 15 THEN 1 ELSE 0 END), 1) AS late_percent\n"
       "FROM flights GROUP BY origin ORDER BY departures DESC LIMIT 6",
       &busiest},
      {"How strong is each test-bench signal, and when did something happen?",
       "WITH windows AS (\n"
       "  SELECT channel_id, time_bucket(INTERVAL '10 seconds', time) AS begins, sqrt(avg(value * value)) AS rms\n"
       "  FROM test_bench GROUP BY ALL)\n"
       "SELECT channel_id, round(median(rms), 4) AS typical_rms, round(max(rms), 4) AS loudest_rms,\n"
       "       strftime(arg_max(begins, rms), '%H:%M:%S') AS loudest_at\n"
       "FROM windows GROUP BY channel_id ORDER BY channel_id",
       &rms},
      {"How busy is this machine right now?",
       "SELECT core, count(*) AS samples,\n"
       "       round(avg(busy_percent), 1) AS busy_percent, round(max(busy_percent), 1) AS peak_percent\n"
       "FROM host_cpu WHERE time > now() - INTERVAL '1 minute' GROUP BY core ORDER BY core DESC LIMIT 9",
       &live},
  };
  return questions;
}

}  // namespace streamflow::app
