#include "analytics/anomaly/spectral_residual.h"

#include <algorithm>
#include <cmath>

#include "analytics/signal/fft.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

// Mean of up to `window` values ending at each.
std::vector<double> trailing_means(const std::vector<double>& values, std::size_t window) {
  std::vector<double> means(values.size());
  double sum = 0.0;
  for (std::size_t index = 0; index < values.size(); ++index) {
    sum += values[index];
    if (index >= window) sum -= values[index - window];
    means[index] = sum / static_cast<double>(std::min(index + 1, window));
  }
  return means;
}

}  // namespace

Result<std::vector<double>> spectral_residual(SeriesView series, const SpectralResidualOptions& options) {
  if (options.spectrum_window == 0 || options.score_window == 0 || !(options.threshold > 0.0)) {
    return invalid_series("spectral residual", "both windows must be at least 1 and the threshold above 0");
  }
  SF_CHECK(require_finite("spectral residual", series, 0));
  if (series.size() < 3) return std::vector<double>(series.size(), 0.0);
  // Scaled to unit size, so that no magnitude overflows.
  const auto [low, high] = std::minmax_element(series.begin(), series.end());
  const double range = *high / 2.0 - *low / 2.0;
  if (!(range > 0.0)) return std::vector<double>(series.size(), 0.0);
  Spectrum scaled;
  for (const double value : series) scaled.emplace_back((value / 2.0 - *low / 2.0) / range);
  Spectrum coefficients = fft(scaled);
  std::vector<double> logs;
  for (const Complex& value : coefficients) logs.push_back(std::log(std::max(std::abs(value), 1e-12)));
  const std::vector<double> smooth = trailing_means(logs, options.spectrum_window);
  for (std::size_t bin = 0; bin < coefficients.size(); ++bin) {
    const double magnitude = std::abs(coefficients[bin]);
    const double residual = std::exp(logs[bin] - smooth[bin]);
    coefficients[bin] = magnitude > 1e-12 ? coefficients[bin] / magnitude * residual : Complex(residual);
  }
  std::vector<double> saliency;
  for (const Complex& value : inverse_fft(coefficients)) saliency.push_back(std::abs(value));
  const std::vector<double> usual = trailing_means(saliency, options.score_window);
  for (std::size_t index = 0; index < saliency.size(); ++index) {
    const double excess = saliency[index] - usual[index];
    saliency[index] = excess > 0.0 ? excess / (options.threshold * std::max(usual[index], 1e-12)) : 0.0;
  }
  return saliency;
}

}  // namespace streamflow::analytics
