// Turns observations of an ARMA process into independent errors of equal variance: the exact Gaussian likelihood.
// Source:     the Kalman filter in the form of Morf, Sidhu and Kailath (IEEE Transactions on Automatic Control 19,
//             1974) for ARMA processes, after Pearlman (Biometrika 67, 1980) and Melard (Applied Statistics 33, 1984):
//             the covariance of the state changes by a matrix of rank one at each step, so that a step costs O(r) and
//             not O(r²), where r = max(p, q + 1), seasons multiplied out. Once the filter has converged to rounding it
//             becomes the plain recursion, whose cost is that of the coefficients that are not 0.
// Invariants: the process is stationary. Unit variance of the errors.
// Threads:    an object belongs to one thread.
#pragma once

#include "analytics/forecast/arima/arima_order.h"

namespace streamflow::analytics {

enum class FilterStart : std::uint8_t {
  kExact,       // from the stationary distribution
  kConditional  // everything before the first value taken as 0, no determinant: conditional sum of squares
};

struct FilteredColumn {
  Series errors;     // one-step prediction errors, each divided by its standard deviation
  Series end_state;  // after the last value, what the past contributes to the coming ones
};

class ArmaFilter {
 public:
  ArmaFilter(const ArmaProcess& process, FilterStart start);

  // Filters columns of equal length with one pass of the covariance recursion. Answers the sum of the logarithms of the
  // error variances; infinite where the recursion broke down.
  double run(const std::vector<Series>& columns, std::vector<FilteredColumn>& out);

  // Standard deviations of the errors of the last run, for each step.
  const Series& deviations() const { return deviations_; }

  // Forecasts of the process, from the state in which a run left it.
  Series forecast_from(Series state, std::size_t horizon) const;

 private:
  struct Term {
    std::size_t lag;
    double coefficient;
  };
  static std::vector<Term> terms_of(const Series& coefficients);
  void start_exact();
  Series autocovariances(std::size_t count) const;
  void advance_gain();
  void advance_state(Series& state, double value, double error) const;
  void rebuild_state(const Series& values, FilteredColumn& column) const;
  double quick_error(const Series& column, const Series& errors, std::size_t t) const;

  std::size_t size_;  // r
  FilterStart start_;
  Series phi_, theta_;  // padded to size_; theta_[0] is 1
  std::vector<Term> ar_terms_, ma_terms_;
  Series first_gain_;  // covariance of the next state and the value, before the first value
  double first_variance_ = 1;
  Series gain_, change_;  // G and L of the recursion, M is change_scale_
  double variance_ = 1, change_scale_ = 0;
  Series deviations_;
};

}  // namespace streamflow::analytics
