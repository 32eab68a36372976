// Largest-Triangle-Three-Buckets: a line of `count` of its own points that keeps the look of all of them.
// Source:     Steinarsson, "Downsampling Time Series for Visual Representation", 2013, section 4.2. On the extremes of
//             kMinMaxRatio / 2 buckets per wanted point it is MinMaxLTTB (Van Der Donckt et al., 2023), as good at a
//             fraction of the cost.
// Invariants: first and last point stay; the others are input points in their order. At most `count` values and, where
//             NaN breaks the line between two of them, one NaN of the input.
// Threads:    pure.
// Errors:     none.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analytics/downsample/buckets.h"

namespace streamflow::analytics {

inline constexpr std::size_t kMinMaxRatio = 4;  // preselected points per wanted one, as the paper advises

enum class XKind : std::uint8_t { kTime, kNumber };  // what a key stands for

// `line` is in order of x.
std::vector<Point> largest_triangles(std::span<const Point> line, XKind kind, std::size_t count);

}  // namespace streamflow::analytics
