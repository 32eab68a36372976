#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "analytics/anomaly/detectors.h"
#include "analytics/anomaly/rolling_window.h"
#include "analytics/anomaly/state_bytes.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kMemoryMin = 100;
constexpr std::size_t kMemoryMax = 1'000'000;
constexpr std::size_t kWarmCount = 100;
constexpr std::size_t kBaselineLength = 20;
constexpr double kScoreMax = 1e6;
constexpr double kFloorShare = 1e-3;  // of the series' own deviation: what a view may vary without being remarkable

// The mean of the newest `length` numbers, compared with its own values up to `length` steps ago, so that a change does
// not hide itself.
class View {
 public:
  View() = default;
  View(std::size_t length, std::size_t memory) : recent_(length), past_(memory), length_(length) {}

  struct Reading {
    double observed = 0.0;
    double usual = 0.0;
    double deviation = 0.0;
  };
  Reading add(double value) {
    recent_.add(value);
    const double mean = recent_.mean();
    const Reading reading{mean, past_.mean(), past_.deviation()};
    if (delayed_.size() < length_) {
      delayed_.push_back(mean);
    } else {
      past_.add(delayed_[next_]);
      delayed_[next_] = mean;
      next_ = (next_ + 1) % length_;
    }
    return reading;
  }
  template <class Archive>
  void visit(Archive& archive) {
    archive(recent_, past_, length_, delayed_, next_);
  }

 private:
  RollingMoments recent_;
  RollingMoments past_;
  std::size_t length_ = 1;
  std::vector<double> delayed_;  // means not yet old enough, as a ring
  std::size_t next_ = 0;
};

struct ViewRule {
  std::string_view name;
  std::size_t length;
  double threshold;  // deviations
  bool two_sided;
};
constexpr std::array<ViewRule, 3> kRules = {{{"level (mean of 40)", 40, 3.0, true},
                                             {"roughness (mean step of 20)", 20, 3.5, false},
                                             {"spike (mean of 5 less the 20 before)", 5, 6.0, true}}};

class DefaultDetector final : public Detector {
 public:
  explicit DefaultDetector(const EnsembleOptions& options)
      : options_(options), values_(options.memory), baseline_(kBaselineLength) {
    for (const ViewRule& rule : kRules) views_.emplace_back(rule.length, options.memory);
  }
  std::string_view name() const override { return "default"; }
  std::string save() const override {
    StateWriter writer(kind());
    writer(values_, baseline_, views_, updates_, quiet_, previous_);
    return writer.take();
  }
  Status load(std::string_view bytes) override {
    DefaultDetector loaded(options_);
    StateReader reader(bytes, kind());
    reader(loaded.values_, loaded.baseline_, loaded.views_, loaded.updates_, loaded.quiet_, loaded.previous_);
    SF_CHECK(reader.finished());
    if (loaded.views_.size() != kRules.size()) {
      return Error{ErrorCode::kCorrupt, "detector state: wrong number of views"};
    }
    *this = std::move(loaded);
    return Ok{};
  }

 protected:
  Score learn(std::span<const double> values, Timestamp) override {
    const double value = values[0];
    const double before = baseline_.count() > 0 ? baseline_.mean() : value;
    const double step = updates_ > 0 ? std::abs(value - previous_) : 0.0;
    const std::array<double, kRules.size()> inputs = {value, step, value - before};
    const double floor = kFloorShare * values_.deviation() + 1e-12 * std::abs(values_.mean());
    Score score;
    score.warm = updates_ >= kWarmCount;
    for (std::size_t view = 0; view < kRules.size(); ++view) {
      const View::Reading reading = views_[view].add(inputs[view]);
      if (score.warm) judge(kRules[view], reading, floor, before, score);
    }
    values_.add(value);
    baseline_.add(value);
    previous_ = value;
    ++updates_;
    settle(score);
    return score;
  }

 private:
  std::string kind() const {
    return "default/1 " + std::to_string(options_.memory) + " " + std::to_string(options_.quiet);
  }

  static void judge(const ViewRule& rule, const View::Reading& reading, double floor, double before, Score& score) {
    const double difference = reading.observed - reading.usual;
    const double distance = rule.two_sided ? std::abs(difference) : std::max(0.0, difference);
    const double reach = rule.threshold * (reading.deviation + floor);
    if (&rule == &kRules.back()) {  // the band of a single value follows from the spike view
      score.expected = before + reading.usual;
      score.low = score.expected - reach;
      score.high = score.expected + reach;
    }
    if (!(distance > 0.0)) return;
    const double part = reach > 0.0 ? std::min(kScoreMax, distance / reach) : kScoreMax;
    score.score = std::max(score.score, part);
    if (part > 1.0) score.contributions.push_back({rule.name, part, reading.observed, reading.usual});
  }

  // One alarm stands for the episode that follows it.
  void settle(Score& score) {
    if (quiet_ > 0) {
      --quiet_;
      score.score = std::min(score.score, 1.0);
      score.contributions.clear();
    } else if (score.score > 1.0) {
      quiet_ = options_.quiet > 0 ? options_.quiet - 1 : 0;
      std::stable_sort(score.contributions.begin(), score.contributions.end(),
                       [](const Contribution& left, const Contribution& right) { return left.score > right.score; });
    }
  }

  EnsembleOptions options_;
  RollingMoments values_;
  RollingMoments baseline_;
  std::vector<View> views_;
  std::size_t updates_ = 0;
  std::size_t quiet_ = 0;
  double previous_ = 0.0;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_default_detector(const EnsembleOptions& options) {
  if (options.memory < kMemoryMin || options.memory > kMemoryMax) {
    return invalid_series("default detector",
                          "the memory is " + std::to_string(options.memory) + " values, wanted 100 to 1000000");
  }
  return std::unique_ptr<Detector>(std::make_unique<DefaultDetector>(options));
}

}  // namespace streamflow::analytics
