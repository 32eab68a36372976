#include "analytics/downsample/lttb.h"

#include <cmath>

namespace streamflow::analytics {

namespace {

struct Place {
  double x, y;
};

// Differences of nanoseconds are exact where a double of nanoseconds since 1970 is not.
Place place_of(const Point& point, XKey origin, XKind kind) {
  if (kind == XKind::kNumber) return {number_of(point.x), point.y};
  return {static_cast<double>(static_cast<std::uint64_t>(point.x) - static_cast<std::uint64_t>(origin)), point.y};
}

Place mean(std::span<const Place> places) {
  Place sum{0, 0};
  for (const Place& place : places) {
    sum.x += place.x;
    sum.y += place.y;
  }
  const auto count = static_cast<double>(places.size());
  return {sum.x / count, sum.y / count};
}

double triangle(const Place& a, const Place& b, const Place& c) {
  return std::abs((a.x - c.x) * (b.y - a.y) - (a.x - b.x) * (c.y - a.y));
}

// Indexes of the chosen places.
std::vector<std::size_t> choose(std::span<const Place> places, std::size_t count) {
  const std::size_t inner = places.size() - 2;
  const std::size_t bucket_count = count - 2;
  const auto begin_of = [&](std::size_t bucket) { return 1 + bucket * inner / bucket_count; };
  std::vector<std::size_t> chosen{0};
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    const std::size_t begin = begin_of(bucket);
    const std::size_t end = begin_of(bucket + 1);
    const std::size_t next_end = bucket + 1 < bucket_count ? begin_of(bucket + 2) : places.size();
    const Place next = mean(places.subspan(end, next_end - end));
    std::size_t best = begin;
    double best_area = -1;
    for (std::size_t i = begin; i < end; ++i) {
      const double area = triangle(places[chosen.back()], places[i], next);
      if (area > best_area) {
        best_area = area;
        best = i;
      }
    }
    chosen.push_back(best);
  }
  chosen.push_back(places.size() - 1);
  return chosen;
}

std::vector<std::size_t> choose_few(std::size_t places, std::size_t count) {
  std::vector<std::size_t> chosen;
  if (count > 0 && places > 0) chosen.push_back(0);
  if (count > 1 && places > 1) chosen.push_back(places - 1);
  return chosen;
}

}  // namespace

std::vector<Point> largest_triangles(std::span<const Point> line, XKind kind, std::size_t count) {
  std::vector<std::size_t> valued;  // indexes of what is no gap
  std::vector<Place> places;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (std::isnan(line[i].y)) continue;
    valued.push_back(i);
    places.push_back(place_of(line[i], line.front().x, kind));
  }
  if (places.size() <= count) return {line.begin(), line.end()};
  const auto chosen = count < 3 ? choose_few(places.size(), count) : choose(places, count);
  std::vector<Point> result;
  std::size_t next = 0;  // the first point of `line` that is not dealt with
  for (const std::size_t index : chosen) {
    for (; next < valued[index]; ++next) {
      const bool after_gap = !result.empty() && std::isnan(result.back().y);
      if (std::isnan(line[next].y) && !after_gap) result.push_back(line[next]);
    }
    result.push_back(line[next++]);
  }
  return result;
}

}  // namespace streamflow::analytics
