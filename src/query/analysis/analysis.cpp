#include "query/analysis/analysis.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "analytics/forecast/forecast_request.h"

namespace streamflow::query {
namespace {

template <class Number>
Result<Number> parse(const std::string& name, const std::string& text, Number least, Number most,
                     const std::string& range) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (is_number && value >= least && value <= most) { return value; }
  return Error{ErrorCode::kInvalidArgument, name + " is " + (text.empty() ? "empty" : text) + "; wanted " + range};
}

std::string short_number(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

}  // namespace

const std::vector<Analysis>& analyses() {
  static const std::vector<std::string> forecasting = [] {
    std::vector<std::string> names = analytics::parameter_names();
    names.insert(names.end(), {"level", "method"});  // other words for `levels` and `model`
    return names;
  }();
  static const std::vector<std::string> backtesting{"model",  "method", "horizon", "level",   "levels",
                                                    "period", "folds",  "stride",  "training"};
  static const std::vector<Analysis> all{
      {"forecast", forecasting, bind_forecast},
      {"forecast_leaderboard", forecasting, bind_forecast_leaderboard},
      {"backtest", backtesting, bind_backtest},
      {"backtest_scores", backtesting, bind_backtest_scores},
      {"decompose", {"period", "robust"}, bind_decompose},
      {"seasonality", {"periods_max"}, bind_seasonality},
      {"stationarity", {}, bind_stationarity},
      {"anomalies", {"detector", "window_size", "period", "threshold"}, bind_anomalies},
      {"changepoints", {"model", "penalty", "length_min"}, bind_changepoints},
  };
  return all;
}

Status check_horizon(std::size_t horizon) {
  if (horizon >= 1 && horizon <= analytics::kHorizonMax) { return Ok{}; }
  return Error{ErrorCode::kInvalidArgument,
               "horizon is " + std::to_string(horizon) + "; wanted 1 to " + std::to_string(analytics::kHorizonMax)};
}

Status check_length(std::size_t steps) {
  if (steps <= kForecastStepsMax) { return Ok{}; }
  return Error{ErrorCode::kInvalidArgument, "the series has " + std::to_string(steps) + " steps, at most " +
                                                std::to_string(kForecastStepsMax) +
                                                " are forecast: aggregate first, with SAMPLE BY, or take a part"};
}

std::string level_suffix(const std::vector<double>& levels, double level) {
  return levels.size() == 1 ? std::string() : "_" + short_number(level);
}

void add_bound_columns(const std::vector<double>& levels, std::vector<AnalysisColumn>& columns) {
  for (const double level : levels) {
    columns.push_back({"lower" + level_suffix(levels, level), AnalysisType::kNumber});
    columns.push_back({"upper" + level_suffix(levels, level), AnalysisType::kNumber});
  }
}

const Analysis* find_analysis(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = std::ranges::find_if(analyses(), [&](const Analysis& analysis) { return analysis.name == lower; });
  return found == analyses().end() ? nullptr : &*found;
}

Result<std::uint64_t> whole_parameter(const AnalysisParameters& parameters, const std::string& name,
                                      std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) {
  const auto given = parameters.find(name);
  if (given == parameters.end()) { return otherwise; }
  return parse(name, given->second, least, most,
               "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<double> number_parameter(const AnalysisParameters& parameters, const std::string& name, double otherwise,
                                double least, double most) {
  const auto given = parameters.find(name);
  if (given == parameters.end()) { return otherwise; }
  return parse(name, given->second, least, most, "a number from " + short_number(least) + " to " + short_number(most));
}

}  // namespace streamflow::query
