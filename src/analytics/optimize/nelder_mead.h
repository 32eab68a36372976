// Minimises without derivatives by the simplex method of Nelder and Mead (The Computer Journal 7, 1965), coefficients
// 1 (reflection), 2 (expansion), 1/2 (contraction and shrinking).
// Invariants: the answer is never worse than the start. Coordinates are not bounded: let the objective return infinity
//             outside its domain, or transform.
// Threads:    pure.
#pragma once

#include "analytics/optimize/objective.h"

namespace streamflow::analytics {

struct NelderMeadOptions {
  // Edge of the first simplex along every axis; 0 means a tenth of the largest coordinate of the start, in magnitude,
  // and 0.1 when the start is the origin.
  double step = 0;
  // Ends when the values at the corners differ by at most tolerance * (|best| + tolerance).
  double tolerance = 1.5e-8;
  std::size_t evaluations_max = 2000;
  std::size_t restarts_max = 0;  // fresh simplices around the best point, while they still improve it
};

Minimum nelder_mead(const Objective& objective, std::span<const double> start, const NelderMeadOptions& options = {});

}  // namespace streamflow::analytics
