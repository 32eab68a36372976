#include "analytics/statistics/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = 1e-300;
constexpr double kEpsilon = 1e-16;
constexpr int kTermsMax = 100'000;

// ln Gamma without std::lgamma's global sign, which is not thread-safe; x > 0.
double log_gamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

double gamma_series(double shape, double x) {
  double term = 1 / shape;
  double sum = term;
  for (int k = 1; k < kTermsMax && std::abs(term) > std::abs(sum) * kEpsilon; ++k) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum * std::exp(-x + shape * std::log(x) - log_gamma(shape));
}

double gamma_fraction(double shape, double x) {
  double b = x + 1 - shape;
  double c = 1 / kTiny;
  double d = 1 / b;
  double h = d;
  for (int k = 1; k < kTermsMax; ++k) {
    const double a = -k * (k - shape);
    b += 2;
    d = a * d + b;
    if (std::abs(d) < kTiny) { d = kTiny; }
    c = b + a / c;
    if (std::abs(c) < kTiny) { c = kTiny; }
    d = 1 / d;
    const double factor = d * c;
    h *= factor;
    if (std::abs(factor - 1) < kEpsilon) { break; }
  }
  return std::exp(-x + shape * std::log(x) - log_gamma(shape)) * h;
}

double beta_fraction(double a, double b, double x) {
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  if (std::abs(d) < kTiny) { d = kTiny; }
  d = 1 / d;
  double h = d;
  const auto step = [&](double coefficient) {
    d = 1 + coefficient * d;
    if (std::abs(d) < kTiny) { d = kTiny; }
    c = 1 + coefficient / c;
    if (std::abs(c) < kTiny) { c = kTiny; }
    d = 1 / d;
    h *= d * c;
    return d * c;
  };
  for (int m = 1; m < kTermsMax; ++m) {
    step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
    const double factor = step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)));
    if (std::abs(factor - 1) < kEpsilon) { break; }
  }
  return h;
}

// The point of [0, infinity) where `is_below` turns false, by bisection inside a doubling bracket. The 200 halvings
// reach the last bit.
template <class IsBelow>
double positive_root(const IsBelow& is_below) {
  double high = 1;
  while (is_below(high) && high < 1e300) { high *= 2; }
  double low = high == 1 ? 0.5 : 0.5 * high;
  while (low > 1e-300 && !is_below(low)) {
    high = low;
    low *= 0.5;
  }
  for (int k = 0; k < 200; ++k) {
    const double middle = 0.5 * (low + high);
    if (middle == low || middle == high) { break; }
    (is_below(middle) ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

template <class Probability>
double positive_quantile(double probability, const Probability& function) {
  if (!(probability >= 0 && probability <= 1)) { return kNaN; }
  if (probability == 0) { return 0; }
  if (probability == 1) { return kInfinity; }
  return positive_root([&](double x) { return function(x) < probability; });
}

}  // namespace

double normal_density(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
}

double normal_probability(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

double normal_quantile(double probability) {
  if (!(probability >= 0 && probability <= 1)) { return kNaN; }
  if (probability == 0) { return -kInfinity; }
  if (probability == 1) { return kInfinity; }
  if (probability > 0.5) {
    // The upper tail by symmetry: 1 - p is exact for p >= 1/2.
    return -normal_quantile(1 - probability);
  }
  // Start: Abramowitz and Stegun 26.2.23 (error below 4.5e-4), then Halley steps.
  const double t = std::sqrt(-2 * std::log(probability));
  double x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (int k = 0; k < 4; ++k) {
    const double density = normal_density(x);
    if (density <= 0) { break; }
    const double error = (normal_probability(x) - probability) / density;
    x -= error / (1 + 0.5 * x * error);
  }
  return x;
}

double gamma_lower_regularised(double shape, double x) {
  if (std::isnan(x) || !(shape > 0)) { return kNaN; }
  if (x <= 0) { return 0; }
  if (std::isinf(x)) { return 1; }
  return x < shape + 1 ? gamma_series(shape, x) : 1 - gamma_fraction(shape, x);
}

double gamma_upper_regularised(double shape, double x) {
  if (std::isnan(x) || !(shape > 0)) { return kNaN; }
  if (x <= 0) { return 1; }
  if (std::isinf(x)) { return 0; }
  return x < shape + 1 ? 1 - gamma_series(shape, x) : gamma_fraction(shape, x);
}

double beta_regularised(double a, double b, double x) {
  if (std::isnan(x) || !(a > 0) || !(b > 0)) { return kNaN; }
  if (x <= 0) { return 0; }
  if (x >= 1) { return 1; }
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) { return front * beta_fraction(a, b, x) / a; }
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double student_probability(double x, double degrees) {
  if (std::isnan(x)) { return kNaN; }
  if (std::isinf(x)) { return x < 0 ? 0 : 1; }
  const double tail = 0.5 * beta_regularised(0.5 * degrees, 0.5, degrees / (degrees + x * x));
  return x > 0 ? 1 - tail : tail;
}

double student_quantile(double probability, double degrees) {
  if (!(probability >= 0 && probability <= 1)) { return kNaN; }
  if (probability == 0.5) { return 0; }
  if (probability > 0.5) { return -student_quantile(1 - probability, degrees); }
  if (probability == 0) { return -kInfinity; }
  // The lower tail shrinks as its end moves out.
  return -positive_root([&](double x) { return student_probability(-x, degrees) > probability; });
}

double chi_squared_probability(double x, double degrees) {
  return gamma_lower_regularised(0.5 * degrees, 0.5 * x);
}

double chi_squared_upper(double x, double degrees) {
  return gamma_upper_regularised(0.5 * degrees, 0.5 * x);
}

double chi_squared_quantile(double probability, double degrees) {
  return positive_quantile(probability, [&](double x) { return chi_squared_probability(x, degrees); });
}

double fisher_probability(double x, double degrees_numerator, double degrees_denominator) {
  if (std::isinf(x) && x > 0) { return 1; }
  const double scaled = degrees_numerator * std::max(x, 0.0);
  return beta_regularised(0.5 * degrees_numerator, 0.5 * degrees_denominator, scaled / (scaled + degrees_denominator));
}

double fisher_upper(double x, double degrees_numerator, double degrees_denominator) {
  if (std::isinf(x) && x > 0) { return 0; }
  const double scaled = degrees_numerator * std::max(x, 0.0);
  return beta_regularised(0.5 * degrees_denominator, 0.5 * degrees_numerator,
                          degrees_denominator / (scaled + degrees_denominator));
}

double fisher_quantile(double probability, double degrees_numerator, double degrees_denominator) {
  return positive_quantile(probability,
                           [&](double x) { return fisher_probability(x, degrees_numerator, degrees_denominator); });
}

}  // namespace streamflow::analytics
