#include "analytics/forecast/reconcile.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace streamflow::analytics {
namespace {

using Matrix = Eigen::MatrixXd;

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, "reconciliation: " + std::move(message)};
}

Eigen::Index index(std::size_t k) {
  return static_cast<Eigen::Index>(k);
}

struct Shape {
  std::vector<std::size_t> bottom;  // nodes without parts, ascending
  Matrix summing;                   // nodes x bottom, 1 where the node holds the bottom node
};

Result<Shape> shape_of(const Hierarchy& hierarchy) {
  const std::size_t nodes = hierarchy.parents.size();
  if (nodes == 0 || nodes > kHierarchyNodesMax) {
    return invalid("got " + std::to_string(nodes) + " nodes; 1 to " + std::to_string(kHierarchyNodesMax));
  }
  std::vector<bool> has_parts(nodes, false);
  for (std::size_t k = 0; k < nodes; ++k) {
    const auto& parent = hierarchy.parents[k];
    if (parent && *parent >= nodes) {
      return invalid("node " + std::to_string(k) + " names parent " + std::to_string(*parent) + " of " +
                     std::to_string(nodes) + " nodes");
    }
    if (parent) { has_parts[*parent] = true; }
  }
  Shape shape;
  for (std::size_t k = 0; k < nodes; ++k) {
    if (!has_parts[k]) { shape.bottom.push_back(k); }
  }
  shape.summing = Matrix::Zero(index(nodes), index(shape.bottom.size()));
  std::vector<bool> reached(nodes, false);
  for (std::size_t b = 0; b < shape.bottom.size(); ++b) {
    std::optional<std::size_t> at = shape.bottom[b];
    for (std::size_t depth = 0; at; ++depth, at = hierarchy.parents[*at]) {
      if (depth >= nodes) { return invalid("node " + std::to_string(*at) + " is a part of itself"); }
      shape.summing(index(*at), index(b)) = 1;
      reached[*at] = true;
    }
  }
  for (std::size_t k = 0; k < nodes; ++k) {
    if (!reached[k]) { return invalid("node " + std::to_string(k) + " is a part of itself"); }
  }
  return shape;
}

// One row for each node.
Result<Matrix> rows_of(const std::vector<Series>& lists, std::size_t nodes, const char* what) {
  if (lists.size() != nodes || lists.empty() || lists[0].empty()) {
    return invalid("got " + std::to_string(lists.size()) + " lists of " + what + " for " + std::to_string(nodes) +
                   " nodes, each with at least one value");
  }
  Matrix out(index(nodes), index(lists[0].size()));
  for (std::size_t k = 0; k < nodes; ++k) {
    if (lists[k].size() != lists[0].size()) {
      return invalid("the " + std::string(what) + " of node " + std::to_string(k) + " have " +
                     std::to_string(lists[k].size()) + " values, those of node 0 " + std::to_string(lists[0].size()));
    }
    for (std::size_t h = 0; h < lists[k].size(); ++h) { out(index(k), index(h)) = lists[k][h]; }
  }
  return out;
}

Status check_finite(const Matrix& values, const char* what) {
  if (values.allFinite() && values.cwiseAbs().maxCoeff() <= 1e100) { return Ok{}; }
  return invalid("a value of the " + std::string(what) + " is missing, infinite or beyond 1e100");
}

// Residuals of the steps at which every node has one.
Result<Matrix> residuals_of(const HierarchicalForecast& forecast, std::size_t nodes) {
  SF_TRY(all, rows_of(forecast.residuals, nodes, "residuals"));
  Matrix kept(all.rows(), all.cols());
  Eigen::Index count = 0;
  for (Eigen::Index t = 0; t < all.cols(); ++t) {
    if (all.col(t).allFinite()) { kept.col(count++) = all.col(t); }
  }
  if (count < 2) { return invalid("needs at least 2 steps with a residual for every node"); }
  Matrix out = kept.leftCols(count);
  return out;
}

// Covariance about 0, correlations shrunk by the estimated share that noise makes up.
Matrix shrunk_covariance(const Matrix& residuals) {
  const auto n = static_cast<double>(residuals.cols());
  const Matrix covariance = residuals * residuals.transpose() / n;
  const Eigen::VectorXd deviation = covariance.diagonal().cwiseSqrt().cwiseMax(1e-300);
  const Matrix scaled = deviation.cwiseInverse().asDiagonal() * residuals;
  const Matrix correlation = scaled * scaled.transpose() / n;
  const Matrix squares = scaled.cwiseAbs2();
  const Matrix variance = (squares * squares.transpose() / n - correlation.cwiseAbs2()) / (n - 1);
  double noise = 0, signal = 0;
  for (Eigen::Index i = 0; i < correlation.rows(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      noise += variance(i, j);
      signal += correlation(i, j) * correlation(i, j);
    }
  }
  const double shrink = signal > 0 ? std::clamp(noise / signal, 0.0, 1.0) : 1;
  Matrix out = (1 - shrink) * covariance;
  out.diagonal() = covariance.diagonal();
  return out;
}

