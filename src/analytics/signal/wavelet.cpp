#include "analytics/signal/wavelet.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <string>

#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

// Scaling coefficients, Daubechies 1992, table 6.1; analysis order.
constexpr double kHaarTaps[] = {0.70710678118654752440, 0.70710678118654752440};
constexpr double kDaubechies2Taps[] = {-0.12940952255126037, 0.22414386804201339, 0.83651630373780790,
                                       0.48296291314453414};
constexpr double kDaubechies3Taps[] = {0.03522629188570953, -0.08544127388202666, -0.13501102001025458,
                                       0.45987750211849154, 0.80689150931109255,  0.33267055295008263};
constexpr double kDaubechies4Taps[] = {-0.010597401785069032, 0.032883011666885200,  0.030841381835560763,
                                       -0.18703481171909308,  -0.027983769416859854, 0.63088076792985891,
                                       0.71484657055291564,   0.23037781330889650};

std::span<const double> scaling_taps(DiscreteWavelet wavelet) {
  switch (wavelet) {
    case DiscreteWavelet::kDaubechies2: return kDaubechies2Taps;
    case DiscreteWavelet::kDaubechies3: return kDaubechies3Taps;
    case DiscreteWavelet::kDaubechies4: return kDaubechies4Taps;
    case DiscreteWavelet::kHaar: break;
  }
  return kHaarTaps;
}

// The other half of the filter bank: reversed with alternating signs.
std::vector<double> detail_taps(std::span<const double> taps) {
  std::vector<double> result(taps.size());
  for (std::size_t index = 0; index < taps.size(); ++index) {
    result[index] = (index % 2 == 0 ? -1.0 : 1.0) * taps[taps.size() - 1 - index];
  }
  return result;
}

// The series continued by half-sample reflection, as often as needed.
double reflected(SeriesView series, std::ptrdiff_t index) {
  const auto count = static_cast<std::ptrdiff_t>(series.size());
  std::ptrdiff_t folded = index % (2 * count);
  if (folded < 0) folded += 2 * count;
  return series[static_cast<std::size_t>(folded < count ? folded : 2 * count - 1 - folded)];
}

Series analyse(SeriesView series, std::span<const double> taps) {
  Series output((series.size() + taps.size() - 1) / 2);
  for (std::size_t index = 0; index < output.size(); ++index) {
    for (std::size_t tap = 0; tap < taps.size(); ++tap) {
      output[index] +=
          taps[tap] * reflected(series, static_cast<std::ptrdiff_t>(2 * index + 1) - static_cast<std::ptrdiff_t>(tap));
    }
  }
  return output;
}

void synthesise(SeriesView coefficients, std::span<const double> taps, Series& output) {
  for (std::size_t index = 0; index < output.size(); ++index) {
    const std::size_t position = index + taps.size() - 2;
    for (std::size_t tap = position % 2; tap < taps.size() && tap <= position; tap += 2) {
      const std::size_t source = (position - tap) / 2;
      if (source < coefficients.size()) output[index] += taps[taps.size() - 1 - tap] * coefficients[source];
    }
  }
}

std::size_t levels_max(std::size_t length, std::size_t taps) {
  return length < taps - 1 ? 0 : static_cast<std::size_t>(std::bit_width(length / (taps - 1)) - 1);
}

// Torrence & Compo, table 1; frequencies in radians per step, already times the scale.
double wavelet_response(ContinuousWavelet wavelet, double scaled_frequency) {
  if (wavelet == ContinuousWavelet::kMorlet) {
    constexpr double kOmega0 = 6.0;
    const double offset = scaled_frequency - kOmega0;
    return scaled_frequency > 0.0 ? std::pow(std::numbers::pi, -0.25) * std::exp(-0.5 * offset * offset) : 0.0;
  }
  const double square = scaled_frequency * scaled_frequency;
  return std::sqrt(8.0 / 3.0) * std::pow(std::numbers::pi, -0.25) * 0.5 * square * std::exp(-0.5 * square) *
         std::numbers::sqrt2;
}

}  // namespace

Result<std::vector<Complex>> continuous_wavelet(SeriesView series, std::span<const double> scales,
                                                ContinuousWavelet wavelet) {
  SF_CHECK(require_finite("continuous wavelet transform", series, 1));
  SF_CHECK(require_finite("continuous wavelet scales", scales, 1));
  if (*std::min_element(scales.begin(), scales.end()) <= 0.0) {
    return invalid_series("continuous wavelet transform", "every scale must be positive");
  }
  Spectrum padded(fast_fft_length(2 * series.size()));
  std::copy(series.begin(), series.end(), padded.begin());
  const Spectrum coefficients = fft(padded);
  const std::size_t length = padded.size();
  std::vector<Complex> result;
  result.reserve(scales.size() * series.size());
  Spectrum product(length);
  for (const double scale : scales) {
    for (std::size_t bin = 0; bin < length; ++bin) {
      const double signed_bin = static_cast<double>(bin) - (2 * bin > length ? static_cast<double>(length) : 0.0);
      const double frequency = 2.0 * std::numbers::pi * signed_bin / static_cast<double>(length);
      product[bin] =
          coefficients[bin] * wavelet_response(wavelet, scale * frequency) * std::sqrt(2.0 * std::numbers::pi * scale);
    }
    const Spectrum row = inverse_fft(product);
    result.insert(result.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(series.size()));
  }
  return result;
}

Result<WaveletDecomposition> discrete_wavelet(SeriesView series, DiscreteWavelet wavelet, std::size_t levels) {
  SF_CHECK(require_finite("discrete wavelet transform", series, 2));
  const std::span<const double> taps = scaling_taps(wavelet);
  const std::size_t most = std::max<std::size_t>(1, levels_max(series.size(), taps.size()));
  if (levels > most) {
    return invalid_series("discrete wavelet transform", std::to_string(levels) + " levels asked of a series of " +
                                                            std::to_string(series.size()) + " values, at most " +
                                                            std::to_string(most));
  }
  if (levels == 0) levels = most;
  const std::vector<double> details = detail_taps(taps);
  WaveletDecomposition result{series.size(), wavelet, Series(series.begin(), series.end()), {}};
  for (std::size_t level = 0; level < levels; ++level) {
    result.details.push_back(analyse(result.approximation, details));
    result.approximation = analyse(result.approximation, taps);
  }
  return result;
}

Series inverse_discrete_wavelet(const WaveletDecomposition& decomposition) {
  const std::span<const double> taps = scaling_taps(decomposition.wavelet);
  const std::vector<double> details = detail_taps(taps);
  Series approximation = decomposition.approximation;
  for (std::size_t level = decomposition.details.size(); level-- > 0;) {
    const std::size_t length = level == 0 ? decomposition.length : decomposition.details[level - 1].size();
    Series finer(length, 0.0);
    approximation.resize(decomposition.details[level].size());
    synthesise(approximation, taps, finer);
    synthesise(decomposition.details[level], details, finer);
    approximation = std::move(finer);
  }
  return approximation;
}

}  // namespace streamflow::analytics
