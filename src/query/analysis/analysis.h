// What analytics offers to SQL, by name: `forecast((SELECT time, value …), horizon => 12)` and its siblings. Each
// takes a series of rows (time, value) and named parameters, and answers a table.
// Source:     docs/tsql.md, "Analysis". The numbers are those of src/analytics; nothing is computed here.
// Invariants: the answer's columns depend on the parameters alone. NaN means NULL.
// Threads:    immutable; run() of one binding from any thread.
// Errors:     bind: kInvalidArgument for a parameter that does not exist (those that do are named) or is out of range.
//             run: what the algorithm says of the series.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"
#include "model/time.h"

namespace streamflow::query {

enum class AnalysisType : std::uint8_t { kTime, kNumber, kInteger, kText, kBoolean };

struct AnalysisColumn {
  std::string name;
  AnalysisType type = AnalysisType::kNumber;
};

// One answer column: times and integers, numbers, texts or booleans, as its type says.
using AnalysisValues =
    std::variant<std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>, std::vector<std::uint8_t>>;
using AnalysisTable = std::vector<AnalysisValues>;  // all of one length

struct AnalysisSeries {
  std::span<const Timestamp> times;  // ascending, none twice
  analytics::SeriesView values;      // without NaN
  std::function<bool()> is_stopped;  // somebody no longer waits
};

struct BoundAnalysis {
  std::vector<AnalysisColumn> columns;
  std::function<Result<AnalysisTable>(const AnalysisSeries&)> run;
};

using AnalysisParameters = std::map<std::string, std::string>;  // by name, lower case; lists as "80,95"

struct Analysis {
  const char* name;
  std::vector<std::string> parameters;
  Result<BoundAnalysis> (*bind)(const AnalysisParameters& parameters);
};

const std::vector<Analysis>& analyses();
const Analysis* find_analysis(const std::string& name);  // whatever its case; null: there is none

// One of `parameters`, for binding: `otherwise` when it was not given.
Result<std::uint64_t> whole_parameter(const AnalysisParameters& parameters, const std::string& name,
                                      std::uint64_t otherwise, std::uint64_t least, std::uint64_t most);
Result<double> number_parameter(const AnalysisParameters& parameters, const std::string& name, double otherwise,
                                double least, double most);

Status check_horizon(std::size_t horizon);
// Models take minutes over more steps, and cannot be stopped half-way.
inline constexpr std::size_t kForecastStepsMax = 100'000;
Status check_length(std::size_t steps);
// Interval bounds are `lower` and `upper`, of several levels lower_80, upper_80, lower_95, …
std::string level_suffix(const std::vector<double>& levels, double level);
void add_bound_columns(const std::vector<double>& levels, std::vector<AnalysisColumn>& columns);

// analysis_*.cpp:
Result<BoundAnalysis> bind_forecast(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_forecast_leaderboard(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_backtest(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_backtest_scores(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_decompose(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_seasonality(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_stationarity(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_anomalies(const AnalysisParameters& parameters);
Result<BoundAnalysis> bind_changepoints(const AnalysisParameters& parameters);

}  // namespace streamflow::query
