// What every forecasting model looks like: a Forecaster is a recipe, fit() makes a FittedModel, predict() a Forecast.
// Invariants: fit() refuses series with missing, infinite or absurdly large values (kMagnitudeMax) and those too short
//             for the model, and says why. A Forecast has exactly `horizon` steps, is finite, and its intervals are
//             ordered: lower <= upper, a wider level never inside a narrower one.
// Threads:    const methods may run concurrently; recipes are immutable. The same seed gives the same answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

// Squares and sums of values up to this size do not overflow.
inline constexpr double kMagnitudeMax = 1e100;
inline constexpr std::size_t kHorizonMax = 100'000;

struct ForecastInterval {
  double level = 0;  // nominal coverage in percent, inside (0, 100)
  Series lower;
  Series upper;
};

struct Forecast {
  Series mean;
  std::vector<ForecastInterval> intervals;  // one for each level asked for, in that order
};

struct ModelParameter {
  std::string name;
  double value = 0;
};

struct ModelSummary {
  std::string name;                        // with the form chosen: "ETS(M,Ad,N)"
  std::vector<ModelParameter> parameters;  // as the model's paper names them
  Series fitted;                           // one step ahead, as long as the series; NaN where there is none
  Series residuals;                        // series minus fitted, NaN where there is none
  std::optional<double> aicc;
};

class FittedModel {
 public:
  explicit FittedModel(ModelSummary summary) : summary_(std::move(summary)) {}
  virtual ~FittedModel() = default;
  FittedModel(const FittedModel&) = delete;
  FittedModel& operator=(const FittedModel&) = delete;

  const ModelSummary& summary() const { return summary_; }
  const std::string& name() const { return summary_.name; }
  // Levels in percent, for example {80, 95}. kInvalidArgument for a level outside (0, 100), a horizon of 0 or beyond
  // kHorizonMax, and a forecast that leaves the range of a double.
  Result<Forecast> predict(std::size_t horizon, std::span<const double> levels = {}) const;

 protected:
  // For models that cannot reach every horizon.
  virtual Status check_horizon(std::size_t /*horizon*/) const { return Ok{}; }
  // Arguments are checked, `horizon` and `levels` valid.
  virtual Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const = 0;

 private:
  ModelSummary summary_;
};

using FittedModelPointer = std::unique_ptr<const FittedModel>;

class Forecaster {
 public:
  virtual ~Forecaster() = default;
  virtual std::string name() const = 0;
  // `period` is the number of steps of a season; 0 and 1 both mean "no season".
  Result<FittedModelPointer> fit(SeriesView series, std::size_t period) const;

 protected:
  virtual std::size_t length_min(std::size_t /*period*/) const { return 1; }
  // The series is finite and long enough; period is at least 1.
  virtual Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const = 0;
};

using ForecasterPointer = std::shared_ptr<const Forecaster>;  // recipes are shared by ensembles and selections

// kInvalidArgument unless every value is finite and at most kMagnitudeMax in magnitude and there are `length_min`.
Status check_series(SeriesView series, std::size_t length_min, const std::string& who);

// Series minus fitted, NaN where nothing was fitted.
Series residuals_of(SeriesView series, SeriesView fitted);

// Gaussian intervals around `mean`, one standard deviation for each step.
std::vector<ForecastInterval> normal_intervals(SeriesView mean, SeriesView deviation, std::span<const double> levels);

}  // namespace streamflow::analytics