Result<Matrix> weights_of(const HierarchicalForecast& forecast, std::size_t nodes, Reconciliation method) {
  if (method == Reconciliation::kOrdinary) { return Matrix(Matrix::Identity(index(nodes), index(nodes))); }
  SF_TRY(residuals, residuals_of(forecast, nodes));
  SF_CHECK(check_finite(residuals, "residuals"));
  Matrix covariance = shrunk_covariance(residuals);
  if (method == Reconciliation::kVariance) { covariance = Matrix(covariance.diagonal().asDiagonal()); }
  // A node that never errs would make the matrix singular: it may err a little.
  const double floor = 1e-10 * std::max(covariance.diagonal().maxCoeff(), 1e-200);
  covariance.diagonal().array() += floor;
  return covariance;
}

// Bottom nodes by S b with b = (S' W^-1 S)^-1 S' W^-1 y, in the form that needs no inverse of S' W^-1 S's whole size:
// y less W C' (C W C')^-1 C y, where C holds "total less parts" for each node with parts.
Result<Matrix> minimum_trace(const Shape& shape, const Matrix& mean, const Matrix& weights) {
  const Eigen::Index nodes = mean.rows();
  const auto bottom = index(shape.bottom.size());
  const Eigen::Index totals = nodes - bottom;
  if (totals == 0) { return mean; }
  Matrix constraints = Matrix::Zero(totals, nodes);
  Eigen::Index row = 0;
  for (Eigen::Index k = 0; k < nodes; ++k) {
    if (std::binary_search(shape.bottom.begin(), shape.bottom.end(), static_cast<std::size_t>(k))) { continue; }
    constraints(row, k) = 1;
    for (Eigen::Index b = 0; b < bottom; ++b) {
      constraints(row, index(shape.bottom[static_cast<std::size_t>(b)])) -= shape.summing(k, b);
    }
    ++row;
  }
  const Matrix spread = weights * constraints.transpose();
  const Eigen::LDLT<Matrix> solver(constraints * spread);
  const Matrix adjusted = mean - spread * solver.solve(constraints * mean);
  if (solver.info() != Eigen::Success || !adjusted.allFinite()) { return invalid("the covariance is singular"); }
  // Sums of the adjusted bottom: equal up to rounding, and exact as sums.
  Matrix leaves(bottom, mean.cols());
  for (Eigen::Index b = 0; b < bottom; ++b) {
    leaves.row(b) = adjusted.row(index(shape.bottom[static_cast<std::size_t>(b)]));
  }
  Matrix out = shape.summing * leaves;
  return out;
}

Matrix bottom_up(const Shape& shape, const Matrix& mean) {
  Matrix leaves(index(shape.bottom.size()), mean.cols());
  for (std::size_t b = 0; b < shape.bottom.size(); ++b) { leaves.row(index(b)) = mean.row(index(shape.bottom[b])); }
  return shape.summing * leaves;
}

Result<Matrix> top_down(const Shape& shape, const Hierarchy& hierarchy, const HierarchicalForecast& forecast,
                        const Matrix& mean) {
  SF_TRY(history, rows_of(forecast.history, hierarchy.parents.size(), "history"));
  SF_CHECK(check_finite(history, "history"));
  const Eigen::VectorXd means = history.rowwise().mean();
  Matrix leaves(index(shape.bottom.size()), mean.cols());
  for (std::size_t b = 0; b < shape.bottom.size(); ++b) {
    std::size_t root = shape.bottom[b];
    while (hierarchy.parents[root]) { root = *hierarchy.parents[root]; }
    double total = 0;
    double count = 0;
    for (std::size_t other = 0; other < shape.bottom.size(); ++other) {
      if (shape.summing(index(root), index(other)) == 0) { continue; }
      total += means(index(shape.bottom[other]));
      count += 1;
    }
    const double share = total != 0 ? means(index(shape.bottom[b])) / total : 1 / count;
    leaves.row(index(b)) = share * mean.row(index(root));
  }
  Matrix out = shape.summing * leaves;
  return out;
}

Result<Matrix> adjusted(const Shape& shape, const Hierarchy& hierarchy, const HierarchicalForecast& forecast,
                        const Matrix& mean, Reconciliation method) {
  if (method == Reconciliation::kBottomUp) { return bottom_up(shape, mean); }
  if (method == Reconciliation::kTopDown) { return top_down(shape, hierarchy, forecast, mean); }
  SF_TRY(weights, weights_of(forecast, hierarchy.parents.size(), method));
  return minimum_trace(shape, mean, weights);
}

}  // namespace

Result<std::vector<Series>> reconcile(const Hierarchy& hierarchy, const HierarchicalForecast& forecast,
                                      Reconciliation method) {
  SF_TRY(shape, shape_of(hierarchy));
  SF_TRY(mean, rows_of(forecast.mean, hierarchy.parents.size(), "forecasts"));
  SF_CHECK(check_finite(mean, "forecasts"));
  SF_TRY(values, adjusted(shape, hierarchy, forecast, mean, method));
  std::vector<Series> out;
  for (Eigen::Index k = 0; k < values.rows(); ++k) { out.emplace_back(values.row(k).begin(), values.row(k).end()); }
  return out;
}

}  // namespace streamflow::analytics
