#include "analytics/signal/spectrum.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>

#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

double mean_of(SeriesView values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void detrend_segment(std::span<double> segment, SegmentDetrend detrend) {
  if (detrend == SegmentDetrend::kNone) return;
  const double mean = mean_of(segment);
  double slope = 0.0;
  const double middle = static_cast<double>(segment.size() - 1) / 2.0;
  if (detrend == SegmentDetrend::kLine) {
    double covariance = 0.0;
    double variance = 0.0;
    for (std::size_t index = 0; index < segment.size(); ++index) {
      const double offset = static_cast<double>(index) - middle;
      covariance += offset * (segment[index] - mean);
      variance += offset * offset;
    }
    slope = variance > 0.0 ? covariance / variance : 0.0;
  }
  for (std::size_t index = 0; index < segment.size(); ++index) {
    segment[index] -= mean + slope * (static_cast<double>(index) - middle);
  }
}

// How a series is cut: the window and the start of each segment.
struct Segments {
  std::vector<double> window;
  std::vector<std::size_t> starts;
};

Result<Segments> cut(std::string_view algorithm, SeriesView series, const SpectrumOptions& options) {
  SF_CHECK(require_finite(algorithm, series, 1));
  if (!(options.sample_rate > 0.0) || !std::isfinite(options.sample_rate)) {
    return invalid_series(algorithm, "the sample rate must be positive and finite");
  }
  if (options.segment_length == 0) return invalid_series(algorithm, "the segment length must be at least 1");
  const std::size_t length = std::min(options.segment_length, series.size());
  const std::size_t overlap = options.overlap.value_or(length / 2);
  if (overlap >= length) {
    return invalid_series(algorithm, "the overlap of " + std::to_string(overlap) +
                                         " values must be below the segment length, " + std::to_string(length));
  }
  Segments segments{window_values(options.window, length, WindowForm::kPeriodic), {}};
  for (std::size_t start = 0; start + length <= series.size(); start += length - overlap) {
    segments.starts.push_back(start);
  }
  return segments;
}

Spectrum segment_spectrum(SeriesView series, std::size_t start, const Segments& segments, SegmentDetrend detrend) {
  const SeriesView values = series.subspan(start, segments.window.size());
  std::vector<double> segment(values.begin(), values.end());
  detrend_segment(segment, detrend);
  for (std::size_t index = 0; index < segment.size(); ++index) segment[index] *= segments.window[index];
  return real_fft(segment);
}

double scale_of(const std::vector<double>& window, const SpectrumOptions& options) {
  const double sum = std::accumulate(window.begin(), window.end(), 0.0);
  const double squares = std::inner_product(window.begin(), window.end(), window.begin(), 0.0);
  const double scale =
      options.scaling == SpectrumScaling::kDensity ? 1.0 / (options.sample_rate * squares) : 1.0 / (sum * sum);
  return std::isfinite(scale) ? scale : 0.0;  // a Hann window of one value is all zero
}

// One-sided: all bins stand for two, except 0 and, for even lengths, the Nyquist frequency.
double sides_of(std::size_t bin, std::size_t length) {
  return bin == 0 || 2 * bin == length ? 1.0 : 2.0;
}

std::vector<double> frequencies_of(std::size_t length, double sample_rate) {
  std::vector<double> frequencies(length / 2 + 1);
  for (std::size_t bin = 0; bin < frequencies.size(); ++bin) {
    frequencies[bin] = static_cast<double>(bin) * sample_rate / static_cast<double>(length);
  }
  return frequencies;
}

std::vector<double> times_of(const Segments& segments, double sample_rate) {
  std::vector<double> times;
  times.reserve(segments.starts.size());
  for (const std::size_t start : segments.starts) {
    times.push_back((static_cast<double>(start) + static_cast<double>(segments.window.size()) / 2.0) / sample_rate);
  }
  return times;
}

std::vector<Complex> averaged_product(SeriesView left, SeriesView right, const Segments& segments,
                                      const SpectrumOptions& options) {
  const std::size_t length = segments.window.size();
  std::vector<Complex> power(length / 2 + 1);
  for (const std::size_t start : segments.starts) {
    const Spectrum first = segment_spectrum(left, start, segments, options.detrend);
    const Spectrum second = segment_spectrum(right, start, segments, options.detrend);
    for (std::size_t bin = 0; bin < power.size(); ++bin) power[bin] += std::conj(first[bin]) * second[bin];
  }
  const double scale = scale_of(segments.window, options) / static_cast<double>(segments.starts.size());
  for (std::size_t bin = 0; bin < power.size(); ++bin) power[bin] *= scale * sides_of(bin, length);
  return power;
}

}  // namespace

Result<PowerSpectrum> welch(SeriesView series, const SpectrumOptions& options) {
  SF_TRY(segments, cut("welch", series, options));
  const std::size_t length = segments.window.size();
  PowerSpectrum spectrum{frequencies_of(length, options.sample_rate), std::vector<double>(length / 2 + 1, 0.0)};
  for (const std::size_t start : segments.starts) {
    const Spectrum coefficients = segment_spectrum(series, start, segments, options.detrend);
    for (std::size_t bin = 0; bin < coefficients.size(); ++bin) spectrum.power[bin] += std::norm(coefficients[bin]);
  }
  const double scale = scale_of(segments.window, options) / static_cast<double>(segments.starts.size());
  for (std::size_t bin = 0; bin < spectrum.power.size(); ++bin) spectrum.power[bin] *= scale * sides_of(bin, length);
  return spectrum;
}

