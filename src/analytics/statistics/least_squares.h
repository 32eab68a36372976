// Ordinary least squares by Householder QR.
// Invariants: columns that depend on earlier ones are refused by name of their index, not silently dropped.
// Threads:    pure.
// Errors:     kInvalidArgument for more columns than rows, and for dependent columns.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/result.h"

namespace streamflow::analytics {

// Column-major: column j occupies values [j * rows, (j + 1) * rows).
struct DesignMatrix {
  std::size_t rows = 0;
  std::vector<double> values;

  std::size_t columns() const { return rows == 0 ? 0 : values.size() / rows; }
  std::span<double> add_column() {
    values.resize(values.size() + rows);
    return {values.data() + values.size() - rows, rows};
  }
  std::span<const double> column(std::size_t j) const { return {values.data() + j * rows, rows}; }
};

struct LeastSquares {
  std::vector<double> coefficients;
  std::vector<double> standard_errors;  // with rows - columns degrees of freedom; infinite when there are none
  std::vector<double> residuals;
  double residual_sum = 0;  // of squares
};

Result<LeastSquares> least_squares(const DesignMatrix& design, std::span<const double> response);

// The residual sum of squares of every leading set of columns: element k belongs to the first k columns.
Result<std::vector<double>> nested_residual_sums(const DesignMatrix& design, std::span<const double> response);

}  // namespace streamflow::analytics
