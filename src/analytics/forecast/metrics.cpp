#include "analytics/forecast/metrics.h"

#include <algorithm>
#include <cmath>

#include "analytics/statistics/distributions.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status check_pair(SeriesView a, SeriesView b) {
  if (a.empty() || a.size() != b.size()) {
    return invalid("forecast score: got " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
                   " values; needs two lists of equal length, at least 1");
  }
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!std::all_of(a.begin(), a.end(), finite) || !std::all_of(b.begin(), b.end(), finite)) {
    return invalid("forecast score: a value is missing or infinite");
  }
  return Ok{};
}

Status check_scale(double scale) {
  if (scale > 0 && std::isfinite(scale)) { return Ok{}; }
  return invalid("forecast score: the scale is " + std::to_string(scale) +
                 "; the training series has no seasonal differences, use an unscaled score");
}

template <class Loss>
Result<double> mean_loss(SeriesView actual, SeriesView forecast, const Loss& loss) {
  SF_CHECK(check_pair(actual, forecast));
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) { sum += loss(actual[i], forecast[i]); }
  return sum / static_cast<double>(actual.size());
}

double square(double x) {
  return x * x;
}

double pinball(double actual, double quantile, double probability) {
  return actual >= quantile ? probability * (actual - quantile) : (1 - probability) * (quantile - actual);
}

template <class Loss>
Result<double> seasonal_scale(SeriesView training, std::size_t period, const Loss& loss) {
  const std::size_t lag = std::max<std::size_t>(period, 1);
  if (training.size() <= lag) {
    return invalid("forecast score: got " + std::to_string(training.size()) +
                   " training values, needs more than the period " + std::to_string(lag));
  }
  SF_TRY(scale, mean_loss(training.subspan(lag), training.first(training.size() - lag), loss));
  SF_CHECK(check_scale(scale));
  return scale;
}

}  // namespace

Result<double> mean_absolute_error(SeriesView actual, SeriesView forecast) {
  return mean_loss(actual, forecast, [](double a, double f) { return std::abs(a - f); });
}

Result<double> root_mean_squared_error(SeriesView actual, SeriesView forecast) {
  SF_TRY(mean, mean_loss(actual, forecast, [](double a, double f) { return square(a - f); }));
  return std::sqrt(mean);
}

Result<double> symmetric_percentage_error(SeriesView actual, SeriesView forecast) {
  return mean_loss(actual, forecast, [](double a, double f) {
    const double size = std::abs(a) + std::abs(f);
    return size > 0 ? 200 * std::abs(a - f) / size : 0;
  });
}

Result<double> absolute_scale(SeriesView training, std::size_t period) {
  return seasonal_scale(training, period, [](double a, double b) { return std::abs(a - b); });
}

Result<double> squared_scale(SeriesView training, std::size_t period) {
  return seasonal_scale(training, period, [](double a, double b) { return square(a - b); });
}

Result<double> mean_absolute_scaled_error(SeriesView actual, SeriesView forecast, double scale) {
  SF_CHECK(check_scale(scale));
  SF_TRY(error, mean_absolute_error(actual, forecast));
  return error / scale;
}

Result<double> root_mean_squared_scaled_error(SeriesView actual, SeriesView forecast, double scale) {
  SF_CHECK(check_scale(scale));
  SF_TRY(error, root_mean_squared_error(actual, forecast));
  return error / std::sqrt(scale);
}

double overall_weighted_average(double smape, double mase, double benchmark_smape, double benchmark_mase) {
  return 0.5 * (smape / benchmark_smape + mase / benchmark_mase);
}

Result<double> pinball_loss(SeriesView actual, SeriesView quantile, double probability) {
  if (!(probability > 0 && probability < 1)) {
    return invalid("pinball loss: probability " + std::to_string(probability) + " is not inside (0, 1)");
  }
  return mean_loss(actual, quantile, [&](double a, double q) { return pinball(a, q, probability); });
}

Result<double> coverage(SeriesView actual, const ForecastInterval& interval) {
  SF_CHECK(check_pair(actual, interval.lower));
  SF_CHECK(check_pair(actual, interval.upper));
  double inside = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    inside += interval.lower[i] <= actual[i] && actual[i] <= interval.upper[i] ? 1 : 0;
  }
  return 100 * inside / static_cast<double>(actual.size());
}

Result<double> mean_scaled_interval_score(SeriesView actual, const ForecastInterval& interval, double scale) {
  SF_CHECK(check_pair(actual, interval.lower));
  SF_CHECK(check_pair(actual, interval.upper));
  SF_CHECK(check_scale(scale));
  const double penalty = 2 / (1 - interval.level / 100);
  double sum = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    sum += interval.upper[i] - interval.lower[i];
    sum += penalty * (std::max(0.0, interval.lower[i] - actual[i]) + std::max(0.0, actual[i] - interval.upper[i]));
  }
  return sum / static_cast<double>(actual.size()) / scale;
}

Result<double> continuous_ranked_probability_score(SeriesView actual, const Forecast& forecast) {
  SF_TRY(middle, pinball_loss(actual, forecast.mean, 0.5));
  double sum = middle;
  for (const ForecastInterval& interval : forecast.intervals) {
    SF_TRY(lower, pinball_loss(actual, interval.lower, 0.5 - interval.level / 200));
    SF_TRY(upper, pinball_loss(actual, interval.upper, 0.5 + interval.level / 200));
    sum += lower + upper;
  }
  return 2 * sum / static_cast<double>(1 + 2 * forecast.intervals.size());
}

Result<DieboldMariano> diebold_mariano(SeriesView errors_first, SeriesView errors_second, std::size_t horizon) {
  SF_CHECK(check_pair(errors_first, errors_second));
  const std::size_t n = errors_first.size();
  if (horizon == 0 || n < 3 || horizon > n / 2) {
    return invalid("Diebold-Mariano test: got " + std::to_string(n) + " errors and horizon " + std::to_string(horizon) +
                   "; needs at least 3 errors and a horizon of at most half their number");
  }
  Series loss(n);
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) {
    loss[i] = square(errors_first[i]) - square(errors_second[i]);
    mean += loss[i] / static_cast<double>(n);
  }
  double variance = 0;
  for (std::size_t lag = 0; lag < horizon; ++lag) {
    double sum = 0;
    for (std::size_t i = lag; i < n; ++i) { sum += (loss[i] - mean) * (loss[i - lag] - mean); }
    variance += (lag == 0 ? 1 : 2) * sum / static_cast<double>(n);
  }
  if (!(variance > 0) || !std::isfinite(variance)) {
    return invalid(
        "Diebold-Mariano test: the losses' difference has no positive variance; the forecasts are equal or "
        "too few");
  }
  const auto count = static_cast<double>(n);
  const auto h = static_cast<double>(horizon);
  const double correction = std::sqrt((count + 1 - 2 * h + h * (h - 1) / count) / count);
  const double statistic = correction * mean / std::sqrt(variance / count);
  return DieboldMariano{statistic, 2 * student_probability(-std::abs(statistic), count - 1)};
}

}  // namespace streamflow::analytics
