// Finds the most probable parameters of Prophet's model; the inside of prophet.h.
// Threads:    pure.
#pragma once

#include "analytics/forecast/prophet.h"

namespace streamflow::analytics {

struct ProphetFit {
  double slope = 0, offset = 0, sigma = 0;  // k, m and sigma, of scaled values
  Series change_times;                      // scaled, ascending
  Series changes;                           // of the slope
  Series effects;                           // of Fourier terms, season by season, then of regressors
  double scale = 1;                         // the largest magnitude of the series
  double time_first = 0, time_span = 1;
  Series regressor_mean, regressor_deviation;

  double time_at(const ProphetOptions& options, std::size_t step) const;  // scaled
  double trend(double time) const;
  double effect_at(const ProphetOptions& options, std::size_t step) const;
  double value(double trend, double effect, ProphetMode mode) const;
  // The columns whose weighted sum is the effect at this step.
  Series features_at(const ProphetOptions& options, std::size_t step) const;
};

// Options are checked.
ProphetFit fit_prophet(SeriesView series, const ProphetOptions& options);

}  // namespace streamflow::analytics
