#include "analytics/decompose/classical.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

// Least-squares line through `values`, whose first is at position `begin`.
struct Line {
  double level = 0;
  double slope = 0;
  double at(double x) const { return level + slope * x; }
};

Line line_through(SeriesView values, double begin) {
  const auto n = static_cast<double>(values.size());
  const double centre = begin + (n - 1) / 2;
  double mean = 0, product = 0, square = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = begin + static_cast<double>(i) - centre;
    mean += values[i] / n;
    product += x * values[i];
    square += x * x;
  }
  const double slope = square > 0 ? product / square : 0;
  return {mean - slope * centre, slope};
}

Series trend_with_ends(SeriesView series, std::size_t period) {
  const Series middle = centred_moving_average(series, period);
  const std::size_t half = period / 2;
  const std::size_t support = std::clamp<std::size_t>(period - 1, 1, middle.size());
  const SeriesView view(middle);
  const Line front = line_through(view.first(support), static_cast<double>(half));
  const Line back = line_through(view.last(support), static_cast<double>(half + middle.size() - support));
  Series trend(series.size());
  for (std::size_t i = 0; i < trend.size(); ++i) {
    if (i < half) {
      trend[i] = front.at(static_cast<double>(i));
    } else {
      trend[i] = i < half + middle.size() ? middle[i - half] : back.at(static_cast<double>(i));
    }
  }
  return trend;
}

}  // namespace

Series centred_moving_average(SeriesView series, std::size_t period) {
  const std::size_t half = period / 2;
  if (period == 0 || series.size() < 2 * half + 1) { return {}; }
  Series out(series.size() - 2 * half);
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (std::size_t j = 0; j <= 2 * half; ++j) {
      const bool shared = period % 2 == 0 && (j == 0 || j == 2 * half);  // the end phase counts twice, half each
      sum += shared ? 0.5 * series[i + j] : series[i + j];
    }
    out[i] = sum / static_cast<double>(period);
  }
  return out;
}

Result<Decomposition> classical_decomposition(SeriesView series, std::size_t period, SeasonKind kind) {
  SF_CHECK(check_seasonal(series, period, "classical decomposition"));
  const bool multiplicative = kind == SeasonKind::kMultiplicative;
  if (multiplicative && std::any_of(series.begin(), series.end(), [](double value) { return value <= 0; })) {
    return Error{ErrorCode::kInvalidArgument,
                 "classical decomposition: a multiplicative season needs positive values; use an additive one"};
  }
  Decomposition parts;
  parts.trend = trend_with_ends(series, period);
  if (multiplicative && std::any_of(parts.trend.begin(), parts.trend.end(), [](double value) { return value <= 0; })) {
    return Error{ErrorCode::kInvalidArgument,
                 "classical decomposition: the trend reaches zero at an end; use an additive season"};
  }
  Series means(period, 0.0);
  double overall = 0;
  for (std::size_t phase = 0; phase < period; ++phase) {
    double count = 0;
    for (std::size_t i = phase; i < series.size(); i += period) {
      if (i < period / 2 || i + period / 2 >= series.size()) { continue; }  // the trend there is a guess
      ++count;
      means[phase] += multiplicative ? series[i] / parts.trend[i] : series[i] - parts.trend[i];
    }
    means[phase] /= count;
    overall += means[phase] / static_cast<double>(period);
  }
  for (double& mean : means) { mean = multiplicative ? mean / overall : mean - overall; }
  for (std::size_t i = 0; i < series.size(); ++i) {
    parts.season.push_back(means[i % period]);
    parts.remainder.push_back(multiplicative ? series[i] / parts.trend[i] / means[i % period]
                                             : series[i] - parts.trend[i] - means[i % period]);
  }
  parts.weights.assign(series.size(), 1.0);
  return parts;
}

}  // namespace streamflow::analytics
