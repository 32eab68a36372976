// Seasonal ARIMA, with an order of your own or one chosen by AICc, with or without explanatory variables.
// Source:     as in arima_search.h and arima_fit.h; a season longer than `period_max` is described by Fourier terms
//             instead (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 10.5), as many pairs
//             as AICc asks for. Intervals are Gaussian, their variances by the weights of past errors.
// Invariants: coefficients are stationary and invertible. A constant series answers itself.
// Threads:    const.
// Errors:     kInvalidArgument: too few values for the order; regressors shorter than the series, with missing values
//             or depending on each other; a horizon beyond the regressors' end.
#pragma once

#include "analytics/forecast/arima/arima_search.h"
#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

struct NamedColumn {
  std::string name;
  Series values;  // from the first step of the series to the end of the horizon
};

struct ArimaOptions {
  std::optional<ArimaOrder> order;
  ArimaLimits limits;  // of the search
  std::size_t period_max = 24;
  std::vector<NamedColumn> regressors;
};

ForecasterPointer make_arima(const ArimaOptions& options = {});

struct FourierArimaOptions {
  std::vector<std::size_t> periods;  // empty: the period given to fit()
  std::size_t pairs_max = 6;         // of sine and cosine, for each period
};
ForecasterPointer make_fourier_arima(const FourierArimaOptions& options = {});

}  // namespace streamflow::analytics
