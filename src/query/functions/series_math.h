// What the aggregates over (value, time) compute, over points in order of time.
// Source:     docs/tsql.md, "Functions": semantics of each.
// Invariants: pure; times strictly ascend; values are finite or infinite, never NaN. Differences of integers are exact
//             before they become doubles. nullopt where fewer points than the function needs are there.
// Threads:    free functions.
// Errors:     none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "query/functions/series_points.h"

namespace streamflow::query {

enum class Interpolation : std::uint8_t { kLinear, kPrevious };

// What a counter gained: a value below the one before it is a counter that began again at zero.
template <class Value>
std::optional<double> counter_increase(std::span<const SeriesPoint<Value>> points);
// That, per second between the first and the last point.
template <class Value>
std::optional<double> counter_rate(std::span<const SeriesPoint<Value>> points);
// Of the last two points.
template <class Value>
std::optional<double> counter_instant_rate(std::span<const SeriesPoint<Value>> points);
template <class Value>
std::optional<double> last_minus_first(std::span<const SeriesPoint<Value>> points);

// In value times seconds.
std::optional<double> integral(std::span<const SeriesPoint<double>> points, Interpolation between);
std::optional<double> time_weighted_average(std::span<const SeriesPoint<double>> points, Interpolation between);
// Seconds from every point with a value to the next point.
std::optional<double> seconds_true(std::span<const SeriesPoint<double>> points);

// Of each of `count` equal parts of the time, the points with the least and greatest value...
std::vector<SeriesPoint<double>> extremes(std::span<const SeriesPoint<double>> points, std::size_t count);
// ...and also the first and last.
std::vector<SeriesPoint<double>> extremes_and_edges(std::span<const SeriesPoint<double>> points, std::size_t count);
std::vector<SeriesPoint<double>> largest_triangles_of(std::span<const SeriesPoint<double>> points, std::size_t count);

}  // namespace streamflow::query
