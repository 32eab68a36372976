#include "analytics/forecast/arima/arima_fit.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analytics/decompose/difference.h"
#include "analytics/forecast/arima/arma_filter.h"
#include "analytics/optimize/lbfgs.h"

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kPartialReach = 4.0;  // of the search: partial autocorrelations up to tanh(4) = 0.9993
constexpr double kDependent = 1e-9;    // of a regressor on the others, relative to its length

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

Series differenced(SeriesView values, const ArimaOrder& order, std::size_t period) {
  Series out(values.begin(), values.end());
  const auto take = [&](std::size_t lag, std::size_t times) {
    for (std::size_t k = 0; k < times; ++k) {
      for (std::size_t i = out.size(); i-- > lag;) { out[i] -= out[i - lag]; }
      out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(lag));
    }
  };
  take(period, order.D);
  take(1, order.d);
  return out;
}

// The differenced series and an orthonormal basis of its differenced regressors.
class Likelihood {
 public:
  static Result<Likelihood> prepare(const ArimaProblem& problem, const ArimaOrder& order) {
    Likelihood out(problem, order);
    out.columns_.push_back(differenced(problem.series, order, problem.period));
    out.scale_ = out.norm(out.columns_[0]);
    if (!(out.scale_ > 0)) { out.scale_ = 1; }
    for (double& value : out.columns_[0]) { value /= out.scale_; }
    SF_CHECK(out.add_regressors(problem));
    return out;
  }

  std::size_t count() const { return columns_[0].size(); }
  std::size_t regressors() const { return columns_.size() - 1; }
  double scale() const { return scale_; }

  // -log likelihood for each value, up to a constant, with the regression at its best.
  double operator()(SeriesView unbounded, FilterStart start) {
    const ArmaProcess process = expand(factors_at(unbounded), order_, period_);
    ArmaFilter filter(process, start);
    const double determinant = filter.run(columns_, filtered_);
    if (!std::isfinite(determinant)) { return kInfinity; }
    solve_regression();
    const auto n = static_cast<double>(count());
    return 0.5 * (std::log(std::max(squares_ / n, 1e-300)) + determinant / n);
  }

  Series factors_at(SeriesView unbounded) const {
    Series out;
    std::size_t at = 0;
    const auto add = [&](std::size_t size, double sign) {
      Series partials(size);
      for (double& partial : partials) { partial = sign * std::tanh(unbounded[at++]); }
      for (const double coefficient : coefficients_from_partials(partials)) { out.push_back(sign * coefficient); }
    };
    add(order_.p, 1);
    add(order_.q, -1);
    add(order_.P, 1);
    add(order_.Q, -1);
    return out;
  }

  // Of the last evaluation, in the scale of the series.
  double squares() const { return squares_ * scale_ * scale_; }
  Series regression() const {
    if (regressors() == 0) { return {}; }
    const Eigen::VectorXd beta = triangle_.triangularView<Eigen::Upper>().solve(basis_beta_) * scale_;
    return {beta.data(), beta.data() + beta.size()};
  }

 private:
  Likelihood(const ArimaProblem& problem, const ArimaOrder& order) : order_(order), period_(problem.period) {}

  static double norm(const Series& values) {
    const double squares = std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
    return std::sqrt(squares / static_cast<double>(values.size()));
  }

  Status add_regressors(const ArimaProblem& problem) {
    const std::size_t named = problem.regressors == nullptr ? 0 : problem.regressors->names.size();
    const std::size_t columns = named + (order_.constant ? 1 : 0);
    if (columns == 0) { return Ok{}; }
    const auto rows = static_cast<Eigen::Index>(count());
    const auto width = static_cast<Eigen::Index>(columns);
    Eigen::MatrixXd design(rows, width);
    Eigen::Index j = 0;
    const auto add = [&](const Series& level) {
      const Series column = differenced(level, order_, period_);
      design.col(j++) = Eigen::Map<const Eigen::VectorXd>(column.data(), rows);
    };
    if (order_.constant) {
      Series level(problem.series.size());
      for (std::size_t t = 0; t < level.size(); ++t) { level[t] = constant_at(order_, t); }
      add(level);
    }
    for (std::size_t k = 0; k < named; ++k) { add(problem.regressors->column(k, 0, problem.series.size())); }
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(design);
    triangle_ = qr.matrixQR().topLeftCorner(width, width);
    for (Eigen::Index k = 0; k < width; ++k) {
      if (!(std::abs(triangle_(k, k)) > kDependent * design.col(k).norm())) {
        const auto index = static_cast<std::size_t>(k);
        const bool constant = order_.constant && k == 0;
        return invalid("ARIMA: " +
                       (constant ? "the constant"
                                 : "regressor '" + problem.regressors->names[index - (order_.constant ? 1 : 0)] + "'") +
                       " is a combination of the others once differenced; leave it out");
      }
    }
    const Eigen::MatrixXd basis = qr.householderQ() * Eigen::MatrixXd::Identity(rows, width);
    for (Eigen::Index k = 0; k < width; ++k) { columns_.emplace_back(basis.col(k).begin(), basis.col(k).end()); }
    return Ok{};
  }

