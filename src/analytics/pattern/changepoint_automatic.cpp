// changepoints(): season and noise of each column, then PELT over the sum of scaled line costs.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analytics/pattern/changepoint.h"
#include "analytics/pattern/changepoint_search.h"
#include "analytics/signal/correlate.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr double kPenaltyPerColumn = 7.5;  // times log n: three parameters, each at 2.5 times the BIC's half log n
constexpr std::size_t kSegmentLengthMin = 3;
constexpr double kAutocorrelationMax = 0.92;     // beyond, noise and trend cannot be told apart
constexpr double kSeasonalCorrelationMin = 0.4;  // of differences one period apart
constexpr std::size_t kPeriodMin = 3;

double median_of(Series values) {
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

Series differences(SeriesView series, std::size_t lag) {
  Series result;
  for (std::size_t index = lag; index < series.size(); ++index) result.push_back(series[index] - series[index - lag]);
  return result;
}

double spread_of_differences(SeriesView series, std::size_t lag) {
  Series steps = differences(series, lag);
  const double middle = median_of(steps);
  for (double& step : steps) step = std::abs(step - middle);
  return 1.4826 * median_of(std::move(steps));
}

// Noise variance seen by a segment's mean: the robust variance of differences, halved, times (1 + r) / (1 - r) for
// first-order autocorrelation r, itself from differences one and two steps apart.
double noise_variance(SeriesView series) {
  const double one = spread_of_differences(series, 1);
  if (!(one > 0.0)) {  // most steps are equal: the few others carry the variance
    const Series steps = differences(series, 1);
    return std::inner_product(steps.begin(), steps.end(), steps.begin(), 0.0) /
           (2.0 * static_cast<double>(std::max<std::size_t>(1, steps.size())));
  }
  const double two = spread_of_differences(series, 2);
  const double correlation = std::clamp(two * two / (one * one) - 1.0, 0.0, kAutocorrelationMax);
  return 0.5 * one * one * (1.0 + correlation) / (1.0 - correlation);
}

// The lag at which differences repeat best, 0 when they do not.
std::size_t dominant_period(SeriesView series) {
  if (series.size() < 3 * kPeriodMin + 2) return 0;
  const Series steps = differences(series, 1);
  const std::size_t last = (series.size() - 1) / 3;
  const auto lags = lag_correlations(steps, steps, last + 1);
  if (!lags.has_value()) return 0;
  const auto at = [&](std::size_t lag) { return (*lags)[last + 1 + lag].correlation; };
  std::size_t best = 0;
  double height = kSeasonalCorrelationMin;
  for (std::size_t lag = kPeriodMin; lag <= last; ++lag) {
    if (at(lag) > at(lag - 1) && at(lag) >= at(lag + 1) && at(lag) > height) {
      best = lag;
      height = at(lag);
    }
  }
  return best;
}

// Subtracts the median of each phase around a centred moving average.
void remove_season(Series& series, std::size_t period) {
  const auto count = static_cast<std::ptrdiff_t>(series.size());
  const auto half = static_cast<std::ptrdiff_t>(period / 2);
  const bool even = period % 2 == 0;
  std::vector<Series> phases(period);
  for (std::ptrdiff_t index = 0; index < count; ++index) {
    double sum = 0.0;
    for (std::ptrdiff_t step = -half; step <= half; ++step) {
      const double weight = even && (step == -half || step == half) ? 0.5 : 1.0;
      sum += weight * series[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(index + step, 0, count - 1))];
    }
    const auto position = static_cast<std::size_t>(index);
    phases[position % period].push_back(series[position] - sum / static_cast<double>(period));
  }
  Series season;
  for (Series& phase : phases) season.push_back(median_of(std::move(phase)));
  const double mean = std::accumulate(season.begin(), season.end(), 0.0) / static_cast<double>(period);
  for (std::size_t index = 0; index < series.size(); ++index) series[index] -= season[index % period] - mean;
}

// Missing values by lines between their neighbours, level beyond the first and last.
Result<Series> filled(SeriesView column) {
  Series values(column.begin(), column.end());
  std::ptrdiff_t known = -1;
  for (std::size_t index = 0; index < values.size(); ++index) {
    if (std::isinf(values[index])) {
      return invalid_series("change points", "the value at index " + std::to_string(index) + " is infinite");
    }
    if (std::isnan(values[index])) continue;
    const auto from = static_cast<std::size_t>(known + 1);
    for (std::size_t hole = from; hole < index; ++hole) {
      const double share = static_cast<double>(hole - from + 1) / static_cast<double>(index - from + 1);
      const double left = known < 0 ? values[index] : values[from - 1];
      values[hole] = left + share * (values[index] - left);
    }
    known = static_cast<std::ptrdiff_t>(index);
  }
  if (known < 0) return invalid_series("change points", "a column has no values");
  for (auto hole = static_cast<std::size_t>(known + 1); hole < values.size(); ++hole) {
    values[hole] = values[static_cast<std::size_t>(known)];
  }
  return values;
}

void scale_to_unit_noise(Series& values) {
  const double noise = std::sqrt(noise_variance(values));
  const double first = values.front();
  for (double& value : values) value = noise > 0.0 ? (value - first) / noise : 0.0;
}

}  // namespace

Result<AutomaticChangePoints> changepoints(std::span<const SeriesView> columns) {
  if (columns.empty() || columns[0].empty()) return invalid_series("change points", "there are no values");
  AutomaticChangePoints result;
  std::vector<SegmentCost> costs;
  for (const SeriesView column : columns) {
    SF_CHECK(require_equal_length("change points", columns[0], column));
    SF_TRY(values, filled(column));
    result.periods.push_back(dominant_period(values));
    if (result.periods.back() > 0) remove_season(values, result.periods.back());
    scale_to_unit_noise(values);
    SF_TRY(cost, SegmentCost::build(values, SegmentModel::kLinear));
    costs.push_back(std::move(cost));
  }
  const std::size_t length = columns[0].size();
  const double penalty =
      kPenaltyPerColumn * static_cast<double>(columns.size()) * std::log(static_cast<double>(length));
  result.points = cheapest_segmentation(length, kSegmentLengthMin, penalty, [&](std::size_t begin, std::size_t end) {
    double sum = 0.0;
    for (const SegmentCost& cost : costs) sum += cost(begin, end);
    return sum;
  });
  return result;
}

}  // namespace streamflow::analytics
