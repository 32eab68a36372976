#include "analytics/forecast/vector_autoregression.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kDependent = 1e-12;

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, "vector autoregression: " + std::move(message)};
}

Eigen::Index index(std::size_t k) {
  return static_cast<Eigen::Index>(k);
}

Status check(const std::vector<Series>& series) {
  if (series.empty()) { return invalid("there is no series"); }
  for (std::size_t k = 0; k < series.size(); ++k) {
    SF_CHECK(check_series(series[k], 3, "vector autoregression: series " + std::to_string(k)));
    if (series[k].size() != series[0].size()) {
      return invalid("series " + std::to_string(k) + " has " + std::to_string(series[k].size()) +
                     " values, series 0 has " + std::to_string(series[0].size()));
    }
  }
  return Ok{};
}

struct Regression {
  Matrix design, response, beta, residuals;
};

// Rows are the steps from `first` on.
Result<Regression> regress(const std::vector<Series>& series, std::size_t lags, std::size_t first) {
  const std::size_t n = series[0].size();
  const std::size_t columns = 1 + lags * series.size();
  Regression out;
  out.design.resize(index(n - first), index(columns));
  out.response.resize(index(n - first), index(series.size()));
  for (std::size_t t = first; t < n; ++t) {
    const Eigen::Index row = index(t - first);
    out.design(row, 0) = 1;
    for (std::size_t lag = 1; lag <= lags; ++lag) {
      for (std::size_t k = 0; k < series.size(); ++k) {
        out.design(row, index(1 + (lag - 1) * series.size() + k)) = series[k][t - lag];
      }
    }
    for (std::size_t k = 0; k < series.size(); ++k) { out.response(row, index(k)) = series[k][t]; }
  }
  const Eigen::HouseholderQR<Matrix> qr(out.design);
  for (Eigen::Index j = 0; j < out.design.cols(); ++j) {
    if (!(std::abs(qr.matrixQR()(j, j)) > kDependent * out.design.col(j).norm())) {
      return invalid("a series is constant or a combination of the others; leave it out or use fewer lags");
    }
  }
  out.beta = qr.solve(out.response);
  out.residuals = out.response - out.design * out.beta;
  return out;
}

double aic_of(const Regression& fit) {
  const auto rows = static_cast<double>(fit.residuals.rows());
  const Matrix covariance = fit.residuals.transpose() * fit.residuals / rows;
  const Eigen::LDLT<Matrix> factor(covariance);
  double determinant = 0;
  for (const double pivot : factor.vectorD()) { determinant += std::log(std::max(pivot, 1e-300)); }
  return determinant + 2 * static_cast<double>(fit.beta.size()) / rows;
}

std::vector<Series> to_lists(const Matrix& columns) {
  std::vector<Series> out;
  for (Eigen::Index k = 0; k < columns.cols(); ++k) { out.emplace_back(columns.col(k).begin(), columns.col(k).end()); }
  return out;
}

// The least lags whose regression keeps as many rows as columns and two more.
std::size_t lags_possible(std::size_t length, std::size_t count, std::size_t wanted) {
  std::size_t lags = wanted;
  while (lags > 0 && length < lags + 1 + lags * count + 2) { --lags; }
  return lags;
}

Result<std::size_t> choose_lags(const std::vector<Series>& series, std::size_t most) {
  std::size_t best = 1;
  double least = INFINITY;
  for (std::size_t lags = 1; lags <= most; ++lags) {
    const auto fit = regress(series, lags, most);
    if (!fit.has_value()) {
      if (lags == 1) { return fit.error(); }
      break;
    }
    const double aic = aic_of(*fit);
    if (aic < least) {
      least = aic;
      best = lags;
    }
  }
  return best;
}

}  // namespace

