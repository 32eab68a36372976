#include "analytics/pattern/segment_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {

Result<SegmentCost> SegmentCost::build(SeriesView series, SegmentModel model) {
  SF_CHECK(require_finite("change points", series, 1));
  SegmentCost cost;
  cost.model_ = model;
  cost.middle_ = static_cast<double>(series.size() - 1) / 2.0;
  const double mean = std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  cost.sums_.reserve(series.size() + 1);
  Sums sums;
  cost.sums_.push_back(sums);
  for (std::size_t index = 0; index < series.size(); ++index) {
    const double value = series[index] - mean;
    sums.value += value;
    sums.square += value * value;
    sums.time_value += (static_cast<double>(index) - cost.middle_) * value;
    cost.sums_.push_back(sums);
  }
  return cost;
}

double SegmentCost::operator()(std::size_t begin, std::size_t end) const {
  const Sums& from = sums_[begin];
  const Sums& to = sums_[end];
  const double count = static_cast<double>(end - begin);
  const double sum = to.value - from.value;
  const double deviation = std::max(0.0, to.square - from.square - sum * sum / count);
  if (model_ == SegmentModel::kMean) return deviation;
  if (model_ == SegmentModel::kNormal) return count * std::log(deviation / count + 1e-6);
  const double mean_time = static_cast<double>(begin + end - 1) / 2.0 - middle_;
  const double time_deviation = count * (count * count - 1.0) / 12.0;
  if (time_deviation <= 0.0) return 0.0;
  const double covariance = to.time_value - from.time_value - mean_time * sum;
  return std::max(0.0, deviation - covariance * covariance / time_deviation);
}

}  // namespace streamflow::analytics
