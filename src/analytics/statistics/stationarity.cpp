#include "analytics/statistics/stationarity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>

#include "analytics/statistics/distributions.h"
#include "analytics/statistics/least_squares.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Status check(SeriesView series, std::size_t length_min, const char* who) {
  if (series.size() < length_min) {
    return invalid(std::string(who) + ": got " + std::to_string(series.size()) + " values, needs at least " +
                   std::to_string(length_min));
  }
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!(std::abs(series[i]) <= 1e100)) {  // squares must not overflow
      return invalid(std::string(who) + ": value " + std::to_string(i) +
                     " is missing, infinite or beyond 1e100; fill the gaps or rescale first");
    }
  }
  if (std::all_of(series.begin(), series.end(), [&](double value) { return value == series[0]; })) {
    return invalid(std::string(who) + ": the series is constant");
  }
  return Ok{};
}

std::size_t schwert_lags(std::size_t n) {
  return static_cast<std::size_t>(std::ceil(12 * std::pow(static_cast<double>(n) / 100, 0.25)));
}

std::size_t terms(Deterministic deterministic) {
  return static_cast<std::size_t>(deterministic);
}

// 1, t, t² with t counted from 1.
void add_deterministic(DesignMatrix& design, Deterministic deterministic) {
  for (std::size_t power = 0; power < terms(deterministic); ++power) {
    const auto column = design.add_column();
    for (std::size_t i = 0; i < column.size(); ++i) {
      column[i] = std::pow(static_cast<double>(i + 1), static_cast<double>(power));
    }
  }
}

// MacKinnon's (1994) response surfaces for one variable, tables 3 and 4: p = Phi(polynomial in tau), one polynomial
// for the left tail up to `star`, another beyond.
struct Surface {
  double least, star, most;
  std::array<double, 3> left;
  std::array<double, 4> right;
};
constexpr std::array<Surface, 4> kSurfaces{{
    {-19.04,
     -1.04,
     std::numeric_limits<double>::infinity(),
     {0.6344, 1.2378, 3.2496e-2},
     {0.4797, 9.3557e-1, -0.6999e-1, 3.3066e-2}},
    {-18.83, -1.61, 2.74, {2.1659, 1.4412, 3.8269e-2}, {1.7339, 9.3202e-1, -1.2745e-1, -1.0368e-2}},
    {-16.18, -2.89, 0.70, {3.2512, 1.6047, 4.9588e-2}, {2.5261, 6.1654e-1, -3.7956e-1, -6.0285e-2}},
    {-17.17, -3.21, 0.54, {4.0003, 1.6580, 4.8288e-2}, {3.0778, 4.9529e-1, -4.1477e-1, -5.9359e-2}},
}};

double mackinnon_probability(double tau, Deterministic deterministic) {
  const Surface& surface = kSurfaces[terms(deterministic)];
  if (tau > surface.most) { return 1; }
  if (tau < surface.least) { return 0; }
  double value = 0;
  if (tau <= surface.star) {
    for (std::size_t k = surface.left.size(); k-- > 0;) { value = value * tau + surface.left[k]; }
  } else {
    for (std::size_t k = surface.right.size(); k-- > 0;) { value = value * tau + surface.right[k]; }
  }
  return normal_probability(value);
}

// Rows begin at difference `first`; regressors are the deterministic terms, the level, and `lags` lagged differences.
struct DickeyFullerRegression {
  DesignMatrix design;
  Series response;
};

DickeyFullerRegression regression(SeriesView series, Deterministic deterministic, std::size_t lags) {
  Series difference(series.size() - 1);
  for (std::size_t i = 0; i < difference.size(); ++i) { difference[i] = series[i + 1] - series[i]; }
  DickeyFullerRegression out;
  out.design.rows = difference.size() - lags;
  add_deterministic(out.design, deterministic);
  const auto level = out.design.add_column();
  for (std::size_t i = 0; i < level.size(); ++i) { level[i] = series[i + lags]; }
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    const auto column = out.design.add_column();
    for (std::size_t i = 0; i < column.size(); ++i) { column[i] = difference[i + lags - lag]; }
  }
  out.response.assign(difference.begin() + static_cast<std::ptrdiff_t>(lags), difference.end());
  return out;
}