Result<VectorAutoregression> fit_vector_autoregression(const std::vector<Series>& series,
                                                       const VectorAutoregressionOptions& options) {
  SF_CHECK(check(series));
  const std::size_t wanted = options.lags.value_or(options.lags_max);
  const std::size_t possible = lags_possible(series[0].size(), series.size(), wanted);
  if (wanted == 0 || possible == 0 || (options.lags && possible < wanted)) {
    return invalid("got " + std::to_string(series[0].size()) + " values of " + std::to_string(series.size()) +
                   " series, enough for " + std::to_string(possible) + " lags; asked for " + std::to_string(wanted) +
                   ", at least 1");
  }
  std::size_t lags = possible;
  if (!options.lags) {
    SF_TRY(chosen, choose_lags(series, possible));
    lags = chosen;
  }
  SF_TRY(fit, regress(series, lags, lags));
  VectorAutoregression out;
  out.lags = lags;
  out.coefficients = to_lists(fit.beta);
  out.residuals = to_lists(fit.residuals);
  out.aic = aic_of(fit);
  const auto freedom = static_cast<double>(std::max<Eigen::Index>(fit.design.rows() - fit.design.cols(), 1));
  out.covariance = to_lists(fit.residuals.transpose() * fit.residuals / freedom);
  for (const Series& one : series) { out.last.emplace_back(one.end() - static_cast<std::ptrdiff_t>(lags), one.end()); }
  return out;
}

Result<std::vector<Forecast>> VectorAutoregression::predict(std::size_t horizon, std::span<const double> levels) const {
  if (horizon == 0 || horizon > kHorizonMax) {
    return invalid("horizon " + std::to_string(horizon) + " is outside 1 to " + std::to_string(kHorizonMax));
  }
  for (const double level : levels) {
    if (!(level > 0 && level < 100)) { return invalid("level " + std::to_string(level) + " is not inside (0, 100)"); }
  }
  const std::size_t count = coefficients.size();
  std::vector<Series> path = last;
  std::vector<Matrix> weights;  // of past errors: Psi(h) = sum of A(i) Psi(h - i)
  std::vector<Matrix> lagged(lags, Matrix(index(count), index(count)));
  Matrix errors(index(count), index(count));
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t j = 0; j < count; ++j) {
      errors(index(k), index(j)) = covariance[k][j];
      for (std::size_t i = 0; i < lags; ++i) { lagged[i](index(k), index(j)) = coefficients[k][1 + i * count + j]; }
    }
  }
  Matrix spread = Matrix::Zero(index(count), index(count));
  std::vector<Series> deviations(count, Series(horizon));
  for (std::size_t h = 0; h < horizon; ++h) {
    Matrix weight = h == 0 ? Matrix(Matrix::Identity(index(count), index(count)))
                           : Matrix(Matrix::Zero(index(count), index(count)));
    for (std::size_t i = 0; i < std::min(lags, h); ++i) { weight += lagged[i] * weights[weights.size() - 1 - i]; }
    spread += weight * errors * weight.transpose();
    weights.push_back(std::move(weight));
    if (weights.size() > lags) { weights.erase(weights.begin()); }
    Series next(count);
    for (std::size_t k = 0; k < count; ++k) {
      next[k] = coefficients[k][0];
      for (std::size_t i = 0; i < lags; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
          next[k] += coefficients[k][1 + i * count + j] * path[j][path[j].size() - 1 - i];
        }
      }
      deviations[k][h] = std::sqrt(spread(index(k), index(k)));
      if (!std::isfinite(next[k]) || !std::isfinite(deviations[k][h])) {
        return invalid("the forecast leaves the range of a 64-bit float; shorten the horizon or difference the series");
      }
    }
    for (std::size_t k = 0; k < count; ++k) { path[k].push_back(next[k]); }
  }
  std::vector<Forecast> out;
  for (std::size_t k = 0; k < count; ++k) {
    Forecast& forecast = out.emplace_back();
    forecast.mean.assign(path[k].begin() + static_cast<std::ptrdiff_t>(lags), path[k].end());
    forecast.intervals = normal_intervals(forecast.mean, deviations[k], levels);
  }
  return out;
}

}  // namespace streamflow::analytics
