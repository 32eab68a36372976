// Cost of describing a stretch of a series by one model: what change point searches add up and minimise.
// Source:     Killick et al. 2012; Truong et al. 2020. kNormal adds 1e-6 to the variance, as ruptures does.
// Invariants: any segment costs O(1) by prefix sums over centred values; costs are never below 0 except kNormal's.
// Threads:    immutable after construction.
// Errors:     kInvalidArgument for a series that is empty or not finite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class SegmentModel : std::uint8_t {
  kMean,    // squared deviations from the mean (L2)
  kNormal,  // twice the negative log likelihood of a normal with its own mean and variance, up to constants
  kLinear   // squared deviations from the least-squares line over time
};

class SegmentCost {
 public:
  static Result<SegmentCost> build(SeriesView series, SegmentModel model);
  std::size_t size() const { return sums_.size() - 1; }
  // Of values [begin, end), begin < end.
  double operator()(std::size_t begin, std::size_t end) const;

 private:
  struct Sums {
    double value = 0.0;
    double square = 0.0;
    double time_value = 0.0;
  };
  SegmentModel model_ = SegmentModel::kMean;
  double middle_ = 0.0;  // times count from here, so that products stay small
  std::vector<Sums> sums_;
};

}  // namespace streamflow::analytics
