// Fills missing values, and says which it filled.
// Invariants: values that were present are unchanged; infinite ones count as missing. restore() undoes the filling.
// Threads:    pure functions.
// Errors:     kInvalidArgument when nothing is present, or a seasonal period is 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class FillRule : std::uint8_t {
  kPrevious,  // the last value before; the first present one before that
  kLinear,    // a line between the neighbours, level beyond the ends
  kSeasonal   // kLinear after removing the median of each phase, which is then put back
};

struct FilledSeries {
  Series values;
  std::vector<std::size_t> rows;  // those filled, ascending
};

struct FillOptions {
  FillRule rule = FillRule::kLinear;
  std::size_t period = 0;  // kSeasonal alone
};
Result<FilledSeries> fill_missing(SeriesView series, const FillOptions& options);
// The series with its missing values again.
Series restore(const FilledSeries& filled);

}  // namespace streamflow::analytics
