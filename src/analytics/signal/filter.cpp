#include "analytics/signal/filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

#include "analytics/signal/fft.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

using SectionState = std::array<double, 2>;

// Direct form II, transposed.
void run_section(const SecondOrderSection& section, SectionState state, std::span<double> values) {
  const auto [b0, b1, b2] = section.numerator;
  const auto [a1, a2] = section.denominator;
  for (double& value : values) {
    const double output = b0 * value + state[0];
    state[0] = b1 * value - a1 * output + state[1];
    state[1] = b2 * value - a2 * output;
    value = output;
  }
}

// The states in which each section stays when the input is 1 forever.
std::vector<SectionState> steady_states(const FilterSections& sections) {
  std::vector<SectionState> states;
  double input = 1.0;
  for (const SecondOrderSection& section : sections) {
    const auto [b0, b1, b2] = section.numerator;
    const auto [a1, a2] = section.denominator;
    const double gain = (b0 + b1 + b2) / (1.0 + a1 + a2);
    const double second = b2 - a2 * gain;
    states.push_back({(b1 - a1 * gain + second) * input, second * input});
    input *= gain;
  }
  return states;
}

void run_from_steady_state(const FilterSections& sections, const std::vector<SectionState>& states,
                           std::span<double> values) {
  const double first = values.front();
  for (std::size_t index = 0; index < sections.size(); ++index) {
    run_section(sections[index], {states[index][0] * first, states[index][1] * first}, values);
  }
}

std::size_t padding_of(const FilterSections& sections) {
  std::size_t zero_numerators = 0;
  std::size_t zero_denominators = 0;
  for (const SecondOrderSection& section : sections) {
    zero_numerators += section.numerator[2] == 0.0 ? 1 : 0;
    zero_denominators += section.denominator[1] == 0.0 ? 1 : 0;
  }
  return 3 * (2 * sections.size() + 1 - std::min(zero_numerators, zero_denominators));
}

double sinc(double value) {
  const double angle = std::numbers::pi * value;
  return angle == 0.0 ? 1.0 : std::sin(angle) / angle;
}

struct PassBands {
  std::vector<std::array<double, 2>> bands;  // [from, to], fractions of the Nyquist frequency
};

PassBands pass_bands(const FirDesign& design) {
  switch (design.band) {
    case FilterBand::kHighPass: return {{{design.cutoff_low, 1.0}}};
    case FilterBand::kBandPass: return {{{design.cutoff_low, design.cutoff_high}}};
    case FilterBand::kBandStop: return {{{0.0, design.cutoff_low}, {design.cutoff_high, 1.0}}};
    case FilterBand::kLowPass: break;
  }
  return {{{0.0, design.cutoff_low}}};
}

Status check(const FirDesign& design) {
  const bool two_cutoffs = design.band == FilterBand::kBandPass || design.band == FilterBand::kBandStop;
  if (design.taps == 0) return invalid_series("FIR design", "at least one tap is needed");
  if (!(design.cutoff_low > 0.0 && design.cutoff_low < 1.0) ||
      (two_cutoffs && !(design.cutoff_high > design.cutoff_low && design.cutoff_high < 1.0))) {
    return invalid_series("FIR design", "cutoffs must ascend inside (0, 1), as fractions of the Nyquist frequency");
  }
  const bool passes_nyquist = design.band == FilterBand::kHighPass || design.band == FilterBand::kBandStop;
  if (passes_nyquist && design.taps % 2 == 0) {
    return invalid_series("FIR design", "a filter that passes the Nyquist frequency needs an odd number of taps, got " +
                                            std::to_string(design.taps));
  }
  return Ok{};
}

}  // namespace

Result<Series> filter(const FilterSections& sections, SeriesView series) {
  SF_CHECK(require_finite("filter", series, 0));
  Series output(series.begin(), series.end());
  for (const SecondOrderSection& section : sections) run_section(section, {}, output);
  return output;
}

Result<Series> filter_zero_phase(const FilterSections& sections, SeriesView series) {
  const std::size_t padding = padding_of(sections);
  SF_CHECK(require_finite("zero-phase filter", series, padding + 1));
  const std::size_t count = series.size();
  Series extended;
  extended.reserve(count + 2 * padding);
  for (std::size_t step = padding; step > 0; --step) extended.push_back(2.0 * series.front() - series[step]);
  extended.insert(extended.end(), series.begin(), series.end());
  for (std::size_t step = 1; step <= padding; ++step) {
    extended.push_back(2.0 * series.back() - series[count - 1 - step]);
  }
  const std::vector<SectionState> states = steady_states(sections);
  for (int pass = 0; pass < 2; ++pass) {
    run_from_steady_state(sections, states, extended);
    std::reverse(extended.begin(), extended.end());
  }
  const auto begin = extended.begin() + static_cast<std::ptrdiff_t>(padding);
  return Series(begin, begin + static_cast<std::ptrdiff_t>(count));
}

Result<std::vector<double>> design_fir(const FirDesign& design) {
  SF_CHECK(check(design));
  std::vector<double> taps = design.kaiser_beta ? kaiser_window(design.taps, *design.kaiser_beta)
                                                : window_values(design.window, design.taps, WindowForm::kSymmetric);
  const PassBands pass = pass_bands(design);
  const double middle = static_cast<double>(design.taps - 1) / 2.0;
  for (std::size_t index = 0; index < taps.size(); ++index) {
    const double offset = static_cast<double>(index) - middle;
    double ideal = 0.0;
    for (const auto& [from, to] : pass.bands) ideal += to * sinc(to * offset) - from * sinc(from * offset);
    taps[index] *= ideal;
  }
  const auto& [from, to] = pass.bands.front();
  const double reference = from == 0.0 ? 0.0 : (to == 1.0 ? 1.0 : 0.5 * (from + to));
  double gain = 0.0;
  for (std::size_t index = 0; index < taps.size(); ++index) {
    gain += taps[index] * std::cos(std::numbers::pi * (static_cast<double>(index) - middle) * reference);
  }
  for (double& tap : taps) tap /= gain;
  return taps;
}

Result<Series> filter_fir(std::span<const double> taps, SeriesView series) {
  if (taps.empty()) return invalid_series("FIR filter", "at least one tap is needed");
  SF_CHECK(require_finite("FIR filter taps", taps, 1));
  SF_CHECK(require_finite("FIR filter", series, 0));
  Series output = convolve(taps, series);
  output.resize(series.size());
  return output;
}

}  // namespace streamflow::analytics
