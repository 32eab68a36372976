// anomalies() and changepoints().
#include <limits>

#include "analytics/anomaly/detectors.h"
#include "analytics/pattern/changepoint.h"
#include "analytics/time_grid.h"
#include "query/analysis/analysis.h"

namespace streamflow::query {
namespace {

constexpr std::uint64_t kWindowMax = 100'000;
constexpr std::uint64_t kPeriodMax = 10'000;
// Searches that take seconds and cannot be stopped half-way; those of a model are quadratic at worst.
constexpr std::size_t kAutomaticRowsMax = 200'000, kModelRowsMax = 20'000;

// What the parameters ask for, made anew for each series: a detector learns.
struct DetectorPlan {
  std::string name = "default";
  std::uint64_t window = 0, period = 1;  // 0: the detector's own
  double threshold = 0;                  // 0: the detector's own
};

constexpr const char* kDetectors = "default, zscore, mad, iqr, spot, forest, residual";

Result<std::unique_ptr<analytics::Detector>> make_detector(const DetectorPlan& plan) {
  if (plan.name == "default") { return analytics::make_default_detector({}); }
  if (plan.name == "spot") {
    analytics::ExtremeValueOptions options;
    options.drift_window = plan.window;
    return analytics::make_extreme_value_detector(options);
  }
  if (plan.name == "forest") {
    analytics::RandomCutForestOptions options;
    if (plan.window > 0) { options.size = plan.window; }
    if (plan.threshold > 0) { options.threshold = plan.threshold; }
    return analytics::make_random_cut_forest_detector(options);
  }
  if (plan.name == "residual") {
    analytics::ResidualOptions options;
    options.period = plan.period;
    if (plan.window > 0) { options.residuals = plan.window; }
    return analytics::make_residual_detector(options);
  }
  analytics::RollingOptions options;
  if (plan.window > 0) { options.window = plan.window; }
  options.period = plan.period;
  options.threshold = plan.threshold;
  if (plan.name == "zscore") {
    options.rule = analytics::RollingRule::kMeanDeviation;
  } else if (plan.name == "mad") {
    options.rule = analytics::RollingRule::kMedianDeviation;
  } else if (plan.name == "iqr") {
    options.rule = analytics::RollingRule::kQuartileFences;
  } else {
    return Error{ErrorCode::kInvalidArgument,
                 "there is no detector \"" + plan.name + "\"; there are: " + std::string(kDetectors)};
  }
  return analytics::make_rolling_detector(options);
}

// As analytics::score_history, and stops when nobody waits any more.
Result<std::vector<analytics::Score>> score_all(analytics::Detector& detector, const AnalysisSeries& series) {
  constexpr std::size_t kLookEvery = 256;
  std::vector<analytics::Score> scores;
  scores.reserve(series.values.size());
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (i % kLookEvery == 0 && series.is_stopped()) { return Error{ErrorCode::kTimeout, "stopped"}; }
    SF_TRY(score, detector.update(series.values.subspan(i, 1), series.times[i]));
    scores.push_back(std::move(score));
  }
  return scores;
}

Result<AnalysisTable> run_anomalies(const AnalysisSeries& series, const DetectorPlan& plan) {
  SF_TRY(detector, make_detector(plan));
  SF_TRY(scores, score_all(*detector, series));
  std::vector<std::int64_t> times;
  std::vector<double> values(series.values.begin(), series.values.end()), marks, expected, low, high;
  std::vector<std::uint8_t> anomalous;
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const analytics::Score& score = scores[i];
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    times.push_back(to_ns(series.times[i]));
    marks.push_back(score.score);
    anomalous.push_back(score.score > 1 ? 1 : 0);
    expected.push_back(score.warm ? score.expected : nothing);
    low.push_back(score.warm ? score.low : nothing);
    high.push_back(score.warm ? score.high : nothing);
    reasons.push_back(score.score > 1 ? analytics::explain(score, values[i]) : std::string());
  }
  return AnalysisTable{std::move(times),    std::move(values), std::move(marks), std::move(anomalous),
                       std::move(expected), std::move(low),    std::move(high),  std::move(reasons)};
}