Result<PowerSpectrum> periodogram(SeriesView series, const SpectrumOptions& options) {
  SF_CHECK(require_finite("periodogram", series, 1));
  SpectrumOptions whole = options;
  whole.segment_length = series.size();
  whole.overlap = 0;
  return welch(series, whole);
}

Result<CrossSpectrum> cross_spectrum(SeriesView left, SeriesView right, const SpectrumOptions& options) {
  SF_CHECK(require_equal_length("cross spectrum", left, right));
  SF_CHECK(require_finite("cross spectrum", right, 1));
  SF_TRY(segments, cut("cross spectrum", left, options));
  return CrossSpectrum{frequencies_of(segments.window.size(), options.sample_rate),
                       averaged_product(left, right, segments, options)};
}

Result<PowerSpectrum> coherence(SeriesView left, SeriesView right, const SpectrumOptions& options) {
  SF_TRY(cross, cross_spectrum(left, right, options));
  SF_TRY(first, welch(left, options));
  SF_TRY(second, welch(right, options));
  PowerSpectrum result{std::move(cross.frequencies), std::vector<double>(cross.power.size(), 0.0)};
  for (std::size_t bin = 0; bin < result.power.size(); ++bin) {
    const double product = first.power[bin] * second.power[bin];
    if (product > 0.0) result.power[bin] = std::norm(cross.power[bin]) / product;
  }
  return result;
}

Result<ShortTimeSpectrum> short_time_fourier(SeriesView series, const SpectrumOptions& options) {
  SF_TRY(segments, cut("short-time Fourier transform", series, options));
  const double sum = std::accumulate(segments.window.begin(), segments.window.end(), 0.0);
  const double scale = sum > 0.0 ? 1.0 / sum : 0.0;
  ShortTimeSpectrum result{
      frequencies_of(segments.window.size(), options.sample_rate), times_of(segments, options.sample_rate), {}};
  result.coefficients.reserve(result.frequencies.size() * segments.starts.size());
  for (const std::size_t start : segments.starts) {
    for (const Complex& value : segment_spectrum(series, start, segments, options.detrend)) {
      result.coefficients.push_back(value * scale);
    }
  }
  return result;
}

Result<Spectrogram> spectrogram(SeriesView series, const SpectrumOptions& options) {
  SF_TRY(segments, cut("spectrogram", series, options));
  const std::size_t length = segments.window.size();
  const double scale = scale_of(segments.window, options);
  Spectrogram result{frequencies_of(length, options.sample_rate), times_of(segments, options.sample_rate), {}};
  result.power.reserve(result.frequencies.size() * segments.starts.size());
  for (const std::size_t start : segments.starts) {
    const Spectrum coefficients = segment_spectrum(series, start, segments, options.detrend);
    for (std::size_t bin = 0; bin < coefficients.size(); ++bin) {
      result.power.push_back(std::norm(coefficients[bin]) * scale * sides_of(bin, length));
    }
  }
  return result;
}

Result<std::vector<double>> lomb_scargle(std::span<const double> times, SeriesView values,
                                         std::span<const double> angular_frequencies) {
  SF_CHECK(require_equal_length("Lomb-Scargle", times, values));
  SF_CHECK(require_finite("Lomb-Scargle", times, 1));
  SF_CHECK(require_finite("Lomb-Scargle", values, 1));
  SF_CHECK(require_finite("Lomb-Scargle frequencies", angular_frequencies, 0));
  std::vector<double> power;
  power.reserve(angular_frequencies.size());
  for (const double frequency : angular_frequencies) {
    double value_cosine = 0.0, value_sine = 0.0, cosines = 0.0, sines = 0.0, products = 0.0;
    for (std::size_t index = 0; index < times.size(); ++index) {
      const double cosine = std::cos(frequency * times[index]);
      const double sine = std::sin(frequency * times[index]);
      value_cosine += values[index] * cosine;
      value_sine += values[index] * sine;
      cosines += cosine * cosine;
      sines += sine * sine;
      products += cosine * sine;
    }
    const double shift = 0.5 * std::atan2(2.0 * products, cosines - sines);  // Lomb's tau, times the frequency
    const double cosine = std::cos(shift);
    const double sine = std::sin(shift);
    const double in_phase = cosine * value_cosine + sine * value_sine;
    const double quadrature = cosine * value_sine - sine * value_cosine;
    const double cross = 2.0 * cosine * sine * products;
    const double in_phase_norm = cosine * cosine * cosines + cross + sine * sine * sines;
    const double quadrature_norm = cosine * cosine * sines - cross + sine * sine * cosines;
    const double floor = std::numeric_limits<double>::epsilon() * static_cast<double>(times.size());
    power.push_back(0.5 * ((in_phase_norm > floor ? in_phase * in_phase / in_phase_norm : 0.0) +
                           (quadrature_norm > floor ? quadrature * quadrature / quadrature_norm : 0.0)));
  }
  return power;
}

Result<std::vector<double>> cepstrum(SeriesView series) {
  SF_CHECK(require_finite("cepstrum", series, 1));
  Spectrum coefficients = real_fft(series);
  double largest = 0.0;
  for (const Complex& value : coefficients) largest = std::max(largest, std::abs(value));
  if (largest == 0.0) return invalid_series("cepstrum", "every value is zero, so the log spectrum does not exist");
  for (Complex& value : coefficients) {
    value = std::log(std::max(std::abs(value), largest * std::numeric_limits<double>::min()));
  }
  return inverse_real_fft(coefficients, series.size());
}

}  // namespace streamflow::analytics
