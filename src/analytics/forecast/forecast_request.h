// The one entry for SQL, REST and SDKs: a series and named parameters in, columns out.
// Invariants: gaps (NaN) are filled first, linearly or along the season, and counted. Without a period the strongest
//             one the series shows is taken. With a holdout the last steps are kept back, forecast and scored, before
//             the model is fitted to everything.
// Threads:    pure.
// Errors:     kInvalidArgument: an unknown model or parameter, with what exists; a value out of range, with the range;
//             whatever the model says of the series.
#pragma once

#include <functional>

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

inline constexpr std::size_t kLevelsMax = 10;

struct ForecastRequest {
  std::string model = "auto";          // one of model_names(), whatever the case
  std::size_t horizon = 12;            // 1 to kHorizonMax
  std::vector<double> levels{80, 95};  // percent
  std::optional<std::size_t> period;   // 1: no season; unset: detected
  std::size_t holdout = 0;             // steps kept back at the end
  std::function<bool()> out_of_time;   // see AutomaticOptions; used by "auto" alone
};

// "horizon" = "24", "levels" = "80,95", and so on: how text protocols fill a request. `method` is another word for
// `model`, `level` for `levels`.
Status set_parameter(ForecastRequest& request, const std::string& name, const std::string& value);
std::vector<std::string> parameter_names();

struct HoldoutScores {
  double mean_absolute_error = 0;
  double root_mean_squared_error = 0;
  double symmetric_percentage_error = 0;
  std::optional<double> mean_absolute_scaled_error;  // nothing where the training series does not vary
  std::vector<double> coverage;                      // percent, one for each level
};

struct ModelRank {
  std::string model;
  double error = 0;  // scaled, over past windows; NaN where there were none
  double weight = 0;
  std::string note;
};

struct ForecastAnswer {
  std::vector<std::size_t> step;  // 1 .. horizon
  Series mean;
  std::vector<ForecastInterval> intervals;
  Series fitted;      // one step ahead, NaN where there is none
  Series residuals;   // NaN at gaps too
  std::string model;  // with the form chosen
  std::vector<ModelParameter> parameters;
  std::optional<double> aicc;
  std::size_t period = 1;
  std::size_t filled = 0;  // gaps
  std::optional<HoldoutScores> holdout;
  std::vector<ModelRank> leaderboard;  // of "auto"
  std::string explanation;             // of "auto"
};

Result<ForecastAnswer> forecast(SeriesView series, const ForecastRequest& request);

struct ModelDescription {
  std::string name;  // as in a request
  std::string text;  // one line
};
const std::vector<ModelDescription>& model_catalogue();
// The recipe behind a name. kInvalidArgument with all names for an unknown one.
Result<ForecasterPointer> make_model(const std::string& name, std::size_t horizon = 0);

}  // namespace streamflow::analytics
