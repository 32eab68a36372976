// The check every transform begins with: at least so many values, all finite.
// Threads: pure functions.
// Errors:  kInvalidArgument, with the algorithm's name, what is wrong and where.
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

inline Error invalid_series(std::string_view algorithm, std::string_view what) {
  return Error{ErrorCode::kInvalidArgument, std::string(algorithm) + ": " + std::string(what)};
}

inline Status require_finite(std::string_view algorithm, SeriesView series, std::size_t length_min) {
  if (series.size() < length_min) {
    return invalid_series(algorithm, "the series has " + std::to_string(series.size()) + " values, needs at least " +
                                         std::to_string(length_min));
  }
  for (std::size_t index = 0; index < series.size(); ++index) {
    if (!std::isfinite(series[index])) {
      return invalid_series(algorithm, "the value at index " + std::to_string(index) +
                                           " is missing or infinite; fill or drop it first (analytics/clean)");
    }
  }
  return Ok{};
}

inline Status require_equal_length(std::string_view algorithm, SeriesView left, SeriesView right) {
  if (left.size() == right.size()) return Ok{};
  return invalid_series(algorithm, "the series have " + std::to_string(left.size()) + " and " +
                                       std::to_string(right.size()) + " values, wanted equally many");
}

}  // namespace streamflow::analytics
