#include "analytics/pattern/similarity.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "analytics/pattern/matrix_profile.h"
#include "analytics/signal/fft.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

// Sums of products of the centred query with windows [begin, end): products with a centred factor need no second mean.
std::vector<double> window_products(SeriesView query, double mean, SeriesView values) {
  Series reversed(query.rbegin(), query.rend());
  for (double& value : reversed) value -= mean;
  std::vector<double> products = convolve(reversed, values);
  products.resize(values.size());
  products.erase(products.begin(), products.begin() + static_cast<std::ptrdiff_t>(query.size() - 1));
  return products;
}

}  // namespace

std::vector<double> correlation_profile(const WindowStatistics& statistics, std::size_t query, std::size_t begin,
                                        std::size_t end) {
  if (begin >= end) return {};
  const SeriesView values(statistics.values);
  std::vector<double> result = window_products(values.subspan(query, statistics.window), statistics.mean[query],
                                               values.subspan(begin, end - begin + statistics.window - 1));
  for (std::size_t index = 0; index < result.size(); ++index) {
    result[index] = statistics.correlation(result[index], query, begin + index);
  }
  return result;
}

Result<std::vector<double>> distance_profile(SeriesView query, SeriesView series) {
  SF_CHECK(require_finite("similarity search", query, 3));
  if (query.size() > series.size()) {
    return invalid_series("similarity search", "the query has " + std::to_string(query.size()) +
                                                   " values, the series only " + std::to_string(series.size()));
  }
  const WindowStatistics pattern = window_statistics(query, query.size());
  const WindowStatistics statistics = window_statistics(series, query.size());
  std::vector<double> distances = window_products(pattern.values, pattern.mean[0], statistics.values);
  for (std::size_t start = 0; start < distances.size(); ++start) {
    const double scaled = distances[start] * pattern.inverse_norm[0] * statistics.inverse_norm[start];
    distances[start] = distance_of(scaled + pattern.offset[0] + statistics.offset[start], query.size());
  }
  return distances;
}

Result<std::vector<Match>> nearest_matches(SeriesView query, SeriesView series, std::size_t count,
                                           double distance_max) {
  SF_TRY(distances, distance_profile(query, series));
  std::vector<std::size_t> order(distances.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return distances[left] < distances[right]; });
  const std::size_t zone = exclusion_zone(query.size());
  std::vector<Match> matches;
  for (const std::size_t start : order) {
    if (matches.size() == count || !(distances[start] <= distance_max)) break;
    const bool free = std::none_of(matches.begin(), matches.end(), [&](const Match& match) {
      return (match.start > start ? match.start - start : start - match.start) <= zone;
    });
    if (free) matches.push_back({start, distances[start]});
  }
  return matches;
}

}  // namespace streamflow::analytics
