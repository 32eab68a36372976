#include "analytics/statistics/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kNormalConsistency = 1.482602218505602;  // 1 / quantile of the normal distribution at 3/4

Series present(SeriesView values) {
  Series kept;
  kept.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double value) { return !std::isnan(value); });
  return kept;
}

double quantile_in_place(Series& values, double probability) {
  if (values.empty() || !(probability >= 0 && probability <= 1)) { return kNaN; }
  const double rank = probability * static_cast<double>(values.size() - 1);
  const auto index = static_cast<std::ptrdiff_t>(std::floor(rank));
  const auto nth = values.begin() + index;
  std::nth_element(values.begin(), nth, values.end());
  const double share = rank - std::floor(rank);
  if (share == 0) { return *nth; }
  const double next = *std::min_element(nth + 1, values.end());
  if (next == *nth) { return next; }  // also infinities, whose difference is no number
  return *nth * (1 - share) + next * share;
}

double deviation_around(SeriesView values, double centre) {
  Series deviations;
  deviations.reserve(values.size());
  for (const double value : values) { deviations.push_back(std::abs(value - centre)); }
  return median(deviations);
}

}  // namespace

double median(SeriesView values) {
  return quantile(values, 0.5);
}

double quantile(SeriesView values, double probability) {
  Series kept = present(values);
  return quantile_in_place(kept, probability);
}

double interquartile_range(SeriesView values) {
  Series kept = present(values);
  const double upper = quantile_in_place(kept, 0.75);
  return upper - quantile_in_place(kept, 0.25);
}

double median_absolute_deviation(SeriesView values) {
  return kNormalConsistency * deviation_around(values, median(values));
}

double trimmed_mean(SeriesView values, double share) {
  Series kept = present(values);
  if (kept.empty() || !(share >= 0 && share < 0.5)) { return kNaN; }
  const auto cut = static_cast<std::ptrdiff_t>(share * static_cast<double>(kept.size()));
  std::sort(kept.begin(), kept.end());
  double mean = 0;
  const auto count = static_cast<double>(kept.size() - 2 * static_cast<std::size_t>(cut));
  for (auto value = kept.begin() + cut; value != kept.end() - cut; ++value) { mean += *value / count; }
  return mean;
}

double biweight_location(SeriesView values) {
  const double centre = median(values);
  const double scale = 6 * deviation_around(values, centre);
  if (!(scale > 0) || !std::isfinite(scale)) { return centre; }
  double weights = 0;
  double sum = 0;
  for (const double value : values) {
    const double u = (value - centre) / scale;
    if (!(std::abs(u) < 1)) { continue; }
    const double weight = (1 - u * u) * (1 - u * u);
    weights += weight;
    sum += weight * (value - centre);
  }
  return centre + sum / weights;
}

}  // namespace streamflow::analytics
