// Wavelet transforms: continuous (Morlet, Mexican hat) and discrete (Daubechies 1 to 4, symmetric extension).
// Source:     Torrence & Compo 1998 (continuous, by Fourier transform, unit energy); Mallat 1989, Daubechies 1992.
// Invariants: inverse_discrete_wavelet(discrete_wavelet(x)) is x up to rounding.
// Threads:    pure functions.
// Errors:     kInvalidArgument for a series with missing values, no or non-positive scales, too many levels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/series.h"
#include "analytics/signal/fft.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class ContinuousWavelet : std::uint8_t { kMorlet, kMexicanHat };

// [scale][time]. The series is padded with zeros to twice its length, so its ends do not meet.
Result<std::vector<Complex>> continuous_wavelet(SeriesView series, std::span<const double> scales,
                                                ContinuousWavelet wavelet);

enum class DiscreteWavelet : std::uint8_t { kHaar, kDaubechies2, kDaubechies3, kDaubechies4 };

struct WaveletDecomposition {
  std::size_t length = 0;  // of the series
  DiscreteWavelet wavelet = DiscreteWavelet::kHaar;
  Series approximation;         // of the coarsest level
  std::vector<Series> details;  // finest first
};
// `levels` 0 means as many as leave at least one filter length.
Result<WaveletDecomposition> discrete_wavelet(SeriesView series, DiscreteWavelet wavelet, std::size_t levels);
Series inverse_discrete_wavelet(const WaveletDecomposition& decomposition);

}  // namespace streamflow::analytics
