// Regimes of a series from its matrix profile (FLUSS): where few arcs to nearest neighbours cross, the regime changes.
// Source:     Gharghabi et al. 2017; conventions of stumpy.fluss with the ideal arc curve as the exact parabola.
// Threads:    pure functions.
#pragma once

#include <cstddef>
#include <vector>

#include "analytics/pattern/matrix_profile.h"

namespace streamflow::analytics {

struct Segmentation {
  std::vector<double> arc_curve;        // corrected, 0 to 1; 1 within 5 windows of either end
  std::vector<std::size_t> boundaries;  // the regimes - 1 lowest points, lowest first, 5 windows apart
};
Segmentation segment_regimes(const MatrixProfile& profile, std::size_t regimes);

}  // namespace streamflow::analytics