  // Least squares of the filtered series on the filtered regressors.
  void solve_regression() {
    const auto rows = static_cast<Eigen::Index>(count());
    const Eigen::Map<const Eigen::VectorXd> y(filtered_[0].errors.data(), rows);
    if (regressors() == 0) {
      squares_ = y.squaredNorm();
      return;
    }
    const auto width = static_cast<Eigen::Index>(regressors());
    Eigen::MatrixXd x(rows, width);
    for (Eigen::Index k = 0; k < width; ++k) {
      x.col(k) = Eigen::Map<const Eigen::VectorXd>(filtered_[static_cast<std::size_t>(k) + 1].errors.data(), rows);
    }
    basis_beta_ = (x.transpose() * x).ldlt().solve(x.transpose() * y);
    squares_ = (y - x * basis_beta_).squaredNorm();
  }

  ArimaOrder order_;
  std::size_t period_;
  std::vector<Series> columns_;  // the series, then the basis
  std::vector<FilteredColumn> filtered_;
  Eigen::MatrixXd triangle_;
  Eigen::VectorXd basis_beta_;
  double scale_ = 1;
  double squares_ = 0;
};

Minimum search(Likelihood& likelihood, SeriesView from, FilterStart start, ArimaEffort effort) {
  Box box;
  box.lower.assign(from.size(), -kPartialReach);
  box.upper.assign(from.size(), kPartialReach);
  LbfgsOptions options;
  const bool final = effort == ArimaEffort::kFinal && start == FilterStart::kExact;
  options.value_tolerance = final ? 1e-10 : 1e-6;
  options.gradient_tolerance = final ? 1e-6 : 1e-4;
  options.iterations_max = start == FilterStart::kConditional ? 20 : 100;
  const auto objective = with_numeric_gradient([&](SeriesView x) { return likelihood(x, start); }, box, 1e-4);
  return lbfgs(objective, from, box, options);
}

// Everything the forecasts need, at the optimum.
void finish(ArimaFit& fit, const ArimaProblem& problem, Likelihood& likelihood, SeriesView optimum) {
  const double value = likelihood(optimum, FilterStart::kExact);
  fit.factors = likelihood.factors_at(optimum);
  fit.process = expand(fit.factors, fit.order, fit.period);
  fit.regression = likelihood.regression();
  const auto n = static_cast<double>(likelihood.count());
  const auto k = static_cast<double>(fit.factors.size() + fit.regression.size() + 1);
  fit.log_likelihood = -n * (value + std::log(likelihood.scale()) + 0.5 * std::log(2 * std::numbers::pi) + 0.5);
  fit.aicc = -2 * fit.log_likelihood + 2 * k + 2 * k * (k + 1) / (n - k - 1);
  fit.variance = likelihood.squares() / (n - k + 1);
  fit.noise.assign(problem.series.begin(), problem.series.end());
  for (std::size_t c = 0; c < fit.regression.size(); ++c) {
    const bool constant = fit.order.constant && c == 0;
    const Series column =
        constant ? Series{} : problem.regressors->column(c - (fit.order.constant ? 1 : 0), 0, fit.noise.size());
    for (std::size_t t = 0; t < fit.noise.size(); ++t) {
      fit.noise[t] -= fit.regression[c] * (constant ? constant_at(fit.order, t) : column[t]);
    }
  }
  ArmaFilter filter(fit.process, FilterStart::kExact);
  std::vector<FilteredColumn> filtered;
  filter.run({differenced(fit.noise, fit.order, fit.period)}, filtered);
  fit.errors = std::move(filtered[0].errors);
  for (std::size_t t = 0; t < fit.errors.size(); ++t) { fit.errors[t] *= filter.deviations()[t]; }
  fit.end_state = std::move(filtered[0].end_state);
}

}  // namespace

double constant_at(const ArimaOrder& order, std::size_t t) {
  return order.d + order.D == 0 ? 1 : static_cast<double>(t + 1);
}

Result<ArimaFit> fit_arima(const ArimaProblem& problem, const ArimaOrder& order, ArimaEffort effort) {
  const std::size_t lost = order.d + order.D * problem.period;
  const std::size_t named = problem.regressors == nullptr ? 0 : problem.regressors->names.size();
  const std::size_t estimated = order.coefficients() + named + (order.constant ? 1 : 0);
  if (problem.series.size() < lost + estimated + 3) {
    return invalid(to_string(order, problem.period) + ": got " + std::to_string(problem.series.size()) +
                   " values, needs at least " + std::to_string(lost + estimated + 3));
  }
  SF_TRY(likelihood, Likelihood::prepare(problem, order));
  const Series origin(order.coefficients(), 0.0);
  Minimum best = search(likelihood, origin, FilterStart::kConditional, effort);
  if (!std::isfinite(best.value)) { best.point = origin; }
  best = search(likelihood, best.point, FilterStart::kExact, effort);
  if (!std::isfinite(best.value)) {
    return invalid(to_string(order, problem.period) + ": the likelihood has no value");
  }
  ArimaFit fit;
  fit.order = order;
  fit.period = problem.period;
  finish(fit, problem, likelihood, best.point);
  return fit;
}

}  // namespace streamflow::analytics
