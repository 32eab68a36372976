#include "analytics/signal/analytic_signal.h"

#include <cmath>
#include <numbers>

#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {

Result<Spectrum> analytic_signal(SeriesView series) {
  SF_CHECK(require_finite("analytic signal", series, 1));
  const std::size_t count = series.size();
  Spectrum coefficients(count);
  const Spectrum half = real_fft(series);
  for (std::size_t bin = 0; bin < half.size(); ++bin) {
    const bool alone = bin == 0 || 2 * bin == count;  // its own conjugate
    coefficients[bin] = alone ? half[bin] : 2.0 * half[bin];
  }
  return inverse_fft(coefficients);
}

Result<Series> envelope(SeriesView series) {
  SF_TRY(signal, analytic_signal(series));
  Series result(signal.size());
  for (std::size_t index = 0; index < signal.size(); ++index) result[index] = std::abs(signal[index]);
  return result;
}

Result<Series> instantaneous_phase(SeriesView series) {
  SF_TRY(signal, analytic_signal(series));
  Series result(signal.size());
  for (std::size_t index = 0; index < signal.size(); ++index) {
    result[index] = std::arg(signal[index]);
    if (index == 0) continue;
    const double turns = std::round((result[index - 1] - result[index]) / (2.0 * std::numbers::pi));
    result[index] += 2.0 * std::numbers::pi * turns;
  }
  return result;
}

}  // namespace streamflow::analytics
