// Minimises a smooth function, optionally inside a box, by limited-memory BFGS (Liu and Nocedal, Mathematical
// Programming 45, 1989) on the free coordinates with a projected backtracking line search (Bertsekas, SIAM Journal on
// Control and Optimization 20, 1982).
// Invariants: every point the objective sees lies inside the box; the answer is never worse than the projected start.
// Threads:    pure.
#pragma once

#include "analytics/optimize/objective.h"

namespace streamflow::analytics {

struct LbfgsOptions {
  std::size_t history = 10;  // pairs of step and gradient change kept
  std::size_t iterations_max = 1000;
  double gradient_tolerance = 1e-8;  // on the largest projected gradient, relative to max(1, |value|)
  double value_tolerance = 1e-12;    // relative decrease of the value below which it stops
};

Minimum lbfgs(const DifferentiableObjective& objective, std::span<const double> start, const Box& box = {},
              const LbfgsOptions& options = {});

// Gives `objective` a gradient by central differences, one-sided where the box leaves no room. The step along a
// coordinate x is `relative_step` * max(1, |x|). Costs two evaluations for each coordinate.
DifferentiableObjective with_numeric_gradient(Objective objective, Box box = {}, double relative_step = 6e-6);

}  // namespace streamflow::analytics
