// Forecasts without a model named: candidates by the series' nature, judged on its own past, combined, calibrated.
// Source:     rolling-origin evaluation (Tashman, International Journal of Forecasting 16, 2000); combination in the
//             spirit of Pawlikowski and Chorowska (International Journal of Forecasting 36, 2020): a mean weighted by
//             the inverse of the validation error, without the highest and the lowest member at each step where there
//             are five. Intervals: the members' combined, scaled by split conformal prediction over the validation
//             errors.
// Candidates: demand that comes now and then: Croston's family. A season of 24 steps or more, or several: MSTL in front
//             of ARIMA and Theta, seasonal naive per period, ARIMA and exponential smoothing. Otherwise the Theta
//             family, exponential smoothing, ARIMA and the naive method, with a season also MSTL; the season may be one
//             that a long series shows though nobody named it.
// Invariants: where the series is too short to validate, members weigh alike and keep their own intervals. Candidates
//             that fail are named with the reason and left out.
// Threads:    pure; the same input gives the same answer unless `out_of_time` decides otherwise.
// Errors:     the first candidate's error when none fits.
#pragma once

#include <functional>

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct AutomaticOptions {
  std::size_t horizon = 0;                    // the one that matters, validated; 0: one period, between 6 and 48 steps
  std::size_t windows = 3;                    // rolling origins, half a horizon apart
  std::vector<ForecasterPointer> candidates;  // empty: by the series' nature
  std::function<bool()> out_of_time;          // asked before each fit but the first candidate's; null: never
};

struct CandidateResult {
  std::string name;
  double error = 0;         // mean absolute scaled error over the validation windows; NaN without any
  std::size_t windows = 0;  // of those it forecast
  double weight = 0;        // 0: left out
  std::string note;         // why it was left out
};

struct AutomaticModel {
  FittedModelPointer model;
  std::vector<CandidateResult> leaderboard;  // best first
  std::string explanation;                   // one paragraph for people
};

std::vector<ForecasterPointer> automatic_candidates(SeriesView series, std::size_t period);
Result<AutomaticModel> fit_automatic(SeriesView series, std::size_t period, const AutomaticOptions& options = {});

// The same as a Forecaster; the summary's parameters are the weights.
ForecasterPointer make_automatic(const AutomaticOptions& options = {});

}  // namespace streamflow::analytics
