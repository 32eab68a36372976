#include "analytics/statistics/least_squares.h"

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <string>

namespace streamflow::analytics {
namespace {

using Matrix = Eigen::Map<const Eigen::MatrixXd>;
using Vector = Eigen::Map<const Eigen::VectorXd>;
using Decomposition = Eigen::HouseholderQR<Eigen::MatrixXd>;

constexpr double kDependent = 1e-12;  // diagonal of R relative to the length of its column

Status check(const DesignMatrix& design, std::span<const double> response) {
  if (design.rows == 0 || design.rows != response.size() || design.columns() > design.rows) {
    return Error{ErrorCode::kInvalidArgument, "least squares: got " + std::to_string(response.size()) + " responses, " +
                                                  std::to_string(design.rows) + " rows and " +
                                                  std::to_string(design.columns()) +
                                                  " columns; needs at least as many rows as columns"};
  }
  return Ok{};
}

Result<Decomposition> decompose(const DesignMatrix& design) {
  const auto columns = static_cast<Eigen::Index>(design.columns());
  const Matrix x(design.values.data(), static_cast<Eigen::Index>(design.rows), columns);
  Decomposition qr(x);
  for (Eigen::Index j = 0; j < columns; ++j) {
    if (!(std::abs(qr.matrixQR()(j, j)) > kDependent * x.col(j).norm())) {
      return Error{ErrorCode::kInvalidArgument, "least squares: column " + std::to_string(j) +
                                                    " is a combination of the columns before it; leave it out"};
    }
  }
  return qr;
}

std::vector<double> to_vector(const Eigen::VectorXd& from) {
  return {from.data(), from.data() + from.size()};
}

}  // namespace

Result<LeastSquares> least_squares(const DesignMatrix& design, std::span<const double> response) {
  SF_CHECK(check(design, response));
  SF_TRY(qr, decompose(design));
  const auto rows = static_cast<Eigen::Index>(design.rows);
  const auto columns = static_cast<Eigen::Index>(design.columns());
  const Matrix x(design.values.data(), rows, columns);
  const Vector y(response.data(), rows);
  const Eigen::VectorXd beta = qr.solve(y);
  const Eigen::VectorXd residuals = y - x * beta;
  LeastSquares fit;
  fit.residual_sum = residuals.squaredNorm();
  const Eigen::MatrixXd inverse = qr.matrixQR()
                                      .topLeftCorner(columns, columns)
                                      .triangularView<Eigen::Upper>()
                                      .solve(Eigen::MatrixXd::Identity(columns, columns));
  const double variance =
      rows > columns ? fit.residual_sum / static_cast<double>(rows - columns) : std::numeric_limits<double>::infinity();
  for (Eigen::Index j = 0; j < columns; ++j) {
    fit.standard_errors.push_back(std::sqrt(variance) * inverse.row(j).norm());
  }
  fit.coefficients = to_vector(beta);
  fit.residuals = to_vector(residuals);
  return fit;
}

Result<std::vector<double>> nested_residual_sums(const DesignMatrix& design, std::span<const double> response) {
  SF_CHECK(check(design, response));
  SF_TRY(qr, decompose(design));
  const auto rows = static_cast<Eigen::Index>(design.rows);
  const auto columns = static_cast<Eigen::Index>(design.columns());
  Eigen::VectorXd rotated = Vector(response.data(), rows);
  rotated.applyOnTheLeft(qr.householderQ().adjoint());
  // From the back: every further coordinate of the rotated response is what one column less leaves over.
  std::vector<double> sums(static_cast<std::size_t>(columns) + 1);
  double sum = rotated.tail(rows - columns).squaredNorm();
  sums[static_cast<std::size_t>(columns)] = sum;
  for (Eigen::Index j = columns; j-- > 0;) {
    sum += rotated(j) * rotated(j);
    sums[static_cast<std::size_t>(j)] = sum;
  }
  return sums;
}

}  // namespace streamflow::analytics
