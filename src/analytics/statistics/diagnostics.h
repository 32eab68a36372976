// Do residuals still hold structure? Portmanteau, heteroscedasticity and normality tests; null: they do not.
// Source:     Ljung and Box (Biometrika 65, 1978); Box and Pierce (JASA 65, 1970); Engle (Econometrica 50, 1982);
//             Jarque and Bera (Economics Letters 6, 1980).
// Threads:    pure.
// Errors:     kInvalidArgument for too few values, missing or infinite ones, or a constant series.
#pragma once

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

struct SignificanceTest {
  double statistic = 0;
  double p_value = 0;
};

// `fitted_parameters` (p + q of an ARMA model) lessen the degrees of freedom; lags must exceed them.
struct PortmanteauOptions {
  std::size_t lags = 10;
  std::size_t fitted_parameters = 0;
};
Result<SignificanceTest> ljung_box(SeriesView residuals, const PortmanteauOptions& options = {});
Result<SignificanceTest> box_pierce(SeriesView residuals, const PortmanteauOptions& options = {});

// Engle's Lagrange multiplier test: n R² of the squares on their own `lags`.
Result<SignificanceTest> arch_lm(SeriesView residuals, std::size_t lags);

struct NormalityTest {
  double statistic = 0;
  double p_value = 0;
  double skewness = 0;
  double kurtosis = 0;  // 3 for the normal distribution
};
Result<NormalityTest> jarque_bera(SeriesView values);

}  // namespace streamflow::analytics
