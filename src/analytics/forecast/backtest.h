// How a model would have fared: forecasts from past origins, scored with every metric, and which of two did better.
// Source:     rolling-origin evaluation (Tashman, International Journal of Forecasting 16, 2000); scores as in
//             metrics.h. Invariants: a forecast sees nothing after its origin: each is fitted to the values before it.
//             Folds are ordered by origin.
// Threads:    pure.
// Errors:     kInvalidArgument: a series too short for one fold, an option out of range, whatever the model says of a
//             fold.
#pragma once

#include "analytics/forecast/metrics.h"

namespace streamflow::analytics {

enum class TrainingWindow : std::uint8_t { kExpanding, kSliding };

struct BacktestOptions {
  std::size_t horizon = 12;
  std::size_t folds = 5;
  std::size_t stride = 0;  // steps between origins; 0: one horizon
  TrainingWindow window = TrainingWindow::kExpanding;
  std::size_t training_length = 0;  // of a sliding window; 0: what the first fold has
  std::vector<double> levels{80, 95};
};

struct BacktestScores {
  double mean_absolute_error = 0;
  double root_mean_squared_error = 0;
  double symmetric_percentage_error = 0;
  std::optional<double> mean_absolute_scaled_error;  // nothing where a training series does not vary
  std::optional<double> root_mean_squared_scaled_error;
  double continuous_ranked_probability_score = 0;
  std::vector<double> coverage;                       // percent, one for each level
  std::vector<std::optional<double>> interval_score;  // MSIS, one for each level
};

struct BacktestFold {
  std::size_t origin = 0;  // how many values the forecast knew
  Forecast forecast;
  Series actual;
  BacktestScores scores;
};

struct Backtest {
  std::vector<BacktestFold> folds;
  BacktestScores mean;   // over folds
  Series error_by_step;  // mean absolute error, one for each step ahead
};

Result<Backtest> backtest(const Forecaster& model, SeriesView series, std::size_t period,
                          const BacktestOptions& options = {});

// Whether the first model's squared errors are smaller than the second's, over all folds of both. The folds must be the
// same.
Result<DieboldMariano> compare_backtests(const Backtest& first, const Backtest& second);

}  // namespace streamflow::analytics
