// The detectors by name: rolling statistics, extreme values, random cut forest, forecast residuals, and the ensemble
// that needs no settings.
// Source:     Hampel 1974 (MAD), Tukey 1977 (fences), Siffer et al. 2017 (SPOT, DSPOT), Guha et al. 2016 (forest),
//             Vovk et al. 2005 (conformal p-values).
// Invariants: as in detector.h. State is bounded by the options.
// Threads:    make_* are pure; a detector belongs to one thread.
// Errors:     kInvalidArgument for options outside the ranges given here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "analytics/anomaly/detector.h"

namespace streamflow::analytics {

enum class RollingRule : std::uint8_t {
  kMeanDeviation,    // |value - mean| against the standard deviation
  kMedianDeviation,  // |value - median| against 1.4826 MAD; where that is 0, 1.2533 mean absolute deviation
  kQuartileFences    // beyond the quartiles by so many quartile ranges
};
struct RollingOptions {
  RollingRule rule = RollingRule::kMedianDeviation;
  std::size_t window = 100;  // values remembered, per phase of the season; 2 to 100,000
  std::size_t period = 1;    // 1: none; else each phase has its own window, 1 to 10,000
  double threshold = 0.0;    // 0: 4 deviations, or 3 quartile ranges
};
Result<std::unique_ptr<Detector>> make_rolling_detector(const RollingOptions& options);

struct ExtremeValueOptions {
  double risk = 1e-4;              // probability of an alarm per value, 0 to 0.5
  std::size_t calibration = 1000;  // values before the first score, at least 100
  std::size_t drift_window = 0;    // above 0: DSPOT, the mean of so many values is subtracted
};
Result<std::unique_ptr<Detector>> make_extreme_value_detector(const ExtremeValueOptions& options);

struct RandomCutForestOptions {
  std::size_t trees = 40;   // 1 to 1000
  std::size_t size = 256;   // points per tree, 8 to 100,000
  std::size_t shingle = 4;  // neighbouring values that make a point, 1 to 1000
  double threshold = 4.0;   // deviations of the displacement above its usual
  std::uint64_t seed = 1;
};
Result<std::unique_ptr<Detector>> make_random_cut_forest_detector(const RandomCutForestOptions& options);

struct ResidualOptions {
  std::size_t period = 1;       // 1: exponential smoothing; else one smoothed level per phase, up to 10,000
  double smoothing = 0.2;       // 0 to 1
  std::size_t residuals = 500;  // remembered for p-values, at least 20
  double p_value = 0.004;       // at and below: an alarm; at least 1 / residuals
};
Result<std::unique_ptr<Detector>> make_residual_detector(const ResidualOptions& options);

struct EnsembleOptions {
  std::size_t memory = 4000;  // values each view compares with, at least 100
  std::size_t quiet = 100;    // values after an alarm in which the score stays at most 1
};
// Level (mean of 40), roughness (mean step of 20) and spikes (mean of 5 against the 20 before), each by its deviations
// from its own past; the strongest decides.
Result<std::unique_ptr<Detector>> make_default_detector(const EnsembleOptions& options);

}  // namespace streamflow::analytics
