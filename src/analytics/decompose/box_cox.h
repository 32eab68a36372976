// Box and Cox's power transform and Guerrero's choice of its exponent.
// Source:     Box and Cox (Journal of the Royal Statistical Society B 26, 1964); Guerrero (Journal of Forecasting 12,
//             1993): the exponent for which the spread of whole periods varies least with their level.
// Invariants: box_cox_inverse(box_cox(x)) is x up to rounding; the inverse of a value outside the image answers the
//             image's end: 0, or the largest number.
// Threads:    pure.
// Errors:     kInvalidArgument for values that are not positive and finite, and for fewer than two blocks.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

Result<Series> box_cox(SeriesView series, double exponent);
Series box_cox_inverse(SeriesView transformed, double exponent);

// Blocks of one period, or of 2 when there is no season; the exponent lies in [-1, 2].
Result<double> guerrero_exponent(SeriesView series, std::size_t period);

}  // namespace streamflow::analytics
