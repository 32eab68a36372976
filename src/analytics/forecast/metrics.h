// How good was a forecast: point, interval and distribution scores; which of two is better.
// Source:     Hyndman and Koehler (International Journal of Forecasting 22, 2006) for MASE; the M4 competition
//             (International Journal of Forecasting 36, 2020) for sMAPE, OWA and MSIS, the M5 for RMSSE; Gneiting and
//             Raftery (JASA 102, 2007) for pinball loss and CRPS; Diebold and Mariano (Journal of Business and Economic
//             Statistics 13, 1995) with the correction of Harvey, Leybourne and Newbold (IJF 13, 1997).
// Invariants: lower is better everywhere but for coverage, which should be its level.
// Threads:    pure.
// Errors:     kInvalidArgument for empty, unequally long or missing values, and for a scale of 0 (a training series
//             whose seasonal differences are all 0).
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

Result<double> mean_absolute_error(SeriesView actual, SeriesView forecast);
Result<double> root_mean_squared_error(SeriesView actual, SeriesView forecast);
// In percent, 0 to 200; a step where both are 0 counts 0.
Result<double> symmetric_percentage_error(SeriesView actual, SeriesView forecast);

// Mean absolute and mean squared difference at lag `period`, within the training series.
Result<double> absolute_scale(SeriesView training, std::size_t period);
Result<double> squared_scale(SeriesView training, std::size_t period);
Result<double> mean_absolute_scaled_error(SeriesView actual, SeriesView forecast, double scale);      // MASE
Result<double> root_mean_squared_scaled_error(SeriesView actual, SeriesView forecast, double scale);  // RMSSE
// Mean of sMAPE and MASE, each relative to a benchmark's.
double overall_weighted_average(double smape, double mase, double benchmark_smape, double benchmark_mase);

Result<double> pinball_loss(SeriesView actual, SeriesView quantile, double probability);
// Share of the actual values inside, in percent.
Result<double> coverage(SeriesView actual, const ForecastInterval& interval);
Result<double> mean_scaled_interval_score(SeriesView actual, const ForecastInterval& interval, double scale);  // MSIS
// From the ends of the intervals and the mean as median: twice the mean pinball loss.
Result<double> continuous_ranked_probability_score(SeriesView actual, const Forecast& forecast);

struct DieboldMariano {
  double statistic = 0;  // negative when the first forecast is better
  double p_value = 1;    // two-sided
};
// Squared errors of two forecasts made `horizon` steps ahead.
Result<DieboldMariano> diebold_mariano(SeriesView errors_first, SeriesView errors_second, std::size_t horizon);

}  // namespace streamflow::analytics
