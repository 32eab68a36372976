#include "analytics/forecast/backtest.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status check_options(const BacktestOptions& options, std::size_t length) {
  if (options.horizon == 0 || options.horizon > kHorizonMax || options.folds == 0 || options.folds > kHorizonMax) {
    return invalid("backtest: horizon and folds must lie in 1 to " + std::to_string(kHorizonMax) + "; got " +
                   std::to_string(options.horizon) + " and " + std::to_string(options.folds));
  }
  if (length <= options.horizon) {
    return invalid("backtest: got " + std::to_string(length) + " values, needs more than the horizon of " +
                   std::to_string(options.horizon));
  }
  return Ok{};
}

// How many values each fold knows, ascending; folds that would know fewer than the horizon are left out, one stays.
std::vector<std::size_t> origins_of(const BacktestOptions& options, std::size_t length) {
  const std::size_t stride = options.stride > 0 ? options.stride : options.horizon;
  std::vector<std::size_t> origins{length - options.horizon};
  while (origins.size() < options.folds && origins.back() >= stride + std::max<std::size_t>(options.horizon, 2)) {
    origins.push_back(origins.back() - stride);
  }
  std::reverse(origins.begin(), origins.end());
  return origins;
}

Result<BacktestScores> score(const BacktestFold& fold, SeriesView training, std::size_t period) {
  BacktestScores out;
  SF_TRY(absolute, mean_absolute_error(fold.actual, fold.forecast.mean));
  SF_TRY(squared, root_mean_squared_error(fold.actual, fold.forecast.mean));
  SF_TRY(percentage, symmetric_percentage_error(fold.actual, fold.forecast.mean));
  SF_TRY(ranked, continuous_ranked_probability_score(fold.actual, fold.forecast));
  out.mean_absolute_error = absolute;
  out.root_mean_squared_error = squared;
  out.symmetric_percentage_error = percentage;
  out.continuous_ranked_probability_score = ranked;
  const auto scale = absolute_scale(training, period);
  const auto square_scale = squared_scale(training, period);
  if (scale.has_value()) { out.mean_absolute_scaled_error = absolute / *scale; }
  if (square_scale.has_value()) { out.root_mean_squared_scaled_error = squared / std::sqrt(*square_scale); }
  for (const ForecastInterval& interval : fold.forecast.intervals) {
    SF_TRY(inside, coverage(fold.actual, interval));
    out.coverage.push_back(inside);
    std::optional<double>& msis = out.interval_score.emplace_back();
    if (scale.has_value()) {
      SF_TRY(value, mean_scaled_interval_score(fold.actual, interval, *scale));
      msis = value;
    }
  }
  return out;
}

std::optional<double> mean_of(const std::vector<std::optional<double>>& values) {
  double sum = 0;
  for (const auto& value : values) {
    if (!value) { return std::nullopt; }
    sum += *value;
  }
  return sum / static_cast<double>(values.size());
}

BacktestScores mean_scores(const std::vector<BacktestFold>& folds) {
  const auto mean = [&](const auto& score_of) {
    std::vector<std::optional<double>> values;
    values.reserve(folds.size());
    for (const BacktestFold& fold : folds) { values.push_back(score_of(fold.scores)); }
    return mean_of(values);
  };
  BacktestScores out;
  out.mean_absolute_error = *mean([](const auto& s) { return s.mean_absolute_error; });
  out.root_mean_squared_error = *mean([](const auto& s) { return s.root_mean_squared_error; });
  out.symmetric_percentage_error = *mean([](const auto& s) { return s.symmetric_percentage_error; });
  out.continuous_ranked_probability_score = *mean([](const auto& s) { return s.continuous_ranked_probability_score; });
  out.mean_absolute_scaled_error = mean([](const auto& s) { return s.mean_absolute_scaled_error; });
  out.root_mean_squared_scaled_error = mean([](const auto& s) { return s.root_mean_squared_scaled_error; });
  for (std::size_t k = 0; k < folds.front().scores.coverage.size(); ++k) {
    out.coverage.push_back(*mean([k](const auto& s) { return s.coverage[k]; }));
    out.interval_score.push_back(mean([k](const auto& s) { return s.interval_score[k]; }));
  }
  return out;
}

}  // namespace

Result<Backtest> backtest(const Forecaster& model, SeriesView series, std::size_t period,
                          const BacktestOptions& options) {
  SF_CHECK(check_options(options, series.size()));
  SF_CHECK(check_series(series, 2, "backtest"));
  const std::vector<std::size_t> origins = origins_of(options, series.size());
  const std::size_t window = options.training_length > 0 ? options.training_length : origins.front();
  Backtest out;
  out.error_by_step.assign(options.horizon, 0.0);
  for (const std::size_t origin : origins) {
    const bool sliding = options.window == TrainingWindow::kSliding && window < origin;
    const SeriesView training = series.subspan(sliding ? origin - window : 0, sliding ? window : origin);
    const auto fold_error = [&](const Error& error) {
      return with_context(error, "backtest, fold with " + std::to_string(training.size()) + " values");
    };
    const auto fitted = model.fit(training, period);
    if (!fitted.has_value()) { return fold_error(fitted.error()); }
    auto forecast = (*fitted)->predict(options.horizon, options.levels);
    if (!forecast.has_value()) { return fold_error(forecast.error()); }
    BacktestFold& fold = out.folds.emplace_back();
    fold.origin = origin;
    fold.forecast = std::move(*forecast);
    const SeriesView actual = series.subspan(origin, options.horizon);
    fold.actual.assign(actual.begin(), actual.end());
    SF_TRY(scores, score(fold, training, period));
    fold.scores = std::move(scores);
    for (std::size_t h = 0; h < options.horizon; ++h) {
      out.error_by_step[h] += std::abs(fold.actual[h] - fold.forecast.mean[h]) / static_cast<double>(origins.size());
    }
  }
  out.mean = mean_scores(out.folds);
  return out;
}

Result<DieboldMariano> compare_backtests(const Backtest& first, const Backtest& second) {
  Series errors_first, errors_second;
  bool same = first.folds.size() == second.folds.size() && !first.folds.empty();
  for (std::size_t k = 0; same && k < first.folds.size(); ++k) {
    const BacktestFold& a = first.folds[k];
    const BacktestFold& b = second.folds[k];
    same = a.origin == b.origin && a.actual.size() == b.actual.size();
    for (std::size_t h = 0; same && h < a.actual.size(); ++h) {
      errors_first.push_back(a.actual[h] - a.forecast.mean[h]);
      errors_second.push_back(b.actual[h] - b.forecast.mean[h]);
    }
  }
  if (!same) { return invalid("backtest: the two were made over different folds; use the same series and options"); }
  const std::size_t horizon = std::min(first.error_by_step.size(), errors_first.size() / 2);
  return diebold_mariano(errors_first, errors_second, std::max<std::size_t>(horizon, 1));
}

}  // namespace streamflow::analytics
