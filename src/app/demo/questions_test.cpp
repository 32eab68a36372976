#include "app/demo/questions.h"

#include <gtest/gtest.h>

#include <sstream>

#include "app/command/bench_signal.h"
#include "app/demo/tour.h"

namespace streamflow::app {
namespace {

ResultTable table(std::vector<std::string> names, std::vector<std::vector<std::string>> rows) {
  ResultTable out;
  for (std::string& name : names) out.columns.push_back({std::move(name), "VARCHAR"});
  for (const auto& row : rows) out.rows.emplace_back(row.begin(), row.end());
  return out;
}

Verdict verdict(std::size_t question, const ResultTable& answer) {
  return all_questions()[question].verdict(answer);
}

TEST(Questions, SixOfThemAndNoneAcceptsAnEmptyAnswer) {
  ASSERT_EQ(all_questions().size(), 6U);
  for (const Question& question : all_questions()) {
    SCOPED_TRACE(std::string(question.title));
    EXPECT_FALSE(question.verdict(ResultTable{}).holds);
  }
}

TEST(Questions, KnownAnswersHoldAndOthersDoNot) {
  const auto month = [](const char* name, const char* rain) { return table({"month", "rain_mm"}, {{name, rain}}); };
  EXPECT_TRUE(verdict(1, month("2015-12", "284.5")).holds);
  EXPECT_FALSE(verdict(1, month("2015-12", "284.7")).holds);
  EXPECT_FALSE(verdict(1, month("2014-03", "284.5")).holds);
  const auto decades = [](const char* then, const char* now) {
    return table({"decade", "ppm_per_year"}, {{"1960", then}, {"2010", now}});
  };
  EXPECT_TRUE(verdict(2, decades("0.77", "2.39")).holds);
  EXPECT_FALSE(verdict(2, decades("0.77", "1.39")).holds);
  const auto airport = [](const char* departures) { return table({"origin", "departures"}, {{"ORD", departures}}); };
  EXPECT_TRUE(verdict(3, airport("166341")).holds);
  EXPECT_FALSE(verdict(3, airport("166340")).holds);
  const auto cpu = [](const char* busy) {
    return table({"core", "samples", "busy_percent"}, {{"all", "5", busy}, {"0", "5", busy}});
  };
  EXPECT_TRUE(verdict(5, cpu("12.5")).holds);
  EXPECT_FALSE(verdict(5, cpu("101")).holds);
}

TEST(Questions, ReturnsNeedAllYears) {
  ResultTable years = table({"year", "return_percent"}, {});
  for (int year = 2000; year <= 2020; ++year) {
    years.rows.push_back({std::to_string(year), year == 2008 ? "-37.6" : "1"});
  }
  EXPECT_TRUE(verdict(0, years).holds);
  years.rows.pop_back();
  EXPECT_FALSE(verdict(0, years).holds);
}

TEST(Questions, TheBenchMustMatchItsFormula) {
  ResultTable answer = table({"channel_id", "typical_rms", "loudest_at"}, {});
  for (const BenchChannel& channel : kBenchChannels) {
    answer.rows.push_back({std::string(channel.id), std::to_string(expected_rms(channel)), "00:01:00"});
  }
  EXPECT_TRUE(verdict(4, answer).holds) << verdict(4, answer).what;
  answer.rows[3][1] = std::to_string(1.05 * expected_rms(kBenchChannels[3]));
  EXPECT_FALSE(verdict(4, answer).holds);
}

TEST(Tour, CountsFailedChecks) {
  std::ostringstream out;
  Tour tour(out, {});
  tour.heading("Start");
  EXPECT_TRUE(tour.check(true, "one"));
  EXPECT_FALSE(tour.check(false, "two"));
  tour.show("a\nb\n");
  EXPECT_EQ(tour.failures(), 1);
  EXPECT_EQ(tour.checks(), 2);
  EXPECT_EQ(out.str(), "\n1. Start\n\n   ok: one\n   FAILED: two\n   a\n   b\n");
}

}  // namespace
}  // namespace streamflow::app
