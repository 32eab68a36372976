// Power spectra: periodogram, Welch's average, cross spectrum, coherence, short-time spectra, Lomb-Scargle, cepstrum.
// Source:     Welch 1967; Lomb 1976, Scargle 1982; scaling and defaults as in scipy.signal (one-sided spectra, mean
//             removed from each segment, periodic window).
// Invariants: frequencies are in cycles per unit of 1/sample_rate, ascending from 0.
// Threads:    pure functions.
// Errors:     kInvalidArgument for an empty or non-finite series, a segment longer than the series, an overlap not
//             below the segment length, a rate that is not positive.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analytics/series.h"
#include "analytics/signal/fft.h"
#include "analytics/signal/window.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class SpectrumScaling : std::uint8_t {
  kDensity,  // units squared per frequency: integrates to the variance
  kPower     // units squared: a sine of amplitude a peaks at a²/2
};
enum class SegmentDetrend : std::uint8_t { kNone, kMean, kLine };

struct SpectrumOptions {
  double sample_rate = 1.0;
  std::size_t segment_length = 256;                   // shortened to the series where that is shorter
  std::optional<std::size_t> overlap = std::nullopt;  // values shared by neighbours; half a segment when absent
  Window window = Window::kHann;
  SegmentDetrend detrend = SegmentDetrend::kMean;
  SpectrumScaling scaling = SpectrumScaling::kDensity;
};

struct PowerSpectrum {
  std::vector<double> frequencies;
  std::vector<double> power;
};

// One segment, the whole series. `segment_length` and `overlap` are unused.
Result<PowerSpectrum> periodogram(SeriesView series, const SpectrumOptions& options);
Result<PowerSpectrum> welch(SeriesView series, const SpectrumOptions& options);

struct CrossSpectrum {
  std::vector<double> frequencies;
  std::vector<Complex> power;  // conj(left) * right, averaged over segments
};
Result<CrossSpectrum> cross_spectrum(SeriesView left, SeriesView right, const SpectrumOptions& options);
// Magnitude-squared coherence, 0 to 1; 0 where either spectrum vanishes.
Result<PowerSpectrum> coherence(SeriesView left, SeriesView right, const SpectrumOptions& options);

struct ShortTimeSpectrum {
  std::vector<double> frequencies;
  std::vector<double> times;          // centre of each segment, in units of 1/sample_rate
  std::vector<Complex> coefficients;  // [segment][frequency]; scaled to amplitude
};
Result<ShortTimeSpectrum> short_time_fourier(SeriesView series, const SpectrumOptions& options);

struct Spectrogram {
  std::vector<double> frequencies;
  std::vector<double> times;
  std::vector<double> power;  // [segment][frequency]
};
Result<Spectrogram> spectrogram(SeriesView series, const SpectrumOptions& options);

// Spectral power at given angular frequencies (radians per unit of time) of values at uneven times; the mean should
// be removed first. Unnormalised, O(values * frequencies).
Result<std::vector<double>> lomb_scargle(std::span<const double> times, SeriesView values,
                                         std::span<const double> angular_frequencies);

// Inverse transform of the log magnitude: a peak at lag k means harmonics spaced by 1/k.
Result<std::vector<double>> cepstrum(SeriesView series);

}  // namespace streamflow::analytics
