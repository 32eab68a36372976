#include "query/analysis/analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "query/analysis/analysis_aggregate.h"

namespace streamflow::query {
namespace {

using testing::HasSubstr;

std::size_t length_of(const AnalysisValues& values) {
  return std::visit([](const auto& column) { return column.size(); }, values);
}

bool has_type(const AnalysisValues& values, AnalysisType type) {
  switch (type) {
    case AnalysisType::kTime:
    case AnalysisType::kInteger: return std::holds_alternative<std::vector<std::int64_t>>(values);
    case AnalysisType::kNumber: return std::holds_alternative<std::vector<double>>(values);
    case AnalysisType::kText: return std::holds_alternative<std::vector<std::string>>(values);
    case AnalysisType::kBoolean: return std::holds_alternative<std::vector<std::uint8_t>>(values);
  }
  return false;
}

// What an analysis answers is what it promised when it was bound: names and types, all columns of one length, and no
// infinity for finite rows.
void check_answer(const Analysis& analysis, const std::vector<Timestamp>& times, const std::vector<double>& values,
                  const AnalysisParameters& parameters = {}) {
  SCOPED_TRACE(std::string(analysis.name) + " of " + std::to_string(values.size()) + " rows");
  const Result<BoundAnalysis> bound = analysis.bind(parameters);
  ASSERT_TRUE(bound.has_value()) << bound.error().message;
  const Result<AnalysisTable> table = bound->run({times, values, [] { return false; }});
  if (!table.has_value()) {
    EXPECT_EQ(table.error().code, ErrorCode::kInvalidArgument);
    EXPECT_FALSE(table.error().message.empty());
    return;
  }
  ASSERT_EQ(table->size(), bound->columns.size());
  for (std::size_t c = 0; c < table->size(); ++c) {
    SCOPED_TRACE(bound->columns[c].name);
    EXPECT_EQ(length_of((*table)[c]), length_of((*table)[0]));
    ASSERT_TRUE(has_type((*table)[c], bound->columns[c].type));
    const auto* numbers = std::get_if<std::vector<double>>(&(*table)[c]);
    for (std::size_t i = 0; numbers != nullptr && i < numbers->size(); ++i) { EXPECT_FALSE(std::isinf((*numbers)[i])); }
  }
}

std::vector<Timestamp> hours(std::size_t count) {
  std::vector<Timestamp> times;
  for (std::size_t i = 0; i < count; ++i) {
    times.push_back(timestamp_from_ns(1'700'000'000'000'000'000 + static_cast<std::int64_t>(i) * 3'600'000'000'000));
  }
  return times;
}

TEST(Analysis, AnswersWhatItPromisedForSeriesOfEveryKind) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise;
  std::vector<double> seasonal, constant(60, 3.25), huge, zeros(60, 0.0), lumpy;
  for (int i = 0; i < 60; ++i) {
    seasonal.push_back(10 * std::sin(i / 12.0 * 6.283185307179586) + 0.3 * i + noise(random));
    huge.push_back(i % 2 == 0 ? 1e308 : -1e308);
    lumpy.push_back(i % 7 == 0 ? 4 : 0);
  }
  for (const Analysis& analysis : analyses()) {
    for (const auto& values : {seasonal, constant, huge, zeros, lumpy}) {
      check_answer(analysis, hours(values.size()), values);
      for (const std::size_t few : {0U, 1U, 2U, 3U}) {
        check_answer(analysis, hours(few), std::vector(values.begin(), values.begin() + few));
      }
    }
  }
}

TEST(Analysis, EveryModelAnswersThroughTheSameDoor) {
  const Analysis* forecast = find_analysis("Forecast");
  ASSERT_NE(forecast, nullptr);
  std::vector<double> values;
  for (int i = 0; i < 48; ++i) { values.push_back(100 + i % 12); }
  for (const char* model :
       {"fast", "naive", "seasonal_naive", "drift", "mean", "ses", "holt", "theta", "ets", "arima"}) {
    check_answer(*forecast, hours(values.size()), values, {{"model", model}, {"horizon", "5"}, {"levels", "50,99"}});
  }
}

TEST(Analysis, RefusesParametersByNameAndRange) {
  const auto says = [](const char* analysis, const AnalysisParameters& parameters) {
    const auto bound = find_analysis(analysis)->bind(parameters);
    return bound.has_value() ? std::string() : bound.error().message;
  };
  EXPECT_THAT(says("decompose", {{"period", "1"}}), HasSubstr("period is 1; wanted a whole number from 2 to"));
  EXPECT_THAT(says("decompose", {{"period", "x"}}), HasSubstr("period is x"));
  EXPECT_THAT(says("decompose", {{"robust", "maybe"}}), HasSubstr("robust is maybe"));
  EXPECT_THAT(says("seasonality", {{"periods_max", "99"}}), HasSubstr("1 to 10"));
  EXPECT_THAT(says("anomalies", {{"detector", "?"}}), HasSubstr("there are: default, zscore"));
  EXPECT_THAT(says("anomalies", {{"threshold", "-1"}}), HasSubstr("threshold is -1"));
  EXPECT_THAT(says("changepoints", {{"model", "?"}}), HasSubstr("auto, mean"));
  EXPECT_THAT(says("backtest", {{"folds", "0"}}), HasSubstr("folds is 0"));
  EXPECT_THAT(says("backtest", {{"training", "all"}}), HasSubstr("'expanding' or 'sliding'"));
  EXPECT_THAT(says("forecast", {{"model", "?"}}), HasSubstr("arima"));
  EXPECT_THAT(says("forecast", {{"level", "100"}}), HasSubstr("level"));
}

TEST(Analysis, ParametersTravelThroughTheStatementAsTheyAre) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 500; ++round) {
    AnalysisParameters parameters;
    std::string encoded;
    for (const char* name : {"model", "level", "x"}) {
      std::string value;
      for (std::uint64_t n = random() % 12; n > 0; --n) { value += "ab\\\n=n',;"[random() % 10]; }
      parameters[name] = value;
      encoded += encode_parameter(name, value);
    }
    ASSERT_EQ(decode_parameters(encoded), parameters) << "round " << round;
  }
}

}  // namespace
}  // namespace streamflow::query
