// backtest() and backtest_scores().
#include <algorithm>
#include <limits>

#include "analytics/decompose/missing.h"
#include "analytics/decompose/period.h"
#include "analytics/forecast/backtest.h"
#include "analytics/forecast/forecast_request.h"
#include "analytics/time_grid.h"
#include "query/analysis/analysis.h"

namespace streamflow::query {
namespace {

constexpr std::uint64_t kFoldsMax = 1'000;

struct BacktestPlan {
  analytics::ForecastRequest request;  // model, horizon, levels and period
  analytics::BacktestOptions options;
};

Result<BacktestPlan> plan_from(const AnalysisParameters& parameters) {
  BacktestPlan plan;
  plan.request.levels = {95};
  plan.options.folds = 3;
  for (const auto& [name, value] : parameters) {
    if (name == "folds" || name == "stride") { continue; }
    if (name != "training") {
      SF_CHECK(analytics::set_parameter(plan.request, name, value));
    } else if (value == "sliding") {
      plan.options.window = analytics::TrainingWindow::kSliding;
    } else if (value != "expanding") {
      return Error{ErrorCode::kInvalidArgument, "training is '" + value + "'; wanted 'expanding' or 'sliding'"};
    }
  }
  SF_TRY(folds, whole_parameter(parameters, "folds", plan.options.folds, 1, kFoldsMax));
  SF_TRY(stride, whole_parameter(parameters, "stride", 0, 1, analytics::kHorizonMax));
  SF_CHECK(check_horizon(plan.request.horizon));
  SF_CHECK(analytics::make_model(plan.request.model, plan.request.horizon));
  plan.options.folds = folds;
  plan.options.stride = stride;
  plan.options.horizon = plan.request.horizon;
  plan.options.levels = plan.request.levels;
  return plan;
}

struct Tried {
  analytics::GriddedSeries gridded;
  analytics::Backtest backtest;
};

Result<Tried> try_model(const AnalysisSeries& series, const BacktestPlan& plan) {
  SF_TRY(gridded, analytics::to_grid(series.times, series.values));
  SF_CHECK(check_length(gridded.values.size()));
  SF_TRY(filled, analytics::fill_missing(gridded.values, plan.request.period.value_or(1)));
  std::size_t period = plan.request.period.value_or(0);
  if (period == 0) {
    SF_TRY(strongest, analytics::strongest_period(filled.values));
    period = strongest;
  }
  SF_TRY(model, analytics::make_model(plan.request.model, plan.options.horizon));
  SF_TRY(backtest, analytics::backtest(*model, filled.values, period, plan.options));
  return Tried{std::move(gridded), std::move(backtest)};
}

Result<AnalysisTable> run_backtest(const AnalysisSeries& series, const BacktestPlan& plan) {
  SF_TRY(tried, try_model(series, plan));
  const analytics::TimeGrid& grid = tried.gridded.grid;
  std::vector<std::int64_t> folds, origins, times, steps;
  std::vector<double> actual, forecast;
  std::vector<std::vector<double>> bounds(2 * plan.options.levels.size());
  for (std::size_t f = 0; f < tried.backtest.folds.size(); ++f) {
    const analytics::BacktestFold& fold = tried.backtest.folds[f];
    for (std::size_t step = 0; step < fold.actual.size(); ++step) {
      folds.push_back(static_cast<std::int64_t>(f + 1));
      origins.push_back(to_ns(grid.at(fold.origin - 1)));
      times.push_back(to_ns(grid.at(fold.origin + step)));
      steps.push_back(static_cast<std::int64_t>(step + 1));
      actual.push_back(fold.actual[step]);
      forecast.push_back(fold.forecast.mean[step]);
      for (std::size_t l = 0; l < fold.forecast.intervals.size(); ++l) {
        bounds[2 * l].push_back(fold.forecast.intervals[l].lower[step]);
        bounds[2 * l + 1].push_back(fold.forecast.intervals[l].upper[step]);
      }
    }
  }
  AnalysisTable table{std::move(folds), std::move(origins), std::move(times),
                      std::move(steps), std::move(actual),  std::move(forecast)};
  for (auto& bound : bounds) { table.emplace_back(std::move(bound)); }
  return table;
}

Result<AnalysisTable> run_scores(const AnalysisSeries& series, const BacktestPlan& plan) {
  SF_TRY(tried, try_model(series, plan));
  const analytics::BacktestScores& mean = tried.backtest.mean;
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::string> names{"mae", "rmse", "smape", "mase", "rmsse", "crps"};
  std::vector<double> values{mean.mean_absolute_error,
                             mean.root_mean_squared_error,
                             mean.symmetric_percentage_error,
                             mean.mean_absolute_scaled_error.value_or(nothing),
                             mean.root_mean_squared_scaled_error.value_or(nothing),
                             mean.continuous_ranked_probability_score};
  for (std::size_t l = 0; l < plan.options.levels.size(); ++l) {
    const std::string suffix = level_suffix(plan.options.levels, plan.options.levels[l]);
    names.push_back("coverage" + suffix);
    values.push_back(mean.coverage[l]);
    names.push_back("msis" + suffix);
    values.push_back(mean.interval_score[l].value_or(nothing));
  }
  return AnalysisTable{std::move(names), std::move(values)};
}

}  // namespace

Result<BoundAnalysis> bind_backtest(const AnalysisParameters& parameters) {
  SF_TRY(plan, plan_from(parameters));
  BoundAnalysis bound;
  bound.columns = {{"fold", AnalysisType::kInteger},  {"origin", AnalysisType::kTime},
                   {"time", AnalysisType::kTime},     {"step", AnalysisType::kInteger},
                   {"actual", AnalysisType::kNumber}, {"forecast", AnalysisType::kNumber}};
  add_bound_columns(plan.options.levels, bound.columns);
  bound.run = [plan](const AnalysisSeries& series) { return run_backtest(series, plan); };
  return bound;
}

Result<BoundAnalysis> bind_backtest_scores(const AnalysisParameters& parameters) {
  SF_TRY(plan, plan_from(parameters));
  BoundAnalysis bound;
  bound.columns = {{"metric", AnalysisType::kText}, {"value", AnalysisType::kNumber}};
  bound.run = [plan](const AnalysisSeries& series) { return run_scores(series, plan); };
  return bound;
}

}  // namespace streamflow::query