Result<analytics::ChangePoints> find_changes(analytics::SeriesView values,
                                             const analytics::SegmentationOptions& options, bool automatic) {
  if (!automatic) { return analytics::pelt(values, options); }
  const std::vector<analytics::SeriesView> columns{values};
  SF_TRY(found, analytics::changepoints(columns));
  return found.points;
}

Result<AnalysisTable> run_changepoints(const AnalysisSeries& series, const analytics::SegmentationOptions& options,
                                       bool automatic) {
  const std::size_t rows_max = automatic ? kAutomaticRowsMax : kModelRowsMax;
  if (series.values.size() > rows_max) {
    return Error{ErrorCode::kInvalidArgument, "the series has " + std::to_string(series.values.size()) +
                                                  " rows, at most " + std::to_string(rows_max) +
                                                  " are searched: aggregate first, with SAMPLE BY, or take a part"};
  }
  SF_TRY(points, find_changes(series.values, options, automatic));
  std::vector<std::int64_t> times, indexes;
  std::vector<double> before, after;
  std::size_t begin = 0;
  const auto mean_of = [&](std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) { sum += series.values[i]; }
    return sum / static_cast<double>(to - from);
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::size_t end = i + 1 < points.size() ? points[i + 1] : series.values.size();
    times.push_back(to_ns(series.times[points[i]]));
    indexes.push_back(static_cast<std::int64_t>(points[i]));
    before.push_back(mean_of(begin, points[i]));
    after.push_back(mean_of(points[i], end));
    begin = points[i];
  }
  return AnalysisTable{std::move(times), std::move(indexes), std::move(before), std::move(after)};
}

}  // namespace

Result<BoundAnalysis> bind_anomalies(const AnalysisParameters& parameters) {
  DetectorPlan plan;
  if (const auto given = parameters.find("detector"); given != parameters.end()) { plan.name = given->second; }
  SF_TRY(window, whole_parameter(parameters, "window_size", 0, 2, kWindowMax));
  SF_TRY(period, whole_parameter(parameters, "period", 1, 1, kPeriodMax));
  SF_TRY(threshold, number_parameter(parameters, "threshold", 0, 0, 1e6));
  plan.window = window;
  plan.period = period;
  plan.threshold = threshold;
  SF_CHECK(make_detector(plan));  // refused before any row
  BoundAnalysis bound;
  bound.columns = {{"time", AnalysisType::kTime},       {"value", AnalysisType::kNumber},
                   {"score", AnalysisType::kNumber},    {"is_anomaly", AnalysisType::kBoolean},
                   {"expected", AnalysisType::kNumber}, {"lower", AnalysisType::kNumber},
                   {"upper", AnalysisType::kNumber},    {"reason", AnalysisType::kText}};
  bound.run = [plan](const AnalysisSeries& series) { return run_anomalies(series, plan); };
  return bound;
}

Result<BoundAnalysis> bind_changepoints(const AnalysisParameters& parameters) {
  analytics::SegmentationOptions options;
  const auto model = parameters.find("model");
  const bool automatic = model == parameters.end() || model->second == "auto";
  if (!automatic && model->second == "linear") {
    options.model = analytics::SegmentModel::kLinear;
  } else if (!automatic && model->second == "normal") {
    options.model = analytics::SegmentModel::kNormal;
  } else if (!automatic && model->second != "mean") {
    return Error{ErrorCode::kInvalidArgument,
                 "there is no model \"" + model->second + "\"; there are: auto, mean, normal, linear"};
  }
  if (automatic && (parameters.contains("penalty") || parameters.contains("length_min"))) {
    return Error{ErrorCode::kInvalidArgument,
                 "penalty and length_min belong to a model: name it, as in model => 'mean'"};
  }
  SF_TRY(penalty, number_parameter(parameters, "penalty", 10, 0, 1e300));
  SF_TRY(length_min, whole_parameter(parameters, "length_min", 2, 1, kWindowMax));
  options.penalty = penalty;
  options.length_min = length_min;
  BoundAnalysis bound;
  bound.columns = {{"time", AnalysisType::kTime},
                   {"index", AnalysisType::kInteger},
                   {"mean_before", AnalysisType::kNumber},
                   {"mean_after", AnalysisType::kNumber}};
  bound.run = [options, automatic](const AnalysisSeries& series) {
    return run_changepoints(series, options, automatic);
  };
  return bound;
}

}  // namespace streamflow::query
