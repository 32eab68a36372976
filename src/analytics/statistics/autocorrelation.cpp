#include "analytics/statistics/autocorrelation.h"

#include <pocketfft_hdronly.h>

#include <cmath>
#include <complex>
#include <numeric>
#include <string>

namespace streamflow::analytics {
namespace {

Status check(SeriesView series, std::size_t lags) {
  if (series.size() < 2 || lags >= series.size()) {
    return Error{ErrorCode::kInvalidArgument, "autocorrelation: got " + std::to_string(series.size()) +
                                                  " values and lag " + std::to_string(lags) +
                                                  "; needs at least 2 values and a lag below their count"};
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!std::isfinite(series[i])) {
      return Error{ErrorCode::kInvalidArgument,
                   "autocorrelation: value " + std::to_string(i) + " is missing or infinite; fill the gaps first"};
    }
  }
  return Ok{};
}

Series centred(SeriesView series) {
  const auto n = static_cast<double>(series.size());
  const double scale = 1 / n;  // before summing: the sum of large values may overflow
  double mean = 0;
  for (const double value : series) { mean += value * scale; }
  Series out(series.begin(), series.end());
  for (double& value : out) { value -= mean; }
  return out;
}

Series covariance_directly(const Series& x, std::size_t lags) {
  Series out(lags + 1);
  for (std::size_t lag = 0; lag <= lags; ++lag) {
    out[lag] = std::inner_product(x.begin() + static_cast<std::ptrdiff_t>(lag), x.end(), x.begin(), 0.0) /
               static_cast<double>(x.size());
  }
  return out;
}

// The circular covariance of the series padded with zeros.
Series covariance_by_fourier(Series x, std::size_t lags) {
  const std::size_t n = x.size();
  const std::size_t length = pocketfft::detail::util::good_size_real(n + lags + 1);
  x.resize(length);
  std::vector<std::complex<double>> spectrum(length / 2 + 1);
  const pocketfft::shape_t shape{length};
  const pocketfft::stride_t real_stride{sizeof(double)};
  const pocketfft::stride_t complex_stride{sizeof(std::complex<double>)};
  pocketfft::r2c(shape, real_stride, complex_stride, 0, pocketfft::FORWARD, x.data(), spectrum.data(), 1.0);
  for (auto& value : spectrum) { value = std::norm(value); }
  pocketfft::c2r(shape, complex_stride, real_stride, 0, pocketfft::BACKWARD, spectrum.data(), x.data(),
                 1.0 / static_cast<double>(length));
  x.resize(lags + 1);
  for (double& value : x) { value /= static_cast<double>(n); }
  return x;
}

}  // namespace

Result<Series> autocovariance(SeriesView series, std::size_t lags) {
  SF_CHECK(check(series, lags));
  Series x = centred(series);
  constexpr std::size_t kDirectLagsMax = 64;
  return lags <= kDirectLagsMax ? covariance_directly(x, lags) : covariance_by_fourier(std::move(x), lags);
}

Result<Series> autocorrelation(SeriesView series, std::size_t lags) {
  SF_TRY(covariance, autocovariance(series, lags));
  const double variance = covariance[0];
  double largest = 0;
  for (const double value : series) { largest = std::max(largest, std::abs(value)); }
  // Rounding of the mean leaves a constant series a variance of some units in the last place, squared.
  if (!(variance > 1e-30 * largest * largest) || !std::isfinite(variance)) {
    return Error{ErrorCode::kInvalidArgument,
                 "autocorrelation: the series is constant, or its variance leaves the range of a 64-bit float"};
  }
  for (double& value : covariance) { value /= variance; }
  return std::move(covariance);
}

Result<Series> partial_autocorrelation(SeriesView series, std::size_t lags) {
  SF_TRY(correlation, autocorrelation(series, lags));
  Series partial(lags + 1);
  partial[0] = 1;
  Series coefficients, previous;
  double error = 1;
  for (std::size_t k = 1; k <= lags; ++k) {
    double numerator = correlation[k];
    for (std::size_t j = 1; j < k; ++j) { numerator -= coefficients[j - 1] * correlation[k - j]; }
    const double reflection = error > 1e-14 ? numerator / error : 0;  // a perfectly predictable series has no more
    previous = coefficients;
    for (std::size_t j = 1; j < k; ++j) { coefficients[j - 1] -= reflection * previous[k - j - 1]; }
    coefficients.push_back(reflection);
    error *= 1 - reflection * reflection;
    partial[k] = reflection;
  }
  return partial;
}

}  // namespace streamflow::analytics
