#include "analytics/decompose/loess.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

// Distances below a thousandth of the half-width weigh 1, beyond 999 thousandths 0, as the published procedure has it.
double tricube(double distance, double half_width) {
  if (distance > 0.999 * half_width) { return 0; }
  if (distance <= 0.001 * half_width) { return 1; }
  const double ratio = distance / half_width;
  const double rest = 1 - ratio * ratio * ratio;
  return rest * rest * rest;
}

// Four running sums, so that the compiler may use vectors without reordering one sum.
double dot(const double* a, const double* b, std::size_t n) {
  double sums[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) { sums[k] += a[i + k] * b[i + k]; }
  }
  for (; i < n; ++i) { sums[0] += a[i] * b[i]; }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

Loess::Loess(const LoessOptions& options) : options_(options) {
  const std::size_t half = options_.window / 2;
  for (std::size_t d = 0; d <= half; ++d) {
    kernel_.push_back(tricube(static_cast<double>(d), static_cast<double>(half)));
  }
  for (std::size_t j = 0; j < options_.window; ++j) {
    const double distance = static_cast<double>(j) - static_cast<double>(half);
    const double weight = kernel_[static_cast<std::size_t>(std::abs(distance))];
    full_kernel_.push_back(weight);
    linear_kernel_.push_back(weight * distance);
    square_kernel_.push_back(weight * distance * distance);
    kernel_sum_ += weight;
  }
}

bool Loess::estimate(SeriesView y, SeriesView weights, double x, Window window, double& out) {
  const std::size_t n = y.size();
  const auto first = static_cast<double>(window.begin);
  double half_width = std::max(x - first, static_cast<double>(window.end - 1) - x);
  if (options_.window > n) {
    const std::size_t widened = (options_.window - n) / 2;  // whole points, as published
    half_width += static_cast<double>(widened);
  }
  const std::size_t count = window.end - window.begin;
  if (scratch_.size() < count) { scratch_.resize(count); }
  double total = 0;
  for (std::size_t j = 0; j < count; ++j) {
    double weight = tricube(std::abs(first + static_cast<double>(j) - x), half_width);
    if (!weights.empty()) { weight *= weights[window.begin + j]; }
    scratch_[j] = weight;
    total += weight;
  }
  if (!(total > 0)) { return false; }
  double slope = 0;
  double centre = 0;
  if (half_width > 0 && options_.degree > 0) {
    for (std::size_t j = 0; j < count; ++j) { centre += scratch_[j] * (first + static_cast<double>(j)) / total; }
    double spread = 0;
    for (std::size_t j = 0; j < count; ++j) {
      const double distance = first + static_cast<double>(j) - centre;
      spread += scratch_[j] * distance * distance / total;
    }
    // Points too close together say nothing about a slope.
    if (std::sqrt(spread) > 0.001 * static_cast<double>(n - 1)) { slope = (x - centre) / spread; }
  }
  double sum = 0;
  for (std::size_t j = 0; j < count; ++j) {
    const double tilt = 1 + slope * (first + static_cast<double>(j) - centre);
    sum += scratch_[j] * tilt * y[window.begin + j];
  }
  out = sum / total;
  return true;
}

// The window is centred on i: without robustness weights the line's slope does not matter at its centre.
double Loess::estimate_inside(SeriesView y, SeriesView weights, std::size_t i) const {
  if (!weights.empty()) { return weighted_inside(y, weights, i); }
  return dot(full_kernel_.data(), y.data() + (i - options_.window / 2), options_.window) / kernel_sum_;
}

double Loess::weighted_inside(SeriesView y, SeriesView weights, std::size_t i) const {
  const double* value = y.data() + (i - options_.window / 2);
  const double* weight = weights.data() + (i - options_.window / 2);
  double s0 = 0, s1 = 0, s2 = 0, t0 = 0, t1 = 0;
  for (std::size_t j = 0; j < options_.window; ++j) {
    const double weighted = weight[j] * value[j];
    s0 += full_kernel_[j] * weight[j];
    s1 += linear_kernel_[j] * weight[j];
    s2 += square_kernel_[j] * weight[j];
    t0 += full_kernel_[j] * weighted;
    t1 += linear_kernel_[j] * weighted;
  }
  if (!(s0 > 0)) { return y[i]; }
  const double centre = s1 / s0;
  const double spread = s2 / s0 - centre * centre;
  if (options_.degree == 0 || !(spread > 0) || std::sqrt(spread) <= 0.001 * static_cast<double>(y.size() - 1)) {
    return t0 / s0;
  }
  return t0 / s0 - centre / spread * (t1 / s0 - centre * t0 / s0);
}

void Loess::fill_between(std::span<double> out, std::size_t begin, std::size_t end) const {
  const double slope = (out[end] - out[begin]) / static_cast<double>(end - begin);
  for (std::size_t j = begin + 1; j < end; ++j) { out[j] = out[begin] + slope * static_cast<double>(j - begin); }
}

void Loess::smooth(SeriesView y, SeriesView weights, std::span<double> out) {
  const std::size_t n = y.size();
  if (n < 2) {
    std::copy(y.begin(), y.end(), out.begin());
    return;
  }
  const std::size_t jump = std::min(options_.jump, n - 1);
  const std::size_t half = options_.window / 2;
  Window window{0, std::min(options_.window, n)};
  const auto estimate_at = [&](std::size_t i) {
    if (!estimate(y, weights, static_cast<double>(i), window, out[i])) { out[i] = y[i]; }
  };
  std::size_t last = 0;
  for (std::size_t i = 0; i < n; i += jump) {
    last = i;
    if (options_.window < n && i >= half && i + half < n) {
      window = {i - half, i + half + 1};
      out[i] = estimate_inside(y, weights, i);
      continue;
    }
    if (options_.window < n) { window = i < half ? Window{0, options_.window} : Window{n - options_.window, n}; }
    estimate_at(i);
  }
  if (jump == 1) { return; }
  for (std::size_t i = 0; i + jump <= last; i += jump) { fill_between(out, i, i + jump); }
  if (last == n - 1) { return; }
  // The published procedure estimates the last point from the window of the last visited one.
  estimate_at(n - 1);
  fill_between(out, last, n - 1);
}

double Loess::extrapolate_front(SeriesView y, SeriesView weights, double otherwise) {
  double out = otherwise;
  estimate(y, weights, -1, {0, std::min(options_.window, y.size())}, out);
  return out;
}

double Loess::extrapolate_back(SeriesView y, SeriesView weights, double otherwise) {
  double out = otherwise;
  const std::size_t n = y.size();
  estimate(y, weights, static_cast<double>(n), {n - std::min(options_.window, n), n}, out);
  return out;
}

}  // namespace streamflow::analytics
