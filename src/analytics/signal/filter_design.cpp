// Zeros and poles of analogue prototypes, their band transforms, the bilinear transform, and the pairing into sections.
#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "analytics/signal/fft.h"
#include "analytics/signal/filter.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

using Roots = std::vector<Complex>;
constexpr Complex kImaginary{0.0, 1.0};
constexpr double kBilinearRate = 4.0;  // twice the sample rate of a unit Nyquist frequency

struct ZeroPoleGain {
  Roots zeros;
  Roots poles;
  double gain = 1.0;
};

Complex product_of_negated(const Roots& roots) {
  Complex product = 1.0;
  for (const Complex& root : roots) product *= -root;
  return product;
}

Roots unit_circle_poles(std::size_t order) {
  Roots poles;
  const int last = static_cast<int>(order) - 1;
  for (int step = -last; step <= last; step += 2) {
    poles.push_back(-std::exp(kImaginary * std::numbers::pi * (step / (2.0 * static_cast<double>(order)))));
  }
  return poles;
}

ZeroPoleGain chebyshev1_prototype(std::size_t order, double ripple) {
  const double epsilon = std::sqrt(std::pow(10.0, 0.1 * ripple) - 1.0);
  const double mu = std::asinh(1.0 / epsilon) / static_cast<double>(order);
  ZeroPoleGain filter;
  const int last = static_cast<int>(order) - 1;
  for (int step = -last; step <= last; step += 2) {
    const double theta = std::numbers::pi * step / (2.0 * static_cast<double>(order));
    filter.poles.push_back(-std::sinh(Complex(mu, theta)));
  }
  filter.gain = product_of_negated(filter.poles).real();
  if (order % 2 == 0) filter.gain /= std::sqrt(1.0 + epsilon * epsilon);
  return filter;
}

ZeroPoleGain chebyshev2_prototype(std::size_t order, double attenuation) {
  const double mu = std::asinh(std::sqrt(std::pow(10.0, 0.1 * attenuation) - 1.0)) / static_cast<double>(order);
  ZeroPoleGain filter;
  const int last = static_cast<int>(order) - 1;
  for (int step = -last; step <= last; step += 2) {
    if (step == 0) continue;  // an odd order has one zero at infinity
    filter.zeros.push_back(
        -std::conj(kImaginary / std::sin(step * std::numbers::pi / (2.0 * static_cast<double>(order)))));
  }
  for (const Complex& pole : unit_circle_poles(order)) {
    filter.poles.push_back(1.0 / Complex(std::sinh(mu) * pole.real(), std::cosh(mu) * pole.imag()));
  }
  filter.gain = (product_of_negated(filter.poles) / product_of_negated(filter.zeros)).real();
  return filter;
}

ZeroPoleGain prototype(const FilterDesign& design) {
  switch (design.family) {
    case FilterFamily::kChebyshev1: return chebyshev1_prototype(design.order, design.ripple_decibel);
    case FilterFamily::kChebyshev2: return chebyshev2_prototype(design.order, design.ripple_decibel);
    case FilterFamily::kButterworth: break;
  }
  return ZeroPoleGain{{}, unit_circle_poles(design.order), 1.0};
}

ZeroPoleGain to_low_pass(ZeroPoleGain filter, double cutoff) {
  const std::size_t degree = filter.poles.size() - filter.zeros.size();
  for (Complex& zero : filter.zeros) zero *= cutoff;
  for (Complex& pole : filter.poles) pole *= cutoff;
  filter.gain *= std::pow(cutoff, static_cast<double>(degree));
  return filter;
}

ZeroPoleGain to_high_pass(ZeroPoleGain filter, double cutoff) {
  const std::size_t degree = filter.poles.size() - filter.zeros.size();
  filter.gain *= (product_of_negated(filter.zeros) / product_of_negated(filter.poles)).real();
  for (Complex& zero : filter.zeros) zero = cutoff / zero;
  for (Complex& pole : filter.poles) pole = cutoff / pole;
  filter.zeros.insert(filter.zeros.end(), degree, Complex(0.0));
  return filter;
}

// The two roots of s² - 2·half·s + centre² = 0, for each half.
Roots split_around(const Roots& halves, double centre) {
  Roots roots;
  for (const Complex& half : halves) roots.push_back(half + std::sqrt(half * half - centre * centre));
  for (const Complex& half : halves) roots.push_back(half - std::sqrt(half * half - centre * centre));
  return roots;
}

ZeroPoleGain to_band_pass(ZeroPoleGain filter, double centre, double width) {
  const std::size_t degree = filter.poles.size() - filter.zeros.size();
  for (Complex& zero : filter.zeros) zero *= width / 2.0;
  for (Complex& pole : filter.poles) pole *= width / 2.0;
  ZeroPoleGain result{split_around(filter.zeros, centre), split_around(filter.poles, centre),
                      filter.gain * std::pow(width, static_cast<double>(degree))};
  result.zeros.insert(result.zeros.end(), degree, Complex(0.0));
  return result;
}

ZeroPoleGain to_band_stop(ZeroPoleGain filter, double centre, double width) {
  const std::size_t degree = filter.poles.size() - filter.zeros.size();
  const double ratio = (product_of_negated(filter.zeros) / product_of_negated(filter.poles)).real();
  for (Complex& zero : filter.zeros) zero = width / 2.0 / zero;
  for (Complex& pole : filter.poles) pole = width / 2.0 / pole;
  ZeroPoleGain result{split_around(filter.zeros, centre), split_around(filter.poles, centre), filter.gain * ratio};
  result.zeros.insert(result.zeros.end(), degree, kImaginary * centre);
  result.zeros.insert(result.zeros.end(), degree, -kImaginary * centre);
  return result;
}

