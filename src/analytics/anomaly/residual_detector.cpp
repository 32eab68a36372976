#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/anomaly/detectors.h"
#include "analytics/anomaly/rolling_window.h"
#include "analytics/anomaly/state_bytes.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kPeriodMax = 10'000;
constexpr std::size_t kResidualsMin = 20;
constexpr std::size_t kResidualsMax = 100'000;

class ResidualDetector final : public Detector {
 public:
  explicit ResidualDetector(const ResidualOptions& options)
      : options_(options), levels_(options.period, 0.0), residuals_(options.residuals) {}
  std::string_view name() const override { return "residual"; }
  std::string save() const override {
    StateWriter writer(kind());
    writer(levels_, residuals_, updates_);
    return writer.take();
  }
  Status load(std::string_view bytes) override {
    ResidualDetector loaded(options_);
    StateReader reader(bytes, kind());
    reader(loaded.levels_, loaded.residuals_, loaded.updates_);
    SF_CHECK(reader.finished());
    if (loaded.levels_.size() != options_.period) return Error{ErrorCode::kCorrupt, "detector state: wrong period"};
    *this = std::move(loaded);
    return Ok{};
  }

 protected:
  Score learn(std::span<const double> values, Timestamp) override {
    const double value = values[0];
    double& level = levels_[updates_ % options_.period];
    Score score;
    if (updates_ < options_.period) {
      level = value;
    } else {
      score = judge(value, level);
      residuals_.add(std::abs(value - level));
      level += options_.smoothing * (value - level);
    }
    ++updates_;
    return score;
  }

 private:
  std::string kind() const {
    return "residual/1 " + std::to_string(options_.period) + " " + std::to_string(options_.residuals);
  }
  // p = (1 + residuals at least as large) / (1 + residuals); the score is log p over the log of the alarm level, so
  // that it passes 1 where p does. Ties with a constant past are no surprise.
  Score judge(double value, double level) const {
    Score score;
    const double count = static_cast<double>(residuals_.count());
    score.warm = (1.0 / (1.0 + count)) <= options_.p_value;
    if (!score.warm) return score;
    const double reach = residuals_.quantile(1.0 - options_.p_value);
    score.expected = level;
    score.low = level - reach;
    score.high = level + reach;
    const double residual = std::abs(value - level);
    const auto& sorted = residuals_.sorted();
    const auto larger = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), residual);
    const double p_value = (1.0 + static_cast<double>(larger)) / (1.0 + count);
    // The smallest p-value there is says only "largest so far"; how much larger comes in by the ratio to the old
    // record.
    const double record = std::max(sorted.back(), 1e-12 * std::abs(level));
    const double beyond = larger == 0 && record > 0.0 ? std::log(std::min(1e6, residual / record)) : 0.0;
    score.score = (-std::log(p_value) + std::max(0.0, beyond)) / (-std::log(options_.p_value) + kMargin);
    if (score.score > 1.0) score.contributions.push_back({"forecast residual", score.score, residual, reach});
    return score;
  }

  static constexpr double kMargin = 1e-9;  // a p-value equal to the level scores just below 1 by rounding alone
  ResidualOptions options_;
  std::vector<double> levels_;  // one per phase
  RollingQuantiles residuals_;
  std::size_t updates_ = 0;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_residual_detector(const ResidualOptions& options) {
  if (options.period == 0 || options.period > kPeriodMax || !(options.smoothing > 0.0 && options.smoothing <= 1.0) ||
      options.residuals < kResidualsMin || options.residuals > kResidualsMax ||
      !(options.p_value < 1.0 && options.p_value * static_cast<double>(options.residuals) >= 1.0)) {
    return invalid_series("residual detector",
                          "wanted a period of 1 to 10000, a smoothing in (0, 1], 20 to 100000 "
                          "residuals and a p-value from 1 / residuals to 1");
  }
  return std::unique_ptr<Detector>(std::make_unique<ResidualDetector>(options));
}

}  // namespace streamflow::analytics
