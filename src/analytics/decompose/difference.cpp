#include "analytics/decompose/difference.h"

#include <string>

namespace streamflow::analytics {
namespace {

Status check(std::size_t length, const DifferenceOptions& options) {
  if (options.lag == 0 || options.order == 0 || length <= options.order || length / options.order <= options.lag) {
    return Error{ErrorCode::kInvalidArgument, "difference: lag " + std::to_string(options.lag) + " and order " +
                                                  std::to_string(options.order) + " of " + std::to_string(length) +
                                                  " values; both must be at least 1 and leave one value"};
  }
  return Ok{};
}

void difference_once(Series& values, std::size_t lag) {
  for (std::size_t i = 0; i + lag < values.size(); ++i) { values[i] = values[i + lag] - values[i]; }
  values.resize(values.size() - lag);
}

}  // namespace

Result<Series> difference(SeriesView series, const DifferenceOptions& options) {
  SF_CHECK(check(series.size(), options));
  Series values(series.begin(), series.end());
  for (std::size_t k = 0; k < options.order; ++k) { difference_once(values, options.lag); }
  return values;
}

Result<Series> integrate(SeriesView differences, SeriesView history, const DifferenceOptions& options) {
  SF_CHECK(check(history.size(), options));
  // The history differenced 0, 1, ... order - 1 times; summing goes back through them.
  std::vector<Series> levels{Series(history.begin(), history.end())};
  for (std::size_t k = 1; k < options.order; ++k) {
    levels.push_back(levels.back());
    difference_once(levels.back(), options.lag);
  }
  Series out(differences.begin(), differences.end());
  for (std::size_t k = options.order; k-- > 0;) {
    const Series& level = levels[k];
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] += i < options.lag ? level[level.size() - options.lag + i] : out[i - options.lag];
    }
  }
  return out;
}

}  // namespace streamflow::analytics
