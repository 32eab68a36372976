// Several series that explain one another: a vector autoregression by least squares.
// Source:     Luetkepohl, New Introduction to Multiple Time Series Analysis (2005), sections 3.2 (estimation), 2.2.3
//             (forecast errors) and 4.3 (order by AIC, all orders compared on the same rows).
// Invariants: every series has the same length; y(t) = constant + A1 y(t-1) + ... + Ap y(t-p) + e(t).
// Threads:    pure.
// Errors:     kInvalidArgument: no series, unequal lengths, missing or infinite values, too few values for the lags,
//             series that depend on each other.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct VectorAutoregressionOptions {
  std::optional<std::size_t> lags;  // otherwise by AIC
  std::size_t lags_max = 8;
};

struct VectorAutoregression {
  std::size_t lags = 0;
  // One list for each series: the constant, then the coefficients of every series at lag 1, at lag 2, and so on.
  std::vector<Series> coefficients;
  std::vector<Series> covariance;  // of the errors, degrees of freedom taken off
  std::vector<Series> residuals;   // shorter by the lags
  std::vector<Series> last;        // the newest `lags` values of each series
  double aic = 0;

  // One forecast for each series. kInvalidArgument as FittedModel::predict().
  Result<std::vector<Forecast>> predict(std::size_t horizon, std::span<const double> levels = {}) const;
};

Result<VectorAutoregression> fit_vector_autoregression(const std::vector<Series>& series,
                                                       const VectorAutoregressionOptions& options = {});

}  // namespace streamflow::analytics
