// What analytics calls a series: values at a regular step, oldest first; NaN stands for "missing", and only for that.
// Invariants: an algorithm answers kInvalidArgument, with the reason and the least length that would do, for a series
// it
//             cannot treat (too short, infinite values, no variation where variation is needed). For input without NaN
//             or infinity it never returns NaN or infinity.
// Threads:    values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace streamflow::analytics {

using SeriesView = std::span<const double>;
using Series = std::vector<double>;

}  // namespace streamflow::analytics