ZeroPoleGain bilinear(ZeroPoleGain filter) {
  const std::size_t degree = filter.poles.size() - filter.zeros.size();
  Complex ratio = 1.0;
  for (Complex& zero : filter.zeros) {
    ratio *= kBilinearRate - zero;
    zero = (kBilinearRate + zero) / (kBilinearRate - zero);
  }
  for (Complex& pole : filter.poles) {
    ratio /= kBilinearRate - pole;
    pole = (kBilinearRate + pole) / (kBilinearRate - pole);
  }
  filter.gain *= ratio.real();
  filter.zeros.insert(filter.zeros.end(), degree, Complex(-1.0));
  return filter;
}

using RootPair = std::vector<Complex>;  // one real root, two real roots, or a conjugate pair

std::vector<RootPair> pair_roots(const Roots& roots) {
  std::vector<RootPair> pairs;
  std::vector<double> real_roots;
  for (const Complex& root : roots) {
    if (std::abs(root.imag()) <= 1e-12 * std::max(1.0, std::abs(root))) {
      real_roots.push_back(root.real());
    } else if (root.imag() > 0.0) {
      pairs.push_back({root, std::conj(root)});
    }
  }
  std::sort(real_roots.begin(), real_roots.end());
  for (std::size_t index = 0; index + 1 < real_roots.size(); index += 2) {
    pairs.push_back({real_roots[index], real_roots[index + 1]});
  }
  if (real_roots.size() % 2 == 1) pairs.push_back({real_roots.back()});
  return pairs;
}

double distance_to_circle(const RootPair& pair) {
  double nearest = std::abs(1.0 - std::abs(pair[0]));
  if (pair.size() == 2) nearest = std::min(nearest, std::abs(1.0 - std::abs(pair[1])));
  return nearest;
}

// Coefficients of (1 - r1/z)(1 - r2/z) after the leading 1.
std::array<double, 2> polynomial(const RootPair& pair) {
  if (pair.size() == 1) return {-pair[0].real(), 0.0};
  return {-(pair[0] + pair[1]).real(), (pair[0] * pair[1]).real()};
}

FilterSections to_sections(const ZeroPoleGain& filter) {
  std::vector<RootPair> poles = pair_roots(filter.poles);
  std::vector<RootPair> zeros = pair_roots(filter.zeros);
  std::sort(poles.begin(), poles.end(), [](const RootPair& left, const RootPair& right) {
    return distance_to_circle(left) < distance_to_circle(right);
  });
  FilterSections sections;
  for (const RootPair& pole : poles) {
    auto nearest = zeros.end();
    for (auto zero = zeros.begin(); zero != zeros.end(); ++zero) {
      if (zero->size() != pole.size()) continue;
      if (nearest == zeros.end() || std::abs((*zero)[0] - pole[0]) < std::abs((*nearest)[0] - pole[0])) nearest = zero;
    }
    const auto [first, second] = polynomial(*nearest);
    sections.push_back({{1.0, first, second}, polynomial(pole)});
    zeros.erase(nearest);
  }
  std::reverse(sections.begin(), sections.end());
  for (double& coefficient : sections.front().numerator) coefficient *= filter.gain;
  return sections;
}

Status check(const FilterDesign& design) {
  if (design.order == 0 || design.order > kFilterOrderMax) {
    return invalid_series("filter design", "the order is " + std::to_string(design.order) + ", wanted 1 to " +
                                               std::to_string(kFilterOrderMax));
  }
  if (design.family != FilterFamily::kButterworth && !(design.ripple_decibel > 0.0)) {
    return invalid_series("filter design", "the ripple must be above 0 decibel");
  }
  const bool two_cutoffs = design.band == FilterBand::kBandPass || design.band == FilterBand::kBandStop;
  if (!(design.cutoff_low > 0.0 && design.cutoff_low < 1.0) ||
      (two_cutoffs && !(design.cutoff_high > design.cutoff_low && design.cutoff_high < 1.0))) {
    return invalid_series("filter design", "cutoffs must ascend inside (0, 1), as fractions of the Nyquist frequency");
  }
  return Ok{};
}

}  // namespace

Result<FilterSections> design_filter(const FilterDesign& design) {
  SF_CHECK(check(design));
  const double low = kBilinearRate * std::tan(std::numbers::pi * design.cutoff_low / 2.0);
  const double high = kBilinearRate * std::tan(std::numbers::pi * design.cutoff_high / 2.0);
  ZeroPoleGain filter = prototype(design);
  switch (design.band) {
    case FilterBand::kLowPass: filter = to_low_pass(std::move(filter), low); break;
    case FilterBand::kHighPass: filter = to_high_pass(std::move(filter), low); break;
    case FilterBand::kBandPass: filter = to_band_pass(std::move(filter), std::sqrt(low * high), high - low); break;
    case FilterBand::kBandStop: filter = to_band_stop(std::move(filter), std::sqrt(low * high), high - low); break;
  }
  return to_sections(bilinear(std::move(filter)));
}

}  // namespace streamflow::analytics
