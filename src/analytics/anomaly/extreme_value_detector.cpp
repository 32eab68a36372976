#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "analytics/anomaly/detectors.h"
#include "analytics/anomaly/pareto_tail.h"
#include "analytics/anomaly/rolling_window.h"
#include "analytics/anomaly/state_bytes.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kCalibrationMin = 100;
constexpr std::size_t kCalibrationMax = 1'000'000;
constexpr std::size_t kDriftWindowMax = 100'000;
constexpr std::size_t kExcessesMax = 1000;  // newest kept: bounds memory and the cost of a fit
constexpr double kInitialQuantile = 0.98;   // Siffer et al. 2017, section 4.2
constexpr double kScoreMax = 1e6;

// One side: excesses over the initial threshold, and the level beyond which only `risk` of all values lie.
struct Tail {
  double initial = 0.0;
  std::vector<double> excesses;
  std::size_t next = 0;      // oldest excess, once the list is full
  std::size_t exceeded = 0;  // all excesses ever
  double level = 0.0;

  void fit(double risk, std::size_t values) {
    const ParetoTail tail = fit_pareto_tail(excesses);
    level = initial + std::max(0.0, tail.quantile(risk * static_cast<double>(values) /
                                                  static_cast<double>(std::max<std::size_t>(1, exceeded))));
  }
  void add(double excess) {
    ++exceeded;
    if (excesses.size() < kExcessesMax) {
      excesses.push_back(excess);
    } else {
      excesses[next] = excess;
      next = (next + 1) % kExcessesMax;
    }
  }
  template <class Archive>
  void visit(Archive& archive) {
    archive(initial, excesses, next, exceeded, level);
  }
};

class ExtremeValueDetector final : public Detector {
 public:
  explicit ExtremeValueDetector(const ExtremeValueOptions& options)
      : options_(options), drift_(std::max<std::size_t>(1, options.drift_window)) {}
  std::string_view name() const override { return "extreme value"; }
  std::string save() const override {
    StateWriter writer(kind());
    writer(drift_, calibration_, upper_, lower_, values_, median_);
    return writer.take();
  }
  Status load(std::string_view bytes) override {
    ExtremeValueDetector loaded(options_);
    StateReader reader(bytes, kind());
    reader(loaded.drift_, loaded.calibration_, loaded.upper_, loaded.lower_, loaded.values_, loaded.median_);
    SF_CHECK(reader.finished());
    *this = std::move(loaded);
    return Ok{};
  }

 protected:
  Score learn(std::span<const double> values, Timestamp) override {
    const bool drifts = options_.drift_window > 0;
    if (drifts && drift_.count() < options_.drift_window) {
      drift_.add(values[0]);
      return {};
    }
    const double base = drifts ? drift_.mean() : 0.0;
    const double value = values[0] - base;
    if (values_ < options_.calibration) {
      calibrate(value);
      if (drifts) drift_.add(values[0]);
      return {};
    }
    const Score score = judge(values[0], value, base);
    // An alarm counts as a value at the level: left out, it would pull the level down and breed false alarms.
    learn_usual(std::clamp(value, std::min(median_, -lower_.level), std::max(median_, upper_.level)));
    if (drifts && score.score <= 1.0) drift_.add(values[0]);
    return score;
  }

 private:
  std::string kind() const {
    return "extreme/1 " + std::to_string(options_.risk) + " " + std::to_string(options_.calibration) + " " +
           std::to_string(options_.drift_window);
  }

  void calibrate(double value) {
    calibration_.push_back(value);
    if (++values_ < options_.calibration) return;
    std::sort(calibration_.begin(), calibration_.end());
    const double last = static_cast<double>(calibration_.size() - 1);
    median_ = calibration_[calibration_.size() / 2];
    upper_.initial = calibration_[static_cast<std::size_t>(kInitialQuantile * last)];
    lower_.initial = -calibration_[static_cast<std::size_t>(last - std::floor(kInitialQuantile * last))];
    for (const double known : calibration_) {
      if (known > upper_.initial) upper_.add(known - upper_.initial);
      if (-known > lower_.initial) lower_.add(-known - lower_.initial);
    }
    calibration_.clear();
    upper_.fit(options_.risk, values_);
    lower_.fit(options_.risk, values_);
  }

  // The distance from the median, in units of the level's distance.
  Score judge(double raw, double value, double base) const {
    Score score;
    score.warm = true;
    score.expected = base + median_;
    score.low = base - lower_.level;
    score.high = base + upper_.level;
    const double distance = value - median_;
    const double reach = distance >= 0.0 ? upper_.level - median_ : lower_.level + median_;
    if (distance != 0.0) score.score = reach > 0.0 ? std::min(kScoreMax, std::abs(distance) / reach) : kScoreMax;
    if (score.score > 1.0) {
      score.contributions.push_back(
          {distance > 0.0 ? "upper tail" : "lower tail", score.score, raw, distance > 0.0 ? score.high : score.low});
    }
    return score;
  }

  void learn_usual(double value) {
    ++values_;
    if (value > upper_.initial) {
      upper_.add(value - upper_.initial);
      upper_.fit(options_.risk, values_);
    } else if (-value > lower_.initial) {
      lower_.add(-value - lower_.initial);
      lower_.fit(options_.risk, values_);
    }
  }

  ExtremeValueOptions options_;
  RollingMoments drift_;
  std::vector<double> calibration_;
  Tail upper_;
  Tail lower_;  // of negated values
  std::size_t values_ = 0;
  double median_ = 0.0;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_extreme_value_detector(const ExtremeValueOptions& options) {
  if (!(options.risk > 0.0 && options.risk < 0.5) || options.calibration < kCalibrationMin ||
      options.calibration > kCalibrationMax || options.drift_window > kDriftWindowMax) {
    return invalid_series("extreme value detector",
                          "wanted a risk in (0, 0.5), 100 to 1000000 calibration values and a "
                          "drift window of at most 100000");
  }
  return std::unique_ptr<Detector>(std::make_unique<ExtremeValueDetector>(options));
}

}  // namespace streamflow::analytics
