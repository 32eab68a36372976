#include "analytics/anomaly/pareto_tail.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace streamflow::analytics {
namespace {

constexpr int kGridPoints = 24;
constexpr int kBisections = 60;

struct Moments {
  double mean_log;         // of log(1 + x y)
  double mean_reciprocal;  // of 1 / (1 + x y)
};

Moments moments_at(std::span<const double> excesses, double x) {
  Moments moments{0.0, 0.0};
  for (const double excess : excesses) {
    const double factor = 1.0 + x * excess;
    moments.mean_log += std::log(factor);
    moments.mean_reciprocal += 1.0 / factor;
  }
  const double count = static_cast<double>(excesses.size());
  return {moments.mean_log / count, moments.mean_reciprocal / count};
}

// Zero at stationary points of the likelihood: Siffer et al., w(x) = u(x) v(x) - 1.
double stationarity(std::span<const double> excesses, double x) {
  const Moments moments = moments_at(excesses, x);
  return (1.0 + moments.mean_log) * moments.mean_reciprocal - 1.0;
}

ParetoTail tail_at(std::span<const double> excesses, double x) {
  const double shape = moments_at(excesses, x).mean_log;
  const double scale = shape / x;
  const double count = static_cast<double>(excesses.size());
  return {shape, scale, -count * (std::log(scale) + shape + 1.0)};
}

// Adds the fits at all sign changes of the stationarity over a grid of [begin, end].
void search(std::span<const double> excesses, double begin, double end, ParetoTail& best) {
  double left = begin;
  double left_value = stationarity(excesses, left);
  for (int point = 1; point <= kGridPoints; ++point) {
    // Geometric steps: roots crowd near zero.
    const double right = begin * std::pow(end / begin, static_cast<double>(point) / kGridPoints);
    const double right_value = stationarity(excesses, right);
    if (std::signbit(left_value) != std::signbit(right_value)) {
      double low = left;
      double high = right;
      for (int step = 0; step < kBisections && low != high; ++step) {
        const double middle = 0.5 * (low + high);
        (std::signbit(stationarity(excesses, middle)) == std::signbit(left_value) ? low : high) = middle;
      }
      const ParetoTail tail = tail_at(excesses, 0.5 * (low + high));
      if (std::isfinite(tail.log_likelihood) && tail.scale > 0.0 && tail.log_likelihood > best.log_likelihood) {
        best = tail;
      }
    }
    left = right;
    left_value = right_value;
  }
}

}  // namespace

double ParetoTail::quantile(double share) const {
  if (!(share < 1.0)) return 0.0;
  if (std::abs(shape) < 1e-9) return -scale * std::log(share);
  return std::min(1e300, scale / shape * (std::pow(share, -shape) - 1.0));
}

ParetoTail fit_pareto_tail(std::span<const double> excesses) {
  if (excesses.empty()) return {};
  const double count = static_cast<double>(excesses.size());
  const double mean = std::accumulate(excesses.begin(), excesses.end(), 0.0) / count;
  if (!(mean > 0.0)) return {};
  const auto [least, most] = std::minmax_element(excesses.begin(), excesses.end());
  ParetoTail best{0.0, mean, -count * (std::log(mean) + 1.0)};
  if (*least == *most) return best;
  const double low = -1.0 / *most;
  search(excesses, low * 1e-6, low * (1.0 - 1e-6), best);
  const double high = 2.0 * (mean - *least) / (*least * *least);  // Grimshaw's bound
  search(excesses, 1e-6 / mean, std::clamp(high, 1e-5 / mean, 1e4 / mean), best);
  return best;
}

}  // namespace streamflow::analytics
