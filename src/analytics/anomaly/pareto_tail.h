// The generalised Pareto distribution of excesses over a high threshold, fitted by maximum likelihood.
// Source:     Grimshaw 1993 (one equation in one unknown), Siffer et al. 2017, section 4.1.
// Invariants: shape 0 is the exponential distribution. Excesses are positive; none, or equal ones, still give a fit.
// Threads:    pure functions.
#pragma once

#include <span>

namespace streamflow::analytics {

struct ParetoTail {
  double shape = 0.0;  // gamma
  double scale = 0.0;  // sigma
  double log_likelihood = 0.0;
  // The excess beyond which `share` of the excesses lie; 0 when share is at least 1.
  double quantile(double share) const;
};

ParetoTail fit_pareto_tail(std::span<const double> excesses);

}  // namespace streamflow::analytics
