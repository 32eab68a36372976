// What the optimisers share: the function to minimise and the answer.
// Invariants: an objective may return NaN or infinity for a point it refuses; the optimisers treat both as "worse than
//             anything finite". It must answer the same for the same point.
// Threads:    values; an optimiser calls its objective on the calling thread only.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace streamflow::analytics {

using Objective = std::function<double(std::span<const double> point)>;
// Also writes the gradient, as long as the point.
using DifferentiableObjective = std::function<double(std::span<const double> point, std::span<double> gradient)>;

struct Minimum {
  std::vector<double> point;
  double value = 0;             // infinity when no finite value was found
  std::size_t evaluations = 0;  // of the objective
  bool converged = false;       // the tolerance was met before the budget ran out
};

// Lower and upper limit of each coordinate, both inclusive; empty means unbounded.
struct Box {
  std::vector<double> lower;
  std::vector<double> upper;
};

}  // namespace streamflow::analytics
