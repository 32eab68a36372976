#include "query/functions/series_math.h"

#include <algorithm>
#include <array>

#include "analytics/downsample/lttb.h"

namespace streamflow::query {

namespace {

__extension__ using Wide = __int128;
using Points = std::span<const SeriesPoint<double>>;

double seconds_between(std::int64_t from, std::int64_t to) {
  constexpr double kNsPerSecond = 1e9;
  return static_cast<double>(Wide{to} - from) / kNsPerSecond;
}

double minus(double a, double b) {
  return a - b;
}
double minus(std::int64_t a, std::int64_t b) {
  return static_cast<double>(Wide{a} - b);
}
double minus(std::uint64_t a, std::uint64_t b) {
  return static_cast<double>(Wide{a} - b);
}

template <class Value>
double gained(Value before, Value now) {
  return now < before ? static_cast<double>(now) : minus(now, before);
}

// Calls `take(begin, end)` for the points of each part of the time that has any.
template <class Take>
void for_each_part(Points points, std::size_t count, Take take) {
  if (points.empty()) return;
  const Wide span = Wide{points.back().time} - points.front().time + 1;
  std::size_t begin = 0;
  while (begin < points.size()) {
    const Wide part = (Wide{points[begin].time} - points.front().time) * static_cast<Wide>(count) / span;
    std::size_t end = begin + 1;
    while (end < points.size() &&
           (Wide{points[end].time} - points.front().time) * static_cast<Wide>(count) / span == part) {
      ++end;
    }
    take(points.subspan(begin, end - begin));
    begin = end;
  }
}

std::vector<SeriesPoint<double>> kept_of_parts(Points points, std::size_t count, bool edges) {
  std::vector<SeriesPoint<double>> kept;
  for_each_part(points, count, [&](Points part) {
    const auto by_value = [](const auto& a, const auto& b) { return a.value < b.value; };
    const std::size_t last = part.size() - 1;
    const auto low = static_cast<std::size_t>(std::min_element(part.begin(), part.end(), by_value) - part.begin());
    const auto high = static_cast<std::size_t>(std::max_element(part.begin(), part.end(), by_value) - part.begin());
    std::array<std::size_t, 4> chosen{edges ? 0 : low, low, high, edges ? last : high};
    std::sort(chosen.begin(), chosen.end());
    const auto* end = std::unique(chosen.begin(), chosen.end());
    for (const auto* at = chosen.begin(); at != end; ++at) kept.push_back(part[*at]);
  });
  return kept;
}

}  // namespace

template <class Value>
std::optional<double> counter_increase(std::span<const SeriesPoint<Value>> points) {
  if (points.size() < 2) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 1; i < points.size(); ++i) sum += gained(points[i - 1].value, points[i].value);
  return sum;
}

template <class Value>
std::optional<double> counter_rate(std::span<const SeriesPoint<Value>> points) {
  const auto increase = counter_increase(points);
  if (!increase.has_value()) return std::nullopt;
  return *increase / seconds_between(points.front().time, points.back().time);
}

template <class Value>
std::optional<double> counter_instant_rate(std::span<const SeriesPoint<Value>> points) {
  return points.size() < 2 ? std::nullopt : counter_rate(points.last(2));
}

template <class Value>
std::optional<double> last_minus_first(std::span<const SeriesPoint<Value>> points) {
  if (points.size() < 2) return std::nullopt;
  return minus(points.back().value, points.front().value);
}

template std::optional<double> counter_increase(std::span<const SeriesPoint<double>>);
template std::optional<double> counter_increase(std::span<const SeriesPoint<std::int64_t>>);
template std::optional<double> counter_increase(std::span<const SeriesPoint<std::uint64_t>>);
template std::optional<double> counter_rate(std::span<const SeriesPoint<double>>);
template std::optional<double> counter_rate(std::span<const SeriesPoint<std::int64_t>>);
template std::optional<double> counter_rate(std::span<const SeriesPoint<std::uint64_t>>);
template std::optional<double> counter_instant_rate(std::span<const SeriesPoint<double>>);
template std::optional<double> counter_instant_rate(std::span<const SeriesPoint<std::int64_t>>);
template std::optional<double> counter_instant_rate(std::span<const SeriesPoint<std::uint64_t>>);
template std::optional<double> last_minus_first(std::span<const SeriesPoint<double>>);
template std::optional<double> last_minus_first(std::span<const SeriesPoint<std::int64_t>>);
template std::optional<double> last_minus_first(std::span<const SeriesPoint<std::uint64_t>>);

std::optional<double> integral(Points points, Interpolation between) {
  if (points.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double seconds = seconds_between(points[i - 1].time, points[i].time);
    const double height =
        between == Interpolation::kPrevious ? points[i - 1].value : points[i - 1].value / 2 + points[i].value / 2;
    sum += seconds * height;
  }
  return sum;
}

std::optional<double> time_weighted_average(Points points, Interpolation between) {
  const auto area = integral(points, between);
  if (points.size() < 2) return points.empty() ? std::nullopt : std::optional(points.front().value);
  return *area / seconds_between(points.front().time, points.back().time);
}

std::optional<double> seconds_true(Points points) {
  return integral(points, Interpolation::kPrevious);
}

std::vector<SeriesPoint<double>> extremes(Points points, std::size_t count) {
  return kept_of_parts(points, count, false);
}

std::vector<SeriesPoint<double>> extremes_and_edges(Points points, std::size_t count) {
  return kept_of_parts(points, count, true);
}

std::vector<SeriesPoint<double>> largest_triangles_of(Points points, std::size_t count) {
  std::vector<analytics::Point> line;
  line.reserve(points.size());
  for (const auto& point : points) line.push_back({point.time, point.value});
  std::vector<SeriesPoint<double>> kept;
  for (const auto& point : analytics::largest_triangles(line, analytics::XKind::kTime, count)) {
    kept.push_back({point.x, point.y});
  }
  return kept;
}

}  // namespace streamflow::query
