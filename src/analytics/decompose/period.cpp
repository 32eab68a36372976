#include "analytics/decompose/period.h"

#include <pocketfft_hdronly.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>
#include <optional>
#include <string>

#include "analytics/statistics/autocorrelation.h"
#include "analytics/statistics/distributions.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kLengthMin = 6;
constexpr std::size_t kPeaksTried = 8;
constexpr std::size_t kMultiplesTried = 6;

// Power at frequencies k / n, k = 0 to n / 2.
Series periodogram(const Series& x) {
  const std::size_t n = x.size();
  std::vector<std::complex<double>> spectrum(n / 2 + 1);
  pocketfft::r2c({n}, {sizeof(double)}, {sizeof(std::complex<double>)}, 0, pocketfft::FORWARD, x.data(),
                 spectrum.data(), 1.0);
  Series power(spectrum.size());
  std::transform(spectrum.begin(), spectrum.end(), power.begin(), [](const auto& value) { return std::norm(value); });
  return power;
}

// Scaled to unit size, without its straight line.
Series detrended(SeriesView series) {
  const auto n = static_cast<double>(series.size());
  double largest = 0;
  for (const double value : series) { largest = std::max(largest, std::abs(value)); }
  Series out(series.begin(), series.end());
  if (largest == 0) { return out; }
  double mean = 0, product = 0, square = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] /= largest;
    const double x = static_cast<double>(i) - (n - 1) / 2;
    mean += out[i] / n;
    product += x * out[i];
    square += x * x;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] -= mean + product / square * (static_cast<double>(i) - (n - 1) / 2);
  }
  return out;
}

double sum_of_squares(const Series& x) {
  return std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
}

// Slow movements hide seasons: a moving average over about two candidates' length is taken out first.
Series without_slow_part(const Series& x, std::size_t period) {
  const std::size_t half = period;
  if (2 * half + 1 > x.size()) { return x; }
  Series sums(x.size() + 1, 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) { sums[i + 1] = sums[i] + x[i]; }
  Series out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Whole periods on both sides, so that the season itself averages out; at the ends the nearest full window.
    const std::size_t begin = std::min(i >= half ? i - half : 0, x.size() - 2 * half);
    out[i] = x[i] - (sums[begin + 2 * half] - sums[begin]) / static_cast<double>(2 * half);
  }
  return out;
}

Series phase_means(const Series& x, std::size_t period) {
  Series means(period, 0.0);
  for (std::size_t phase = 0; phase < period; ++phase) {
    double count = 0;
    for (std::size_t i = phase; i < x.size(); i += period, ++count) { means[phase] += x[i]; }
    means[phase] /= count;
  }
  return means;
}

struct Explained {
  double strength, p_value;
};

Explained explained_by(const Series& x, std::size_t period) {
  const Series means = phase_means(x, period);
  double rest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) { rest += std::pow(x[i] - means[i % period], 2); }
  const auto n = static_cast<double>(x.size());
  const auto p = static_cast<double>(period);
  const double total = sum_of_squares(x);
  if (!(total > 0)) { return {0, 1}; }
  const double strength = 1 - rest / (n - p) / (total / (n - 1));
  if (!(rest > 1e-24 * total)) { return {1, 0}; }
  return {strength, fisher_upper((total - rest) / (p - 1) / (rest / (n - p)), p - 1, n - p)};
}

// The top of the autocorrelation's hill near `lag`, if there is one.
std::optional<std::size_t> hill_near(const Series& acf, double lowest, double highest) {
  const auto begin = static_cast<std::size_t>(std::max(2.0, std::floor(lowest)));
  const auto end = std::min(acf.size() - 2, static_cast<std::size_t>(std::ceil(highest)));
  std::optional<std::size_t> best;
  for (std::size_t lag = begin; lag <= end; ++lag) {
    if (acf[lag] <= 0 || acf[lag] < acf[lag - 1] || acf[lag] < acf[lag + 1]) { continue; }
    if (!best || acf[lag] > acf[*best]) { best = lag; }
  }
  return best;
}

// A peak may be a harmonic: the multiple whose autocorrelation is clearly higher is the period.
std::size_t fundamental_of(const Series& acf, std::size_t lag, std::size_t lag_max) {
  std::size_t best = lag;
  for (std::size_t k = 2; k <= kMultiplesTried && k * lag <= lag_max; ++k) {
    const auto centre = static_cast<double>(k * lag);
    const auto slack = static_cast<double>(k) / 2;
    const auto hill = hill_near(acf, centre - slack, centre + slack);
    if (hill && *hill <= lag_max && acf[*hill] > acf[best] + 0.1) { best = *hill; }
  }
  return best;
}

