#include "analytics/forecast/forecast_request.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "analytics/decompose/missing.h"
#include "analytics/decompose/period.h"
#include "analytics/forecast/automatic.h"
#include "analytics/forecast/metrics.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status check_request(const ForecastRequest& request, std::size_t length) {
  if (request.horizon == 0 || request.horizon > kHorizonMax) {
    return invalid("forecast: horizon " + std::to_string(request.horizon) + " is outside 1 to " +
                   std::to_string(kHorizonMax));
  }
  if (request.levels.size() > kLevelsMax) {
    return invalid("forecast: got " + std::to_string(request.levels.size()) + " levels, at most " +
                   std::to_string(kLevelsMax));
  }
  for (const double level : request.levels) {
    if (!(level > 0 && level < 100)) {
      return invalid("forecast: level " + std::to_string(level) + " is not inside (0, 100) percent");
    }
  }
  if (request.holdout > 0 && request.holdout >= length) {
    return invalid("forecast: a holdout of " + std::to_string(request.holdout) + " steps leaves nothing of " +
                   std::to_string(length) + " values");
  }
  return Ok{};
}

Result<std::size_t> period_of(SeriesView series, const ForecastRequest& request) {
  if (request.period) { return std::max<std::size_t>(*request.period, 1); }
  return strongest_period(series);
}

struct Fitted {
  FittedModelPointer model;
  std::vector<ModelRank> leaderboard;
  std::string explanation;
};

// "auto" is asked for its leaderboard; every other model is its recipe.
Result<Fitted> fit_named(SeriesView series, std::size_t period, const ForecastRequest& request, std::size_t horizon) {
  SF_TRY(recipe, make_model(request.model, horizon));
  if (recipe->name() != "Automatic") {
    SF_TRY(model, recipe->fit(series, period));
    return Fitted{std::move(model), {}, {}};
  }
  AutomaticOptions options;
  options.horizon = horizon;
  options.out_of_time = request.out_of_time;
  SF_TRY(automatic, fit_automatic(series, period, options));
  Fitted out{std::move(automatic.model), {}, std::move(automatic.explanation)};
  for (const CandidateResult& result : automatic.leaderboard) {
    out.leaderboard.push_back({result.name, result.error, result.weight, result.note});
  }
  return out;
}

// Of the steps that are there: gaps in the holdout do not count.
Result<HoldoutScores> score_holdout(SeriesView filled, SeriesView original, std::size_t period,
                                    const ForecastRequest& request) {
  const SeriesView training = filled.first(filled.size() - request.holdout);
  SF_TRY(fitted, fit_named(training, period, request, request.holdout));
  SF_TRY(forecast, fitted.model->predict(request.holdout, request.levels));
  Series actual, mean;
  std::vector<ForecastInterval> intervals(request.levels.size());
  for (std::size_t h = 0; h < request.holdout; ++h) {
    const double value = original[training.size() + h];
    if (std::isnan(value)) { continue; }
    actual.push_back(value);
    mean.push_back(forecast.mean[h]);
    for (std::size_t k = 0; k < intervals.size(); ++k) {
      intervals[k].lower.push_back(forecast.intervals[k].lower[h]);
      intervals[k].upper.push_back(forecast.intervals[k].upper[h]);
    }
  }
  if (actual.empty()) { return invalid("forecast: every value of the holdout is missing; choose a longer one"); }
  HoldoutScores scores;
  SF_TRY(absolute, mean_absolute_error(actual, mean));
  SF_TRY(squared, root_mean_squared_error(actual, mean));
  SF_TRY(percentage, symmetric_percentage_error(actual, mean));
  scores.mean_absolute_error = absolute;
  scores.root_mean_squared_error = squared;
  scores.symmetric_percentage_error = percentage;
  if (const auto scale = absolute_scale(training, period); scale.has_value()) {
    scores.mean_absolute_scaled_error = absolute / *scale;
  }
  for (const ForecastInterval& interval : intervals) {
    SF_TRY(inside, coverage(actual, interval));
    scores.coverage.push_back(inside);
  }
  return scores;
}

Result<std::size_t> parse_count(const std::string& name, const std::string& value) {
  std::size_t count = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (fault != std::errc() || end != value.data() + value.size()) {
    return invalid("forecast: " + name + " '" + value + "' is not a whole number");
  }
  return count;
}

Result<std::vector<double>> parse_levels(const std::string& value) {
  std::vector<double> levels;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find(',', begin), value.size());
    const std::string word = value.substr(begin, end - begin);
    const std::size_t first = word.find_first_not_of(' ');
    const std::size_t last = word.find_last_not_of(' ');
    double level = 0;
    const char* from = first == std::string::npos ? word.data() : word.data() + first;
    const char* to = first == std::string::npos ? word.data() : word.data() + last + 1;
    const auto [stop, fault] = std::from_chars(from, to, level);
    if (fault != std::errc() || stop != to || !(level > 0 && level < 100)) {
      return invalid("forecast: level '" + word + "' is not a number inside (0, 100) percent");
    }
    levels.push_back(level);
    begin = end + 1;
  }
  return levels;
}

}  // namespace

std::vector<std::string> parameter_names() {
  return {"model", "horizon", "levels", "period", "holdout"};
}

Status set_parameter(ForecastRequest& request, const std::string& name, const std::string& value) {
  if (name == "model" || name == "method") {
    SF_CHECK(make_model(value));
    request.model = value;
  } else if (name == "horizon") {
    SF_TRY(horizon, parse_count(name, value));
    request.horizon = horizon;
  } else if (name == "levels" || name == "level") {
    SF_TRY(levels, parse_levels(value));
    request.levels = levels;
  } else if (name == "period") {
    if (value == "auto") {
      request.period.reset();
      return Ok{};
    }
    SF_TRY(period, parse_count(name, value));
    request.period = period;
  } else if (name == "holdout") {
    SF_TRY(holdout, parse_count(name, value));
    request.holdout = holdout;
  } else {
    std::string names;
    for (const std::string& known : parameter_names()) { names += (names.empty() ? "" : ", ") + known; }
    return invalid("forecast: there is no parameter '" + name + "'; there are " + names);
  }
  return Ok{};
}

Result<ForecastAnswer> forecast(SeriesView series, const ForecastRequest& request) {
  SF_CHECK(check_request(request, series.size()));
  SF_CHECK(make_model(request.model));
  SF_TRY(gapless, fill_missing(series, 1));
  SF_TRY(period, period_of(gapless.values, request));
  SF_TRY(filled, fill_missing(series, period));
  ForecastAnswer answer;
  answer.period = period;
  answer.filled = filled.filled;
  if (request.holdout > 0) {
    SF_TRY(scores, score_holdout(filled.values, series, period, request));
    answer.holdout = std::move(scores);
  }
  SF_TRY(fitted, fit_named(filled.values, period, request, request.horizon));
  SF_TRY(forecast, fitted.model->predict(request.horizon, request.levels));
  for (std::size_t h = 1; h <= request.horizon; ++h) { answer.step.push_back(h); }
  answer.mean = std::move(forecast.mean);
  answer.intervals = std::move(forecast.intervals);
  const ModelSummary& summary = fitted.model->summary();
  answer.fitted = summary.fitted;
  answer.residuals = residuals_of(series, summary.fitted);
  answer.model = summary.name;
  answer.parameters = summary.parameters;
  answer.aicc = summary.aicc;
  answer.leaderboard = std::move(fitted.leaderboard);
  answer.explanation = std::move(fitted.explanation);
  return answer;
}

}  // namespace streamflow::analytics
