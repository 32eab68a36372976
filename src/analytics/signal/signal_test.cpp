// Parity of spectra, filters, resampling and wavelets with SciPy and PyWavelets: tests/golden/analytics/make_signal.py.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "analytics/signal/analytic_signal.h"
#include "analytics/signal/correlate.h"
#include "analytics/signal/fft.h"
#include "analytics/signal/filter.h"
#include "analytics/signal/golden_file.h"
#include "analytics/signal/resample.h"
#include "analytics/signal/spectrum.h"
#include "analytics/signal/wavelet.h"

namespace streamflow::analytics {
namespace {

const std::vector<double>& golden(const std::string& name) {
  static GoldenValues values = read_golden(STREAMFLOW_SOURCE_DIR "/tests/golden/analytics/signal.txt");
  return values[name];
}

std::vector<double> interleaved(std::span<const Complex> values) {
  std::vector<double> result;
  for (const Complex& value : values) result.insert(result.end(), {value.real(), value.imag()});
  return result;
}

// 1e-10 relative to the largest value: what parity with the reference means here.
void expect_near(std::span<const double> got, std::span<const double> want) {
  ASSERT_EQ(got.size(), want.size());
  ASSERT_FALSE(want.empty());
  double scale = 0.0;
  for (const double value : want) scale = std::max(scale, std::abs(value));
  for (std::size_t index = 0; index < want.size(); ++index) {
    ASSERT_NEAR(got[index], want[index], 1e-10 * scale) << "at " << index;
  }
}

SeriesView first(const std::vector<double>& values, std::size_t count) {
  return SeriesView(values).first(count);
}

TEST(Fft, MatchesNumpy) {
  for (const std::size_t size : {1U, 2U, 97U, 180U}) {
    SCOPED_TRACE(size);
    expect_near(interleaved(real_fft(first(golden("x"), size))), golden("rfft_" + std::to_string(size)));
  }
  Spectrum input;
  for (std::size_t index = 0; index < 60; ++index) input.emplace_back(golden("x")[index], golden("y")[index]);
  expect_near(interleaved(fft(input)), golden("fft_60"));
}

TEST(Fft, InversesRestoreTheInputOfAnyLength) {
  for (std::size_t size = 0; size < 40; ++size) {
    const SeriesView input = first(golden("x"), size);
    const std::vector<double> restored = inverse_real_fft(real_fft(input), size);
    ASSERT_EQ(restored.size(), size);
    for (std::size_t index = 0; index < size; ++index) EXPECT_NEAR(restored[index], input[index], 1e-13);
    const Spectrum complex(input.begin(), input.end());
    const Spectrum back = inverse_fft(fft(complex));
    for (std::size_t index = 0; index < size; ++index) EXPECT_NEAR(std::abs(back[index] - complex[index]), 0, 1e-13);
  }
}

TEST(Fft, FastLengthsHaveSmallFactorsAndAreLeast) {
  for (std::size_t length = 1; length < 3000; ++length) {
    const std::size_t fast = fast_fft_length(length);
    std::size_t brute = length;
    for (;; ++brute) {
      std::size_t rest = brute;
      for (const std::size_t factor : {2U, 3U, 5U}) {
        while (rest % factor == 0) rest /= factor;
      }
      if (rest == 1) break;
    }
    ASSERT_EQ(fast, brute) << length;
  }
}

TEST(Fft, ConvolutionEqualsTheDirectSum) {
  for (const std::size_t taps : {1U, 31U, 33U, 90U}) {
    const SeriesView left = first(golden("y"), taps);
    const SeriesView right(golden("x"));
    const std::vector<double> got = convolve(left, right);
    std::vector<double> want(left.size() + right.size() - 1, 0.0);
    for (std::size_t i = 0; i < left.size(); ++i) {
      for (std::size_t j = 0; j < right.size(); ++j) want[i + j] += left[i] * right[j];
    }
    expect_near(got, want);
  }
  EXPECT_TRUE(convolve({}, golden("x")).empty());
}

TEST(Spectrum, PeriodogramMatchesScipy) {
  SpectrumOptions options{.sample_rate = 10.0};
  expect_near(periodogram(golden("x"), options)->power, golden("periodogram_hann"));
  options = {.sample_rate = 10.0,
             .window = Window::kBoxcar,
             .detrend = SegmentDetrend::kLine,
             .scaling = SpectrumScaling::kPower};
  expect_near(periodogram(first(golden("x"), 199), options)->power, golden("periodogram_line"));
}

TEST(Spectrum, WelchMatchesScipy) {
  const auto spectrum = welch(golden("x"), {.sample_rate = 4.0, .segment_length = 64});
  expect_near(spectrum->power, golden("welch"));
  expect_near(spectrum->frequencies, golden("welch_frequencies"));
  expect_near(
      welch(golden("x"),
            {.segment_length = 65, .overlap = 20, .window = Window::kBlackman, .scaling = SpectrumScaling::kPower})
          ->power,
      golden("welch_blackman"));
}

TEST(Spectrum, CrossSpectrumAndCoherenceMatchScipy) {
  const SpectrumOptions options{.segment_length = 64};
  expect_near(interleaved(cross_spectrum(golden("x"), golden("y"), options)->power), golden("csd"));
  expect_near(coherence(golden("x"), golden("y"), options)->power, golden("coherence"));
}

TEST(Spectrum, ShortTimeSpectraMatchScipy) {
  const auto transform = short_time_fourier(golden("x"), {.segment_length = 64, .detrend = SegmentDetrend::kNone});
  expect_near(interleaved(transform->coefficients), golden("stft"));
  expect_near(transform->times, golden("stft_times"));
  expect_near(spectrogram(golden("x"), {.segment_length = 64, .overlap = 32, .window = Window::kHamming})->power,
              golden("spectrogram"));
}

TEST(Spectrum, LombScargleMatchesScipy) {
  expect_near(*lomb_scargle(golden("lomb_times"), golden("lomb_values"), golden("lomb_w")), golden("lomb"));
}

TEST(Spectrum, CepstrumMatchesNumpy) {
  expect_near(*cepstrum(golden("x")), golden("cepstrum"));
}

TEST(Spectrum, RefusesWhatItCannotTreat) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Series bad = {1.0, infinity, 2.0};
  const Series good = {1.0, 2.0, 4.0};
  EXPECT_FALSE(welch(bad, {}).has_value());
  EXPECT_NE(welch(bad, {}).error().message.find("index 1"), std::string::npos);
  EXPECT_FALSE(periodogram({}, {}).has_value());
  EXPECT_FALSE(welch(good, {.sample_rate = 0.0}).has_value());
  EXPECT_FALSE(welch(good, {.segment_length = 0}).has_value());
  EXPECT_FALSE(welch(good, {.segment_length = 2, .overlap = 2}).has_value());
  EXPECT_FALSE(coherence(good, first(good, 2), {}).has_value());
  EXPECT_FALSE(lomb_scargle(good, first(good, 2), good).has_value());
  EXPECT_FALSE(cepstrum(Series{0.0, 0.0}).has_value());
  const auto single = welch(Series{5.0}, {});
  for (const double value : single->power) EXPECT_EQ(value, 0.0);
}

TEST(AnalyticSignal, MatchesScipy) {
  expect_near(*envelope(golden("x")), golden("envelope"));
  expect_near(*instantaneous_phase(first(golden("x"), 199)), golden("phase"));
}

TEST(Correlate, MatchesScipy) {
  expect_near(*cross_correlate(golden("x"), first(golden("y"), 90)), golden("correlate"));
}

TEST(Correlate, FindsTheLagAndSurvivesConstants) {
  const Series constant(50, 3.0);
  const auto flat = lag_correlations(constant, first(golden("x"), 50), 5);
  for (const LagCorrelation& entry : *flat) { EXPECT_EQ(entry.correlation, 0.0); }
  const auto lags = lag_correlations(golden("y"), golden("x"), 10);
  ASSERT_EQ(lags->size(), 21U);
  const auto best = std::max_element(lags->begin(), lags->end(), [](const auto& left, const auto& right) {
    return left.correlation < right.correlation;
  });
  EXPECT_EQ(best->lag, 3);
}

struct BandCase {
  const char* name;
  FilterBand band;
  double low;
  double high;
};
constexpr BandCase kBands[] = {{"low", FilterBand::kLowPass, 0.2, 0.0},
                               {"high", FilterBand::kHighPass, 0.3, 0.0},
                               {"pass", FilterBand::kBandPass, 0.2, 0.5},
                               {"stop", FilterBand::kBandStop, 0.2, 0.5}};

TEST(Filter, DesignsMatchScipyForEveryFamilyBandAndOrder) {
  const struct {
    const char* name;
    FilterFamily family;
    double ripple;
  } families[] = {{"butterworth", FilterFamily::kButterworth, 1.0},
                  {"chebyshev1", FilterFamily::kChebyshev1, 1.0},
                  {"chebyshev2", FilterFamily::kChebyshev2, 40.0}};
  for (const auto& family : families) {
    for (const BandCase& band : kBands) {
      for (const std::size_t order : {1U, 4U, 5U}) {
        const std::string name = std::string(family.name) + "_" + band.name + "_" + std::to_string(order);
        SCOPED_TRACE(name);
        const auto sections = design_filter({family.family, band.band, order, band.low, band.high, family.ripple});
        ASSERT_TRUE(sections.has_value());
        const Series causal = *filter(*sections, golden("x"));
        expect_near(SeriesView(causal).last(60), golden(name));
        expect_near(first(*filter_zero_phase(*sections, golden("x")), 60), golden(name + "_zero"));
      }
    }
  }
}

TEST(Filter, FirMatchesScipy) {
  for (const BandCase& band : kBands) {
    SCOPED_TRACE(band.name);
    const auto taps = design_fir(
        {band.band, 51, band.name == std::string("high") ? 0.3 : band.low, band.high, Window::kHamming, std::nullopt});
    ASSERT_TRUE(taps.has_value());
    expect_near(*taps, golden(std::string("fir_") + band.name));
    const Series filtered = *filter_fir(*taps, golden("x"));
    expect_near(SeriesView(filtered).last(60), golden(std::string("fir_") + band.name + "_filtered"));
  }
}

TEST(Filter, RefusesImpossibleDesigns) {
  EXPECT_FALSE(design_filter({.order = 0}).has_value());
  EXPECT_FALSE(design_filter({.order = 51}).has_value());
  EXPECT_FALSE(design_filter({.cutoff_low = 1.0}).has_value());
  EXPECT_FALSE(design_filter({.band = FilterBand::kBandPass, .cutoff_low = 0.4, .cutoff_high = 0.3}).has_value());
  EXPECT_FALSE(design_filter({.family = FilterFamily::kChebyshev1, .ripple_decibel = 0.0}).has_value());
  EXPECT_FALSE(design_fir({.band = FilterBand::kHighPass, .taps = 10}).has_value());
  EXPECT_FALSE(design_fir({.taps = 0}).has_value());
  EXPECT_FALSE(filter_zero_phase(*design_filter({}), Series{1.0, 2.0}).has_value());
  EXPECT_FALSE(filter_fir({}, Series{1.0}).has_value());
}

TEST(Resample, MatchesScipy) {
  for (const auto& [up, down] : {std::pair{3U, 2U}, {2U, 3U}, {1U, 7U}, {5U, 1U}, {6U, 4U}}) {
    const std::string name = "resample_" + std::to_string(up) + "_" + std::to_string(down);
    SCOPED_TRACE(name);
    expect_near(*resample(golden("x"), {up, down}), golden(name));
  }
  EXPECT_TRUE(resample({}, {2, 1})->empty());
  EXPECT_FALSE(resample(golden("x"), {0, 1}).has_value());
}

TEST(Wavelet, DiscreteMatchesPyWaveletsAndInverts) {
  const std::pair<const char*, DiscreteWavelet> wavelets[] = {{"haar", DiscreteWavelet::kHaar},
                                                              {"db2", DiscreteWavelet::kDaubechies2},
                                                              {"db3", DiscreteWavelet::kDaubechies3},
                                                              {"db4", DiscreteWavelet::kDaubechies4}};
  for (const auto& [label, wavelet] : wavelets) {
    for (const std::size_t size : {200U, 37U}) {
      SCOPED_TRACE(std::string(label) + " " + std::to_string(size));
      const SeriesView series = first(golden("x"), size);
      const auto parts = discrete_wavelet(series, wavelet, 2);
      ASSERT_TRUE(parts.has_value());
      std::vector<double> flat = parts->approximation;
      for (const std::size_t level : {1U, 0U}) {
        flat.insert(flat.end(), parts->details[level].begin(), parts->details[level].end());
      }
      expect_near(flat, golden(std::string("dwt_") + label + "_" + std::to_string(size)));
      expect_near(inverse_discrete_wavelet(*parts), series);
    }
  }
  EXPECT_FALSE(discrete_wavelet(golden("x"), DiscreteWavelet::kHaar, 30).has_value());
}

TEST(Wavelet, ContinuousPeaksAtTheScaleOfASine) {
  Series sine(512);
  for (std::size_t index = 0; index < sine.size(); ++index) sine[index] = std::sin(2.0 * M_PI * double(index) / 32.0);
  std::vector<double> scales;
  for (double scale = 8.0; scale < 80.0; scale *= 1.05) scales.push_back(scale);
  const auto rows = continuous_wavelet(sine, scales, ContinuousWavelet::kMorlet);
  ASSERT_TRUE(rows.has_value());
  std::size_t best = 0;
  for (std::size_t row = 0; row < scales.size(); ++row) {
    // Torrence & Compo normalise to unit energy, so amplitude grows with the root of the scale.
    const auto height = [&](std::size_t at) { return std::abs((*rows)[at * 512 + 256]) / std::sqrt(scales[at]); };
    if (height(row) > height(best)) best = row;
  }
  EXPECT_NEAR(scales[best] * 4.0 * M_PI / (6.0 + std::sqrt(38.0)), 32.0, 1.5);
  EXPECT_FALSE(continuous_wavelet(sine, Series{0.0}, ContinuousWavelet::kMorlet).has_value());
}

}  // namespace
}  // namespace streamflow::analytics
