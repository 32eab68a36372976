#include "analytics/decompose/missing.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/decompose/stl.h"

namespace streamflow::analytics {
namespace {

bool is_missing(double value) {
  return std::isnan(value);
}

// Precondition: one value is present.
Series linear_fill(SeriesView series) {
  Series out(series.begin(), series.end());
  std::size_t previous = out.size();  // none yet
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (is_missing(series[i])) { continue; }
    const std::size_t begin = previous == out.size() ? 0 : previous + 1;
    for (std::size_t j = begin; j < i; ++j) {
      const double share = begin == 0 ? 1 : static_cast<double>(j - previous) / static_cast<double>(i - previous);
      out[j] = begin == 0 ? series[i] : (1 - share) * series[previous] + share * series[i];
    }
    previous = i;
  }
  for (std::size_t j = previous + 1; j < out.size(); ++j) { out[j] = series[previous]; }
  return out;
}

}  // namespace

Result<FilledSeries> fill_missing(SeriesView series, std::size_t period) {
  FilledSeries out;
  out.filled = static_cast<std::size_t>(std::count_if(series.begin(), series.end(), is_missing));
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isinf(series[i])) {
      return Error{ErrorCode::kInvalidArgument,
                   "filling gaps: value " + std::to_string(i) + " is infinite; mark it missing or remove it"};
    }
  }
  if (out.filled == series.size()) { return Error{ErrorCode::kInvalidArgument, "filling gaps: no value is present"}; }
  out.values = linear_fill(series);
  if (out.filled == 0 || period < 2 || series.size() / 2 < period) { return out; }
  const auto parts = stl(out.values, stl_exact(period, Robustness::kRobust));
  if (!parts.has_value()) { return out; }  // beyond what STL can square: the line must do
  Series adjusted(series.begin(), series.end());
  for (std::size_t i = 0; i < adjusted.size(); ++i) { adjusted[i] -= parts->season[i]; }
  const Series filled = linear_fill(adjusted);
  for (std::size_t i = 0; i < adjusted.size(); ++i) {
    if (is_missing(series[i])) { out.values[i] = filled[i] + parts->season[i]; }
  }
  return out;
}

}  // namespace streamflow::analytics
