#include "analytics/decompose/decomposition.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

double variance(const Series& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) { mean += value / n; }
  double sum = 0;
  for (const double value : values) { sum += (value - mean) * (value - mean); }
  return sum / n;
}

double strength(const Series& part, const Series& remainder) {
  Series both(part.size());
  for (std::size_t i = 0; i < both.size(); ++i) { both[i] = part[i] + remainder[i]; }
  const double whole = variance(both);
  return whole > 0 ? std::max(0.0, 1 - variance(remainder) / whole) : 0;
}

}  // namespace

Strength strength_of(const Decomposition& decomposition) {
  return {strength(decomposition.trend, decomposition.remainder),
          strength(decomposition.season, decomposition.remainder)};
}

Status check_seasonal(SeriesView series, std::size_t period, const std::string& who) {
  if (period < 2) {
    return Error{ErrorCode::kInvalidArgument, who + ": period " + std::to_string(period) + ", must be at least 2"};
  }
  if (series.size() / 2 < period) {
    return Error{ErrorCode::kInvalidArgument, who + ": got " + std::to_string(series.size()) +
                                                  " values, needs two whole periods of " + std::to_string(period)};
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!(std::abs(series[i]) <= 1e100)) {
      return Error{ErrorCode::kInvalidArgument,
                   who + ": value " + std::to_string(i) +
                       " is missing, infinite or beyond 1e100; fill the gaps (fill_missing) or rescale first"};
    }
  }
  return Ok{};
}

}  // namespace streamflow::analytics
