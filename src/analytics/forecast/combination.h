// A weighted mean of forecasts that sets aside the highest and the lowest at each step, and its calibration; the inside
// of automatic.h.
// Threads:    pure.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

// Values and weights of the members at one step; all of them count below five members.
double trimmed_weighted_mean(SeriesView values, SeriesView weights);

// Step by step over forecasts with the same horizon and levels, at least one. Weights are positive.
Forecast combine_forecasts(const std::vector<Forecast>& forecasts, SeriesView weights);

// Split conformal calibration: how many times wider an interval must be than the models claim.
class Calibration {
 public:
  // `doubt` multiplies what the models claim, before scores are seen.
  explicit Calibration(double doubt = 1) : doubt_(doubt) {}
  // `yardstick` has one interval; its half-widths measure the errors.
  void add(const Forecast& yardstick, SeriesView actual);
  std::size_t scores() const { return scores_.size(); }
  // Half-width of the interval at `level` percent, in half-widths of the yardstick: the ceil((k + 1) level)-th of k
  // scores, drawn towards the Gaussian ratio as far as few scores cannot tell.
  double factor(double level, double yardstick_level) const;

 private:
  double doubt_;
  Series scores_;
};

}  // namespace streamflow::analytics
