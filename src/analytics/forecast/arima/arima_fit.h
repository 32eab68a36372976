// Fits one ARIMA order by maximum likelihood; the inside of arima.h.
// Source:     Box, Jenkins and Reinsel, chapter 7. Regression coefficients (the constant is one of them) are
//             generalised least squares given the ARMA part, so that only p + q + P + Q parameters are searched for;
//             those walk over partial autocorrelations (Monahan, Biometrika 71, 1984), so that every step is stationary
//             and invertible. Starts from the conditional sum of squares, ends with the exact likelihood.
// Threads:    pure.
// Errors:     kInvalidArgument: too few values for the order, regressors that depend on each other.
#pragma once

#include <functional>

#include "analytics/forecast/arima/arima_order.h"
#include "model/result.h"

namespace streamflow::analytics {

// Explanatory variables, known for the past and for as much of the future as `reach` says.
struct Regressors {
  std::vector<std::string> names;
  // Column `index`, steps [begin, end) counted from the start of the series.
  std::function<Series(std::size_t index, std::size_t begin, std::size_t end)> column;
  std::size_t reach = static_cast<std::size_t>(-1);  // steps known
};

struct ArimaFit {
  ArimaOrder order;
  std::size_t period = 1;
  Series factors;       // p, q, P, Q coefficients
  ArmaProcess process;  // the same, multiplied out
  Series regression;    // the constant first, if any, then one for each regressor
  double variance = 0;  // of the errors, degrees of freedom taken off
  double log_likelihood = 0;
  double aicc = 0;
  Series errors;     // of the differenced series: one-step forecast errors, not scaled
  Series noise;      // the level less its regression
  Series end_state;  // of the filter, see ArmaFilter
};

enum class ArimaEffort : std::uint8_t {
  kSearch,  // to compare orders: a looser tolerance
  kFinal
};

struct ArimaProblem {
  SeriesView series;
  std::size_t period = 1;
  const Regressors* regressors = nullptr;  // may be null
};

Result<ArimaFit> fit_arima(const ArimaProblem& problem, const ArimaOrder& order, ArimaEffort effort);

// The value of the constant's column at step t, counted from 0: 1 for a mean, t + 1 for a drift.
double constant_at(const ArimaOrder& order, std::size_t t);

}  // namespace streamflow::analytics
