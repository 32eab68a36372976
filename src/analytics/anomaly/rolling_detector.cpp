#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/anomaly/detectors.h"
#include "analytics/anomaly/rolling_window.h"
#include "analytics/anomaly/state_bytes.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kWindowMin = 2;
constexpr std::size_t kWindowMax = 100'000;
constexpr std::size_t kPeriodMax = 10'000;
constexpr std::size_t kWarmCount = 10;  // values of a phase before it is judged
constexpr double kScoreMax = 1e6;

struct Band {
  double centre;
  double reach;  // half width; 0 when all values were equal
};

double median_absolute_deviation(const std::vector<double>& sorted, double median) {
  std::vector<double> distances;
  distances.reserve(sorted.size());
  double sum = 0.0;
  for (const double value : sorted) {
    distances.push_back(std::abs(value - median));
    sum += distances.back();
  }
  const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::nth_element(distances.begin(), middle, distances.end());
  double deviation = *middle;
  if (distances.size() % 2 == 0) deviation = 0.5 * (deviation + *std::max_element(distances.begin(), middle));
  if (deviation > 0.0) return 1.4826 * deviation;
  return 1.2533 * sum / static_cast<double>(sorted.size());
}

class RollingDetector final : public Detector {
 public:
  explicit RollingDetector(const RollingOptions& options)
      : options_(options),
        moments_(options.rule == RollingRule::kMeanDeviation ? options.period : 0, RollingMoments(options.window)),
        quantiles_(options.rule == RollingRule::kMeanDeviation ? 0 : options.period, RollingQuantiles(options.window)) {
    if (options_.threshold == 0.0) options_.threshold = options.rule == RollingRule::kQuartileFences ? 3.0 : 4.0;
  }
  std::string_view name() const override { return "rolling"; }
  std::string save() const override {
    StateWriter writer(kind());
    writer(moments_, quantiles_, updates_);
    return writer.take();
  }
  Status load(std::string_view bytes) override {
    RollingDetector loaded(options_);
    StateReader reader(bytes, kind());
    reader(loaded.moments_, loaded.quantiles_, loaded.updates_);
    SF_CHECK(reader.finished());
    *this = std::move(loaded);
    return Ok{};
  }

 protected:
  Score learn(std::span<const double> values, Timestamp) override {
    const double value = values[0];
    const std::size_t phase = updates_++ % options_.period;
    Score score;
    score.warm = count(phase) >= std::min(kWarmCount, options_.window);
    if (score.warm) judge(value, band(phase), score);
    if (options_.rule == RollingRule::kMeanDeviation) {
      moments_[phase].add(value);
    } else {
      quantiles_[phase].add(value);
    }
    return score;
  }

 private:
  std::string kind() const {
    return "rolling/1 " + std::to_string(static_cast<int>(options_.rule)) + " " + std::to_string(options_.window) +
           " " + std::to_string(options_.period);
  }
  std::size_t count(std::size_t phase) const {
    return options_.rule == RollingRule::kMeanDeviation ? moments_[phase].count() : quantiles_[phase].count();
  }
  Band band(std::size_t phase) const {
    switch (options_.rule) {
      case RollingRule::kMeanDeviation:
        return {moments_[phase].mean(), options_.threshold * moments_[phase].deviation()};
      case RollingRule::kMedianDeviation: {
        const double median = quantiles_[phase].quantile(0.5);
        return {median, options_.threshold * median_absolute_deviation(quantiles_[phase].sorted(), median)};
      }
      case RollingRule::kQuartileFences: break;
    }
    const double low = quantiles_[phase].quantile(0.25);
    const double high = quantiles_[phase].quantile(0.75);
    return {0.5 * low + 0.5 * high, (0.5 + options_.threshold) * (high - low)};
  }
  static void judge(double value, Band band, Score& score) {
    score.expected = band.centre;
    score.low = band.centre - band.reach;
    score.high = band.centre + band.reach;
    const double distance = std::abs(value - band.centre);
    const double rounding = 1e-12 * std::max(std::abs(value), std::abs(band.centre));
    if (distance > rounding) score.score = std::min(kScoreMax, distance / std::max(band.reach, distance / kScoreMax));
    if (score.score > 1.0) score.contributions.push_back({"value", score.score, value, band.centre});
  }

  RollingOptions options_;
  std::vector<RollingMoments> moments_;      // per phase, for kMeanDeviation
  std::vector<RollingQuantiles> quantiles_;  // per phase, for the others
  std::size_t updates_ = 0;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_rolling_detector(const RollingOptions& options) {
  if (options.window < kWindowMin || options.window > kWindowMax || options.period == 0 ||
      options.period > kPeriodMax || !(options.threshold >= 0.0) || !std::isfinite(options.threshold)) {
    return invalid_series("rolling detector",
                          "wanted a window of 2 to 100000, a period of 1 to 10000 and a threshold "
                          "not below 0");
  }
  return std::unique_ptr<Detector>(std::make_unique<RollingDetector>(options));
}

}  // namespace streamflow::analytics