// All candidates are compared on the rows the longest one leaves.
Result<std::size_t> lags_by_aic(SeriesView series, Deterministic deterministic, std::size_t lags_max) {
  const DickeyFullerRegression longest = regression(series, deterministic, lags_max);
  SF_TRY(sums, nested_residual_sums(longest.design, longest.response));
  const auto rows = static_cast<double>(longest.design.rows);
  double best = std::numeric_limits<double>::infinity();
  std::size_t answer = 0;
  for (std::size_t lag = 0; lag <= lags_max; ++lag) {
    const std::size_t columns = terms(deterministic) + 1 + lag;
    const double aic = rows * std::log(std::max(sums[columns] / rows, 1e-300)) + 2 * static_cast<double>(columns);
    if (aic < best) {
      best = aic;
      answer = lag;
    }
  }
  return answer;
}

// Newey and West's long-run variance with Bartlett weights; sums divided by n.
double long_run_variance(SeriesView residuals, std::size_t lags) {
  double sum = std::inner_product(residuals.begin(), residuals.end(), residuals.begin(), 0.0);
  for (std::size_t lag = 1; lag <= lags && lag < residuals.size(); ++lag) {
    const double product = std::inner_product(residuals.begin() + static_cast<std::ptrdiff_t>(lag), residuals.end(),
                                              residuals.begin(), 0.0);
    sum += 2 * product * (1 - static_cast<double>(lag) / (static_cast<double>(lags) + 1));
  }
  return sum / static_cast<double>(residuals.size());
}

std::size_t hobijn_lags(SeriesView residuals) {
  const auto n = static_cast<double>(residuals.size());
  const auto considered = static_cast<std::size_t>(std::pow(n, 2.0 / 9));
  double s0 = std::inner_product(residuals.begin(), residuals.end(), residuals.begin(), 0.0) / n;
  double s1 = 0;
  for (std::size_t lag = 1; lag <= considered && lag < residuals.size(); ++lag) {
    const double product = std::inner_product(residuals.begin() + static_cast<std::ptrdiff_t>(lag), residuals.end(),
                                              residuals.begin(), 0.0) /
                           (n / 2);
    s0 += product;
    s1 += static_cast<double>(lag) * product;
  }
  const double ratio = s1 / s0;
  const double lags = 1.1447 * std::cbrt(ratio * ratio) * std::cbrt(n);
  return std::isfinite(lags) ? static_cast<std::size_t>(std::min(lags, n - 1)) : 0;
}

double kpss_probability(double statistic, Deterministic deterministic) {
  constexpr std::array<double, 4> kProbabilities{0.10, 0.05, 0.025, 0.01};
  constexpr std::array<double, 4> kLevel{0.347, 0.463, 0.574, 0.739};  // table 1 of the paper
  constexpr std::array<double, 4> kTrend{0.119, 0.146, 0.176, 0.216};
  const auto& table = deterministic == Deterministic::kTrend ? kTrend : kLevel;
  if (statistic <= table.front()) { return kProbabilities.front(); }
  for (std::size_t k = 1; k < table.size(); ++k) {
    if (statistic <= table[k]) {
      const double share = (statistic - table[k - 1]) / (table[k] - table[k - 1]);
      return kProbabilities[k - 1] + share * (kProbabilities[k] - kProbabilities[k - 1]);
    }
  }
  return kProbabilities.back();
}

}  // namespace

