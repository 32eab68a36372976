// Order statistics and measures that outliers cannot move far.
// Invariants: NaN is skipped; an empty (or all-missing) input answers NaN.
// Threads:    pure. Cost: O(n) by selection.
#pragma once

#include "analytics/series.h"

namespace streamflow::analytics {

double median(SeriesView values);
// Linear interpolation between order statistics (Hyndman and Fan's type 7); `probability` in [0, 1], else NaN.
double quantile(SeriesView values, double probability);
double interquartile_range(SeriesView values);
// Median absolute deviation from the median, times 1.4826: estimates the standard deviation of a normal sample.
double median_absolute_deviation(SeriesView values);
// Mean after the lowest and the highest `share` of the values, each in [0, 1/2), is set aside.
double trimmed_mean(SeriesView values, double share);
// Tukey's biweight location around the median, tuning constant 6 median absolute deviations; the median when those
// are 0.
double biweight_location(SeriesView values);

}  // namespace streamflow::analytics
