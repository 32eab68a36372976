// Classical decomposition: a centred moving average of one period, then the mean of every phase.
// Source:     Persons (1919); Kendall and Stuart, The Advanced Theory of Statistics 3. The half period at each end,
//             where the average is not defined, continues the line through its nearest period - 1 values and does not
//             count for the season.
// Invariants: seasons sum to 0 over a period (additive) or average 1 (multiplicative); no value is missing.
// Threads:    pure.
// Errors:     kInvalidArgument: fewer than two periods, missing values, values <= 0 for a multiplicative season.
#pragma once

#include "analytics/decompose/decomposition.h"

namespace streamflow::analytics {

Result<Decomposition> classical_decomposition(SeriesView series, std::size_t period, SeasonKind kind);

// The centred moving average alone, of length series.size() - 2 * (period / 2); element 0 belongs to step period / 2.
Series centred_moving_average(SeriesView series, std::size_t period);

}  // namespace streamflow::analytics
