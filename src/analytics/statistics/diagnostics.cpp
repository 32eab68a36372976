#include "analytics/statistics/diagnostics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analytics/statistics/autocorrelation.h"
#include "analytics/statistics/distributions.h"
#include "analytics/statistics/least_squares.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

// Divided by the largest magnitude: the statistics do not depend on the unit, their powers of four would overflow.
Result<Series> scaled(SeriesView values, std::size_t length_min, const char* who) {
  if (values.size() < length_min) {
    return invalid(std::string(who) + ": got " + std::to_string(values.size()) + " values, needs at least " +
                   std::to_string(length_min));
  }
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return invalid(std::string(who) + ": value " + std::to_string(i) + " is missing or infinite; leave it out");
    }
    largest = std::max(largest, std::abs(values[i]));
  }
  if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values[0]; })) {
    return invalid(std::string(who) + ": the values are constant");
  }
  Series out(values.begin(), values.end());
  for (double& value : out) { value /= largest; }
  return out;
}

enum class Weights : std::uint8_t { kLjungBox, kBoxPierce };

Result<SignificanceTest> portmanteau(SeriesView residuals, const PortmanteauOptions& options, Weights weights) {
  if (options.lags <= options.fitted_parameters) {
    return invalid("portmanteau test: " + std::to_string(options.lags) + " lags, must exceed the " +
                   std::to_string(options.fitted_parameters) + " fitted parameters");
  }
  SF_TRY(values, scaled(residuals, options.lags + 1, "portmanteau test"));
  SF_TRY(correlation, autocorrelation(values, options.lags));
  const auto n = static_cast<double>(values.size());
  double sum = 0;
  for (std::size_t lag = 1; lag <= options.lags; ++lag) {
    const double square = correlation[lag] * correlation[lag];
    sum += weights == Weights::kLjungBox ? (n + 2) * square / (n - static_cast<double>(lag)) : square;
  }
  const double statistic = n * sum;
  return SignificanceTest{statistic,
                          chi_squared_upper(statistic, static_cast<double>(options.lags - options.fitted_parameters))};
}

}  // namespace

Result<SignificanceTest> ljung_box(SeriesView residuals, const PortmanteauOptions& options) {
  return portmanteau(residuals, options, Weights::kLjungBox);
}

Result<SignificanceTest> box_pierce(SeriesView residuals, const PortmanteauOptions& options) {
  return portmanteau(residuals, options, Weights::kBoxPierce);
}

Result<SignificanceTest> arch_lm(SeriesView residuals, std::size_t lags) {
  if (lags == 0) { return invalid("ARCH test: needs at least 1 lag"); }
  SF_TRY(values, scaled(residuals, 2 * lags + 3, "ARCH test"));
  for (double& value : values) { value *= value; }
  DesignMatrix design;
  design.rows = values.size() - lags;
  const auto ones = design.add_column();
  std::fill(ones.begin(), ones.end(), 1.0);
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    const auto column = design.add_column();
    for (std::size_t i = 0; i < column.size(); ++i) { column[i] = values[i + lags - lag]; }
  }
  const SeriesView response = SeriesView(values).subspan(lags);
  SF_TRY(fit, least_squares(design, response));
  const auto rows = static_cast<double>(design.rows);
  const double mean = std::accumulate(response.begin(), response.end(), 0.0) / rows;
  double total = 0;
  for (const double value : response) { total += (value - mean) * (value - mean); }
  if (!(total > 0)) { return invalid("ARCH test: the squares are constant"); }
  const double statistic = rows * (1 - fit.residual_sum / total);
  return SignificanceTest{statistic, chi_squared_upper(statistic, static_cast<double>(lags))};
}

Result<NormalityTest> jarque_bera(SeriesView values) {
  SF_TRY(x, scaled(values, 2, "Jarque-Bera test"));
  const auto n = static_cast<double>(x.size());
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double second = 0, third = 0, fourth = 0;
  for (const double value : x) {
    const double d = value - mean;
    second += d * d / n;
    third += d * d * d / n;
    fourth += d * d * d * d / n;
  }
  NormalityTest test;
  test.skewness = third / std::pow(second, 1.5);
  test.kurtosis = fourth / (second * second);
  const double excess = test.kurtosis - 3;
  test.statistic = n / 6 * (test.skewness * test.skewness + excess * excess / 4);
  test.p_value = chi_squared_upper(test.statistic, 2);
  return test;
}

}  // namespace streamflow::analytics
