#include "analytics/pattern/window_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

double centre_of(SeriesView series) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double value : series) {
    if (!std::isfinite(value)) continue;
    ++count;
    sum += (value - sum) / static_cast<double>(count);  // running mean: cannot overflow
  }
  return sum;
}

}  // namespace

double WindowStatistics::covariance(std::size_t i, std::size_t j) const {
  double sum = 0.0;
  for (std::size_t step = 0; step < window; ++step) sum += (values[i + step] - mean[i]) * (values[j + step] - mean[j]);
  return sum;
}

void WindowStatistics::extend(std::vector<bool> const& missing) {
  for (std::size_t start = mean.size(); start + window <= values.size(); ++start) {
    const SeriesView cut = SeriesView(values).subspan(start, window);
    double sum = 0.0;
    bool marked = false;
    bool flat = true;
    for (std::size_t step = 0; step < window; ++step) {
      sum += cut[step];
      marked = marked || missing[start + step];
      flat = flat && cut[step] == cut[0];
    }
    const double average = flat ? cut[0] : sum / static_cast<double>(window);
    double squares = 0.0;
    for (const double value : cut) squares += (value - average) * (value - average);
    flat = flat || !(squares > 0.0);
    mean.push_back(average);
    inverse_norm.push_back(marked || flat ? 0.0 : 1.0 / std::sqrt(squares));
    offset.push_back(marked ? -std::numeric_limits<double>::infinity() : (flat ? 0.5 : 0.0));
    has_offsets = has_offsets || marked || flat;
    df.push_back(start == 0 ? 0.0 : 0.5 * (cut.back() - values[start - 1]));
    dg.push_back(start == 0 ? 0.0 : (cut.back() - average) + (values[start - 1] - mean[start - 1]));
  }
}

WindowStatistics window_statistics(SeriesView series, std::size_t window) {
  WindowStatistics statistics;
  statistics.window = window;
  const double centre = centre_of(series);
  std::vector<bool> missing(series.size());
  statistics.values.resize(series.size());
  for (std::size_t index = 0; index < series.size(); ++index) {
    missing[index] = !std::isfinite(series[index]);
    statistics.values[index] = missing[index] ? 0.0 : series[index] - centre;
  }
  statistics.extend(missing);
  return statistics;
}

double distance_of(double correlation, std::size_t window) {
  return std::sqrt(2.0 * static_cast<double>(window) * std::max(0.0, 1.0 - correlation));
}

}  // namespace streamflow::analytics
