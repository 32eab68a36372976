// Volatility that clusters: GARCH(1,1) around a constant mean.
// Source:     Bollerslev (Journal of Econometrics 31, 1986); Gaussian quasi-likelihood, the first variance is the
//             sample's. variance(t) = omega + alpha error(t-1)² + beta variance(t-1).
// Invariants: omega > 0, alpha and beta at least 0, alpha + beta below 1. As a Forecaster its mean is flat and its
//             intervals follow the expected variance.
// Threads:    pure.
// Errors:     kInvalidArgument: fewer than 20 values, missing or infinite ones, a constant series.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct GarchFit {
  double mean = 0, omega = 0, alpha = 0, beta = 0;
  double log_likelihood = 0;
  Series variance;  // of each step, given the ones before
  double next_variance = 0;

  // Expected variance 1 .. horizon steps ahead; tends to omega / (1 - alpha - beta).
  Series forecast_variance(std::size_t horizon) const;
};

Result<GarchFit> fit_garch(SeriesView returns);
ForecasterPointer make_garch();

}  // namespace streamflow::analytics