Result<UnitRootTest> augmented_dickey_fuller(SeriesView series, const DickeyFullerOptions& options) {
  const std::size_t n = series.size();
  const std::size_t fixed = terms(options.deterministic);
  SF_CHECK(check(series, 2 * (fixed + 3), "Dickey-Fuller test"));
  const std::size_t room = n / 2 - fixed - 1;
  if (options.lags_max && *options.lags_max > room) {
    return invalid("Dickey-Fuller test: " + std::to_string(*options.lags_max) + " lags; " + std::to_string(n) +
                   " values allow at most " + std::to_string(room));
  }
  std::size_t lags = options.lags_max.value_or(std::min(room, schwert_lags(n)));
  if (options.choose_lags) {
    SF_TRY(chosen, lags_by_aic(series, options.deterministic, lags));
    lags = chosen;
  }
  const DickeyFullerRegression final = regression(series, options.deterministic, lags);
  SF_TRY(fit, least_squares(final.design, final.response));
  if (!(fit.standard_errors[fixed] > 0)) {
    return invalid("Dickey-Fuller test: the series follows its own past without any error");
  }
  const double tau = fit.coefficients[fixed] / fit.standard_errors[fixed];
  return UnitRootTest{tau, mackinnon_probability(tau, options.deterministic), lags, final.design.rows};
}

Result<UnitRootTest> phillips_perron(SeriesView series, const PhillipsPerronOptions& options) {
  const std::size_t fixed = terms(options.deterministic);
  SF_CHECK(check(series, fixed + 4, "Phillips-Perron test"));
  const std::size_t rows = series.size() - 1;
  const std::size_t lags = options.lags.value_or(std::min(schwert_lags(series.size()), rows - 1));
  DesignMatrix design;
  design.rows = rows;
  add_deterministic(design, options.deterministic);
  const auto level = design.add_column();
  std::copy(series.begin(), series.end() - 1, level.begin());
  SF_TRY(fit, least_squares(design, series.subspan(1)));
  const auto n = static_cast<double>(rows);
  const double variance = fit.residual_sum / n;
  const double spread = fit.residual_sum / (n - static_cast<double>(design.columns()));
  const double long_run = long_run_variance(fit.residuals, lags);
  const double error = fit.standard_errors[fixed];
  if (!(error > 0) || !(long_run > 0)) {
    return invalid("Phillips-Perron test: the series follows its own past without any error");
  }
  const double tau = (fit.coefficients[fixed] - 1) / error;
  const double corrected = std::sqrt(variance / long_run) * tau -
                           0.5 * (long_run - variance) / std::sqrt(long_run) * (n * error / std::sqrt(spread));
  return UnitRootTest{corrected, mackinnon_probability(corrected, options.deterministic), lags, rows};
}

Result<UnitRootTest> kpss(SeriesView series, const KpssOptions& options) {
  SF_CHECK(check(series, 4, "KPSS test"));
  if (options.deterministic != Deterministic::kConstant && options.deterministic != Deterministic::kTrend) {
    return invalid("KPSS test: the deterministic part must be a constant or a trend");
  }
  DesignMatrix design;
  design.rows = series.size();
  add_deterministic(design, options.deterministic);
  SF_TRY(fit, least_squares(design, series));
  const std::size_t n = series.size();
  const std::size_t ruled = options.rule == KpssLags::kAutomatic ? hobijn_lags(fit.residuals) : schwert_lags(n);
  const std::size_t lags = std::min(options.lags.value_or(ruled), n - 1);
  const double variance = long_run_variance(fit.residuals, lags);
  if (!(variance > 0)) { return invalid("KPSS test: nothing is left once the trend is removed"); }
  double partial = 0;
  double sum = 0;
  for (const double residual : fit.residuals) {
    partial += residual;
    sum += partial * partial;
  }
  const double statistic = sum / (static_cast<double>(n) * static_cast<double>(n)) / variance;
  return UnitRootTest{statistic, kpss_probability(statistic, options.deterministic), lags, n};
}

}  // namespace streamflow::analytics
