// Linear filters: Butterworth and Chebyshev designs as second-order sections, windowed FIR, causal and zero-phase use.
// Source:     Oppenheim & Schafer, ch. 7; conventions (cutoffs, padding, initial state) as in scipy.signal.
// Invariants: cutoffs are fractions of the Nyquist frequency, in (0, 1). Sections have a0 = 1 and run from the lowest
// to
//             the highest Q, so that no inner signal grows large.
// Threads:    pure functions.
// Errors:     kInvalidArgument for an order of 0 or above kFilterOrderMax, cutoffs outside (0, 1) or not ascending,
//             ripple that is not positive, a series too short to pad.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analytics/series.h"
#include "analytics/signal/window.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class FilterFamily : std::uint8_t { kButterworth, kChebyshev1, kChebyshev2 };
enum class FilterBand : std::uint8_t { kLowPass, kHighPass, kBandPass, kBandStop };

inline constexpr std::size_t kFilterOrderMax = 50;

struct FilterDesign {
  FilterFamily family = FilterFamily::kButterworth;
  FilterBand band = FilterBand::kLowPass;
  std::size_t order = 4;        // of the low-pass prototype
  double cutoff_low = 0.1;      // the only cutoff of low-pass and high-pass
  double cutoff_high = 0.0;     // band-pass and band-stop
  double ripple_decibel = 1.0;  // Chebyshev I: pass band ripple; II: stop band attenuation
};

// H(z) = (b0 + b1/z + b2/z²) / (1 + a1/z + a2/z²)
struct SecondOrderSection {
  std::array<double, 3> numerator{};    // b0 b1 b2
  std::array<double, 2> denominator{};  // a1 a2
};
using FilterSections = std::vector<SecondOrderSection>;

Result<FilterSections> design_filter(const FilterDesign& design);
// Causal, starting from rest.
Result<Series> filter(const FilterSections& sections, SeriesView series);
// Forward, then backward: no phase shift, squared magnitude. Ends are extended by odd reflection.
Result<Series> filter_zero_phase(const FilterSections& sections, SeriesView series);

// `taps` coefficients by the window method, scaled to gain 1 in the (first) pass band.
struct FirDesign {
  FilterBand band = FilterBand::kLowPass;
  std::size_t taps = 101;
  double cutoff_low = 0.1;
  double cutoff_high = 0.0;
  Window window = Window::kHamming;
  std::optional<double> kaiser_beta = std::nullopt;  // when set, a Kaiser window instead
};
Result<std::vector<double>> design_fir(const FirDesign& design);
// Causal, starting from rest: the first series.size() values of the convolution.
Result<Series> filter_fir(std::span<const double> taps, SeriesView series);

}  // namespace streamflow::analytics
