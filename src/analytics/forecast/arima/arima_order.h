// The order of a seasonal ARIMA model and its lag polynomials.
// Source:     Box, Jenkins and Reinsel, Time Series Analysis, chapter 9. Symbols are theirs: p, d, q and, for the
//             season, P, D, Q. Signs as in R: y(t) = phi1 y(t-1) + ... + e(t) + theta1 e(t-1) + ...
// Threads:    pure.
#pragma once

#include <string>

#include "analytics/series.h"

namespace streamflow::analytics {

struct ArimaOrder {
  std::size_t p = 0, d = 0, q = 0;
  std::size_t P = 0, D = 0, Q = 0;
  bool constant = false;  // a mean where nothing is differenced, otherwise a drift

  friend bool operator==(const ArimaOrder&, const ArimaOrder&) = default;
  std::size_t coefficients() const { return p + q + P + Q; }
};
// "ARIMA(2,1,1)(0,1,1)[12] with drift"
std::string to_string(const ArimaOrder& order, std::size_t period);

// Coefficients of lags 1, 2, ... of an ARMA process, seasonal factors multiplied out.
struct ArmaProcess {
  Series ar, ma;
};

// phi and theta of a stationary factor from partial autocorrelations inside (-1, 1), by Durbin and Levinson's step-up.
Series coefficients_from_partials(SeriesView partials);

// Whether every root of 1 - c1 z - c2 z² ... lies outside a circle of this radius.
bool has_roots_outside(SeriesView coefficients, double radius);

// The four factors lie one after the other: p, q, P, Q coefficients.
ArmaProcess expand(SeriesView factors, const ArimaOrder& order, std::size_t period);

// Weights of past errors in the level itself, from lag 0 (which is 1), differences undone.
Series level_weights(const ArmaProcess& process, const ArimaOrder& order, std::size_t period, std::size_t count);

}  // namespace streamflow::analytics