std::vector<std::size_t> peaks(const Series& power, double significance) {
  const double total = std::accumulate(power.begin() + 1, power.end(), 0.0);
  const auto count = static_cast<double>(power.size() - 1);
  // Of `count` exponential ordinates the largest exceeds this with the given probability.
  const double threshold = total / count * -std::log(1 - std::pow(1 - significance, 1 / count));
  std::vector<std::size_t> found;
  for (std::size_t k = 3; k < power.size(); ++k) {  // at least three cycles
    const bool top = power[k] >= power[k - 1] && (k + 1 == power.size() || power[k] >= power[k + 1]);
    if (top && power[k] > threshold) { found.push_back(k); }
  }
  std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) { return power[a] > power[b]; });
  found.resize(std::min(found.size(), kPeaksTried));
  return found;
}

// Every peak that holds, strongest first.
std::vector<DetectedPeriod> significant(const Series& x, const PeriodOptions& options) {
  const std::size_t n = x.size();
  const std::size_t lag_max = n / 3;
  std::vector<DetectedPeriod> found;
  for (const std::size_t k : peaks(periodogram(x), options.significance)) {
    const double exact = static_cast<double>(n) / static_cast<double>(k);
    const Series level = without_slow_part(x, static_cast<std::size_t>(std::lround(exact)));
    const auto acf = autocorrelation(level, std::min(n - 1, lag_max + 2));
    if (!acf.has_value()) { continue; }
    const double above = static_cast<double>(n) / (static_cast<double>(k) - 0.75);
    const double below = static_cast<double>(n) / (static_cast<double>(k) + 0.75);
    const auto hill = hill_near(*acf, below, std::max(above, below + 1));
    if (!hill || *hill > lag_max) { continue; }
    const std::size_t period = fundamental_of(*acf, *hill, lag_max);
    const double correlation = (*acf)[period];
    const Explained explained = explained_by(without_slow_part(x, period), period);
    if (explained.p_value > options.significance || explained.strength < options.strength_min ||
        correlation < 2 / std::sqrt(static_cast<double>(n))) {
      continue;
    }
    found.push_back({period, explained.strength, correlation});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.strength > b.strength; });
  return found;
}

// A week of hours explains the days in it as well: a period that divides the strongest one goes first.
std::optional<DetectedPeriod> next_period(const Series& x, const PeriodOptions& options) {
  const std::vector<DetectedPeriod> found = significant(x, options);
  if (found.empty()) { return std::nullopt; }
  DetectedPeriod next = found.front();
  for (const DetectedPeriod& other : found) {
    if (other.period < next.period && found.front().period % other.period == 0) { next = other; }
  }
  return next;
}

}  // namespace

Result<std::vector<DetectedPeriod>> detect_periods(SeriesView series, const PeriodOptions& options) {
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!std::isfinite(series[i])) {
      return Error{ErrorCode::kInvalidArgument, "period detection: value " + std::to_string(i) +
                                                    " is missing or infinite; fill the gaps (fill_missing) first"};
    }
  }
  std::vector<DetectedPeriod> found;
  if (series.size() < kLengthMin) { return found; }
  Series rest = detrended(series);
  const double at_first = sum_of_squares(rest);
  while (found.size() < options.periods_max && sum_of_squares(rest) > 1e-20 * static_cast<double>(rest.size()) &&
         sum_of_squares(rest) > 1e-3 * at_first) {
    const auto next = next_period(rest, options);
    if (!next || std::any_of(found.begin(), found.end(),
                             [&](const DetectedPeriod& known) { return known.period == next->period; })) {
      break;
    }
    found.push_back(*next);
    const Series means = phase_means(without_slow_part(rest, next->period), next->period);
    for (std::size_t i = 0; i < rest.size(); ++i) { rest[i] -= means[i % next->period]; }
  }
  return found;
}

Result<std::size_t> strongest_period(SeriesView series) {
  SF_TRY(periods, detect_periods(series));
  return periods.empty() ? std::size_t{1} : periods.front().period;
}

}  // namespace streamflow::analytics
