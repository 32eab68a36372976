// decompose(), seasonality() and stationarity().
#include <limits>

#include "analytics/decompose/missing.h"
#include "analytics/decompose/period.h"
#include "analytics/decompose/stl.h"
#include "analytics/statistics/stationarity.h"
#include "analytics/time_grid.h"
#include "query/analysis/analysis.h"

namespace streamflow::query {
namespace {

constexpr std::uint64_t kPeriodMax = 1'000'000;
constexpr std::uint64_t kPeriodsMax = 10;

struct Whole {
  analytics::GriddedSeries gridded;
  analytics::FilledSeries filled;
};

Result<Whole> without_gaps(const AnalysisSeries& series, std::size_t period = 1) {
  SF_TRY(gridded, analytics::to_grid(series.times, series.values));
  SF_TRY(filled, analytics::fill_missing(gridded.values, period));
  return Whole{std::move(gridded), std::move(filled)};
}

Result<AnalysisTable> run_decompose(const AnalysisSeries& series, std::size_t period,
                                    analytics::Robustness robustness) {
  SF_TRY(whole, without_gaps(series, period));
  if (period == 0) {
    SF_TRY(strongest, analytics::strongest_period(whole.filled.values));
    if (strongest == 1) {
      return Error{ErrorCode::kInvalidArgument,
                   "no season shows in the series: name its length in steps, as in period => 12"};
    }
    period = strongest;
  }
  SF_TRY(parts, analytics::stl(whole.filled.values, analytics::stl_exact(period, robustness)));
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < whole.gridded.values.size(); ++i) { times.push_back(to_ns(whole.gridded.grid.at(i))); }
  return AnalysisTable{std::move(times), whole.gridded.values, std::move(parts.trend), std::move(parts.season),
                       std::move(parts.remainder)};
}

Result<AnalysisTable> run_seasonality(const AnalysisSeries& series, std::size_t periods_max) {
  SF_TRY(whole, without_gaps(series));
  analytics::PeriodOptions options;
  options.periods_max = periods_max;
  SF_TRY(found, analytics::detect_periods(whole.filled.values, options));
  std::vector<std::int64_t> periods;
  std::vector<double> seconds, strengths, autocorrelations;
  for (const analytics::DetectedPeriod& one : found) {
    periods.push_back(static_cast<std::int64_t>(one.period));
    const analytics::TimeGrid& grid = whole.gridded.grid;
    seconds.push_back(static_cast<double>((grid.at(one.period) - grid.first).count()) / 1e9);
    strengths.push_back(one.strength);
    autocorrelations.push_back(one.autocorrelation);
  }
  return AnalysisTable{std::move(periods), std::move(seconds), std::move(strengths), std::move(autocorrelations)};
}

Result<AnalysisTable> run_stationarity(const AnalysisSeries& series) {
  SF_TRY(whole, without_gaps(series));
  SF_TRY(dickey_fuller, analytics::augmented_dickey_fuller(whole.filled.values));
  SF_TRY(phillips_perron, analytics::phillips_perron(whole.filled.values));
  SF_TRY(kpss, analytics::kpss(whole.filled.values));
  constexpr double kSignificant = 0.05;
  std::vector<std::string> tests{"augmented Dickey-Fuller", "Phillips-Perron", "KPSS"};
  std::vector<double> statistics, p_values;
  std::vector<std::int64_t> lags;
  for (const analytics::UnitRootTest* test : {&dickey_fuller, &phillips_perron, &kpss}) {
    statistics.push_back(test->statistic);
    p_values.push_back(test->p_value);
    lags.push_back(static_cast<std::int64_t>(test->lags));
  }
  // The first two doubt a unit root, the third doubts that there is none.
  std::vector<std::uint8_t> stationary{dickey_fuller.p_value < kSignificant, phillips_perron.p_value < kSignificant,
                                       kpss.p_value >= kSignificant};
  return AnalysisTable{std::move(tests), std::move(statistics), std::move(p_values), std::move(lags),
                       std::move(stationary)};
}

}  // namespace

Result<BoundAnalysis> bind_decompose(const AnalysisParameters& parameters) {
  SF_TRY(period, whole_parameter(parameters, "period", 0, 2, kPeriodMax));
  const auto robust = parameters.find("robust");
  const bool is_robust = robust != parameters.end() && robust->second == "true";
  if (robust != parameters.end() && !is_robust && robust->second != "false") {
    return Error{ErrorCode::kInvalidArgument, "robust is " + robust->second + "; wanted true or false"};
  }
  BoundAnalysis bound;
  bound.columns = {{"time", AnalysisType::kTime},
                   {"value", AnalysisType::kNumber},
                   {"trend", AnalysisType::kNumber},
                   {"season", AnalysisType::kNumber},
                   {"remainder", AnalysisType::kNumber}};
  const auto robustness = is_robust ? analytics::Robustness::kRobust : analytics::Robustness::kPlain;
  bound.run = [period, robustness](const AnalysisSeries& series) { return run_decompose(series, period, robustness); };
  return bound;
}

Result<BoundAnalysis> bind_seasonality(const AnalysisParameters& parameters) {
  SF_TRY(periods_max, whole_parameter(parameters, "periods_max", 3, 1, kPeriodsMax));
  BoundAnalysis bound;
  bound.columns = {{"period", AnalysisType::kInteger},
                   {"seconds", AnalysisType::kNumber},
                   {"strength", AnalysisType::kNumber},
                   {"autocorrelation", AnalysisType::kNumber}};
  bound.run = [periods_max](const AnalysisSeries& series) { return run_seasonality(series, periods_max); };
  return bound;
}

Result<BoundAnalysis> bind_stationarity(const AnalysisParameters&) {
  BoundAnalysis bound;
  bound.columns = {{"test", AnalysisType::kText},
                   {"statistic", AnalysisType::kNumber},
                   {"p_value", AnalysisType::kNumber},
                   {"lags", AnalysisType::kInteger},
                   {"is_stationary", AnalysisType::kBoolean}};
  bound.run = run_stationarity;
  return bound;
}

}  // namespace streamflow::query
