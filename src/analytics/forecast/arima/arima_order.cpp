#include "analytics/forecast/arima/arima_order.h"

#include <cmath>

namespace streamflow::analytics {
namespace {

// Coefficients of (1 + sign a1 z + ...)(1 + sign A1 z^m + ...), without the leading 1 and the sign.
Series multiply_factors(SeriesView plain, SeriesView seasonal, std::size_t period, double sign) {
  Series product(plain.size() + seasonal.size() * period, 0.0);
  std::copy(plain.begin(), plain.end(), product.begin());
  for (std::size_t k = 0; k < seasonal.size(); ++k) {
    const std::size_t base = (k + 1) * period;
    product[base - 1] += seasonal[k];
    for (std::size_t i = 0; i < plain.size(); ++i) { product[base + i] += sign * seasonal[k] * plain[i]; }
  }
  return product;
}

// The autoregression of the level: phi times the differences.
Series level_autoregression(const Series& ar, const ArimaOrder& order, std::size_t period) {
  Series product = ar;
  const Series unit{1.0};
  for (std::size_t i = 0; i < order.d; ++i) { product = multiply_factors(product, unit, 1, -1); }
  for (std::size_t i = 0; i < order.D; ++i) { product = multiply_factors(product, unit, period, -1); }
  return product;
}

}  // namespace

std::string to_string(const ArimaOrder& order, std::size_t period) {
  const auto triple = [](std::size_t a, std::size_t b, std::size_t c) {
    return "(" + std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + ")";
  };
  std::string text = "ARIMA" + triple(order.p, order.d, order.q);
  if (order.P + order.D + order.Q > 0) {
    text += triple(order.P, order.D, order.Q) + "[" + std::to_string(period) + "]";
  }
  if (order.constant) { text += order.d + order.D == 0 ? " with mean" : " with drift"; }
  return text;
}

Series coefficients_from_partials(SeriesView partials) {
  Series out;
  Series before;
  for (std::size_t k = 0; k < partials.size(); ++k) {
    before = out;
    out.push_back(partials[k]);
    for (std::size_t i = 0; i < k; ++i) { out[i] = before[i] - partials[k] * before[k - 1 - i]; }
  }
  return out;
}

bool has_roots_outside(SeriesView coefficients, double radius) {
  Series scaled(coefficients.begin(), coefficients.end());
  double power = 1;
  for (double& coefficient : scaled) { coefficient *= power *= radius; }
  // Step down: the process is stationary when every partial autocorrelation is inside (-1, 1).
  Series before;
  while (!scaled.empty()) {
    const double partial = scaled.back();
    if (!(std::abs(partial) < 1)) { return false; }
    scaled.pop_back();
    before = scaled;
    const std::size_t k = scaled.size();
    for (std::size_t i = 0; i < k; ++i) {
      scaled[i] = (before[i] + partial * before[k - 1 - i]) / (1 - partial * partial);
    }
  }
  return true;
}

ArmaProcess expand(SeriesView factors, const ArimaOrder& order, std::size_t period) {
  const SeriesView ar = factors.subspan(0, order.p);
  const SeriesView ma = factors.subspan(order.p, order.q);
  const SeriesView seasonal_ar = factors.subspan(order.p + order.q, order.P);
  const SeriesView seasonal_ma = factors.subspan(order.p + order.q + order.P, order.Q);
  return {multiply_factors(ar, seasonal_ar, period, -1), multiply_factors(ma, seasonal_ma, period, 1)};
}

Series level_weights(const ArmaProcess& process, const ArimaOrder& order, std::size_t period, std::size_t count) {
  const Series ar = level_autoregression(process.ar, order, period);
  Series weights(count, 0.0);
  for (std::size_t j = 0; j < count; ++j) {
    if (j == 0) {
      weights[j] = 1;
    } else if (j <= process.ma.size()) {
      weights[j] = process.ma[j - 1];
    }
    for (std::size_t i = 1; i <= std::min(j, ar.size()); ++i) { weights[j] += ar[i - 1] * weights[j - i]; }
  }
  return weights;
}

}  // namespace streamflow::analytics
