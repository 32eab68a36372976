#include "analytics/clean/impute.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

// `rows` are missing in `values`; at least one other is present.
void fill_lines(Series& values, const std::vector<std::size_t>& rows, bool level) {
  std::size_t at = 0;
  while (at < rows.size()) {
    const std::size_t begin = rows[at];
    std::size_t end = begin;
    while (at < rows.size() && rows[at] == end) {
      ++at;
      ++end;
    }
    const bool has_left = begin > 0;
    const bool has_right = end < values.size();
    const double left = has_left ? values[begin - 1] : values[end];
    const double right = has_right && (!level || !has_left) ? values[end] : left;
    for (std::size_t row = begin; row < end; ++row) {
      values[row] = std::lerp(left, right, static_cast<double>(row + 1 - begin) / static_cast<double>(end + 1 - begin));
    }
  }
}

// Median of the present values of each phase, less the mean of those medians; 0 for a phase without values.
std::vector<double> phase_medians(SeriesView series, std::size_t period) {
  std::vector<Series> phases(period);
  for (std::size_t row = 0; row < series.size(); ++row) {
    if (std::isfinite(series[row])) phases[row % period].push_back(series[row]);
  }
  std::vector<double> medians(period, std::numeric_limits<double>::quiet_NaN());
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t phase = 0; phase < period; ++phase) {
    if (phases[phase].empty()) continue;
    const auto middle = phases[phase].begin() + static_cast<std::ptrdiff_t>(phases[phase].size() / 2);
    std::nth_element(phases[phase].begin(), middle, phases[phase].end());
    medians[phase] = *middle;
    sum += *middle;
    count += 1.0;
  }
  for (double& median : medians) median = std::isnan(median) ? 0.0 : median - sum / count;
  return medians;
}

}  // namespace

Result<FilledSeries> fill_missing(SeriesView series, const FillOptions& options) {
  if (options.rule == FillRule::kSeasonal && options.period == 0) {
    return Error{ErrorCode::kInvalidArgument, "fill: a seasonal filling needs a period of at least 1"};
  }
  FilledSeries filled{Series(series.begin(), series.end()), {}};
  for (std::size_t row = 0; row < series.size(); ++row) {
    if (!std::isfinite(series[row])) filled.rows.push_back(row);
  }
  if (filled.rows.empty()) return filled;
  if (filled.rows.size() == series.size()) {
    return Error{ErrorCode::kInvalidArgument, "fill: every value is missing, so there is nothing to fill from"};
  }
  std::vector<double> season(1, 0.0);
  if (options.rule == FillRule::kSeasonal) season = phase_medians(series, options.period);
  for (std::size_t row = 0; row < series.size(); ++row) filled.values[row] -= season[row % season.size()];
  fill_lines(filled.values, filled.rows, options.rule == FillRule::kPrevious);
  for (const std::size_t row : filled.rows) filled.values[row] += season[row % season.size()];
  for (std::size_t row = 0; row < series.size(); ++row) {
    if (std::isfinite(series[row])) filled.values[row] = series[row];  // exactly, not up to rounding
  }
  return filled;
}

Series restore(const FilledSeries& filled) {
  Series series = filled.values;
  for (const std::size_t row : filled.rows) series[row] = std::numeric_limits<double>::quiet_NaN();
  return series;
}

}  // namespace streamflow::analytics
