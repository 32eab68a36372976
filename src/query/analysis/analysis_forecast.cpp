// forecast() and forecast_leaderboard().
#include "analytics/forecast/forecast_request.h"
#include "analytics/time_grid.h"
#include "query/analysis/analysis.h"

namespace streamflow::query {
namespace {

Result<analytics::ForecastRequest> request_from(const AnalysisParameters& parameters) {
  analytics::ForecastRequest request;
  request.levels = {95};
  for (const auto& [name, value] : parameters) { SF_CHECK(analytics::set_parameter(request, name, value)); }
  SF_CHECK(check_horizon(request.horizon));
  SF_CHECK(analytics::make_model(request.model, request.horizon));  // an unknown one is refused before any row
  return request;
}

Result<analytics::ForecastAnswer> answer_for(const AnalysisSeries& series, const analytics::GriddedSeries& gridded,
                                             analytics::ForecastRequest request) {
  request.out_of_time = series.is_stopped;
  return analytics::forecast(gridded.values, request);
}

Result<AnalysisTable> run_forecast(const AnalysisSeries& series, const analytics::ForecastRequest& request) {
  SF_TRY(gridded, analytics::to_grid(series.times, series.values));
  SF_CHECK(check_length(gridded.values.size()));
  SF_TRY(answer, answer_for(series, gridded, request));
  if (gridded.grid.at(gridded.values.size() - 1 + request.horizon) == kTimestampMax) {
    return Error{ErrorCode::kInvalidArgument, "the forecast would run beyond the year 2262; take a smaller horizon"};
  }
  std::vector<std::int64_t> times, steps;
  for (const std::size_t step : answer.step) {
    times.push_back(to_ns(gridded.grid.at(gridded.values.size() - 1 + step)));
    steps.push_back(static_cast<std::int64_t>(step));
  }
  AnalysisTable table{std::move(times), std::move(steps), answer.mean};
  for (const analytics::ForecastInterval& interval : answer.intervals) {
    table.emplace_back(interval.lower);
    table.emplace_back(interval.upper);
  }
  table.emplace_back(std::vector<std::string>(answer.mean.size(), answer.model));
  return table;
}

Result<AnalysisTable> run_leaderboard(const AnalysisSeries& series, const analytics::ForecastRequest& request) {
  SF_TRY(gridded, analytics::to_grid(series.times, series.values));
  SF_CHECK(check_length(gridded.values.size()));
  SF_TRY(answer, answer_for(series, gridded, request));
  std::vector<std::string> models, notes;
  std::vector<double> errors, weights;
  for (const analytics::ModelRank& rank : answer.leaderboard) {
    models.push_back(rank.model);
    errors.push_back(rank.error);
    weights.push_back(rank.weight);
    notes.push_back(rank.note);
  }
  return AnalysisTable{std::move(models), std::move(errors), std::move(weights), std::move(notes)};
}

}  // namespace

Result<BoundAnalysis> bind_forecast(const AnalysisParameters& parameters) {
  SF_TRY(request, request_from(parameters));
  BoundAnalysis bound;
  bound.columns = {
      {"time", AnalysisType::kTime}, {"step", AnalysisType::kInteger}, {"forecast", AnalysisType::kNumber}};
  add_bound_columns(request.levels, bound.columns);
  bound.columns.push_back({"model", AnalysisType::kText});
  bound.run = [request](const AnalysisSeries& series) { return run_forecast(series, request); };
  return bound;
}

Result<BoundAnalysis> bind_forecast_leaderboard(const AnalysisParameters& parameters) {
  SF_TRY(request, request_from(parameters));
  BoundAnalysis bound;
  bound.columns = {{"model", AnalysisType::kText},
                   {"error", AnalysisType::kNumber},
                   {"weight", AnalysisType::kNumber},
                   {"note", AnalysisType::kText}};
  bound.run = [request](const AnalysisSeries& series) { return run_leaderboard(series, request); };
  return bound;
}

}  // namespace streamflow::query
