// Chooses an ARIMA order by AICc; the inside of arima.h.
// Source:     Hyndman and Khandakar (Journal of Statistical Software 27, 2008), section 3: differences by tests, then a
//             stepwise walk over p, q, P, Q and the constant from four plain models. Models with a root within 1 % of
//             the unit circle are passed over.
// Threads:    pure.
#pragma once

#include "analytics/forecast/arima/arima_fit.h"

namespace streamflow::analytics {

struct ArimaLimits {
  std::size_t p_max = 5, q_max = 5;
  std::size_t P_max = 2, Q_max = 2;
  std::size_t models_max = 94;
  bool seasonal = true;
};

// The best model; the error of the plainest one when none fits.
Result<ArimaFit> search_arima(const ArimaProblem& problem, const ArimaLimits& limits);

}  // namespace streamflow::analytics
