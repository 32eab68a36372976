#include "analytics/decompose/mstl.h"

#include <algorithm>
#include <string>

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status check(SeriesView series, const std::vector<std::size_t>& periods, const MstlOptions& options) {
  if (periods.empty() || options.passes == 0) { return invalid("MSTL: needs at least one period and one pass"); }
  if (std::adjacent_find(periods.begin(), periods.end()) != periods.end()) {
    return invalid("MSTL: a period is named twice");
  }
  if (!options.season_windows.empty() && options.season_windows.size() != periods.size()) {
    return invalid("MSTL: got " + std::to_string(options.season_windows.size()) + " season windows for " +
                   std::to_string(periods.size()) + " periods");
  }
  SF_CHECK(check_seasonal(series, periods.front(), "MSTL"));
  return check_seasonal(series, periods.back(), "MSTL");
}

}  // namespace

Result<MultiDecomposition> mstl(SeriesView series, const MstlOptions& options) {
  MultiDecomposition out;
  out.periods = options.periods;
  std::sort(out.periods.begin(), out.periods.end());
  SF_CHECK(check(series, out.periods, options));
  out.seasons.assign(out.periods.size(), Series(series.size(), 0.0));
  Series rest(series.begin(), series.end());
  for (std::size_t pass = 0; pass < options.passes; ++pass) {
    for (std::size_t k = 0; k < out.periods.size(); ++k) {
      Series& season = out.seasons[k];
      for (std::size_t i = 0; i < rest.size(); ++i) { rest[i] += season[i]; }
      StlOptions step = options.stl;
      step.period = out.periods[k];
      if (step.low_pass_window == 0) { step.low_pass_window = step.period + 1 + step.period % 2; }
      step.season_window = options.season_windows.empty() ? 7 + 4 * (k + 1) : options.season_windows[k];
      SF_TRY(parts, stl(rest, step));
      season = std::move(parts.season);
      out.trend = std::move(parts.trend);
      for (std::size_t i = 0; i < rest.size(); ++i) { rest[i] -= season[i]; }
    }
  }
  out.remainder = std::move(rest);
  for (std::size_t i = 0; i < series.size(); ++i) { out.remainder[i] -= out.trend[i]; }
  return out;
}

}  // namespace streamflow::analytics
