#include <algorithm>
#include <cmath>
#include <string>

#include "analytics/anomaly/detectors.h"
#include "analytics/anomaly/random_cut_tree.h"
#include "analytics/anomaly/rolling_window.h"
#include "analytics/anomaly/state_bytes.h"
#include "analytics/signal/finite_series.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kTreesMax = 1000;
constexpr std::size_t kSizeMin = 8;
constexpr std::size_t kSizeMax = 100'000;
constexpr std::size_t kShingleMax = 1000;
constexpr std::size_t kUsualMemory = 1000;  // displacements that say what is usual
constexpr std::size_t kUsualMin = 50;
constexpr double kScoreMax = 1e6;

class RandomCutForestDetector final : public Detector {
 public:
  explicit RandomCutForestDetector(const RandomCutForestOptions& options)
      : options_(options), usual_(kUsualMemory), values_(options.size) {
    RandomSource seeds(options.seed);
    for (std::size_t tree = 0; tree < options.trees; ++tree) trees_.emplace_back(options.shingle, seeds.next());
  }
  std::string_view name() const override { return "random cut forest"; }
  std::string save() const override {
    StateWriter writer(kind());
    writer(trees_, shingle_, leaves_, points_, usual_, values_);
    return writer.take();
  }
  Status load(std::string_view bytes) override {
    RandomCutForestDetector loaded(options_);
    StateReader reader(bytes, kind());
    reader(loaded.trees_, loaded.shingle_, loaded.leaves_, loaded.points_, loaded.usual_, loaded.values_);
    SF_CHECK(reader.finished());
    *this = std::move(loaded);
    return Ok{};
  }

 protected:
  Score learn(std::span<const double> values, Timestamp) override {
    const double value = values[0];
    Score score;
    shingle_.push_back(value);
    if (shingle_.size() > options_.shingle) shingle_.erase(shingle_.begin());
    if (shingle_.size() == options_.shingle) {
      const double displacement = exchange();
      if (usual_.count() >= kUsualMin && points_ >= options_.size) judge(displacement, score);
      usual_.add(displacement);
    }
    values_.add(value);
    return score;
  }

 private:
  std::string kind() const {
    return "forest/1 " + std::to_string(options_.trees) + " " + std::to_string(options_.size) + " " +
           std::to_string(options_.shingle);
  }

  // The newest point replaces the oldest in every tree; returns its mean displacement.
  double exchange() {
    const std::size_t slot = points_ % options_.size;
    if (leaves_.empty()) leaves_.assign(options_.size * options_.trees, -1);
    double sum = 0.0;
    for (std::size_t tree = 0; tree < trees_.size(); ++tree) {
      std::int64_t& leaf = leaves_[slot * options_.trees + tree];
      if (leaf >= 0) trees_[tree].remove(leaf);
      leaf = trees_[tree].insert(shingle_);
      sum += trees_[tree].displacement(leaf);
    }
    ++points_;
    return sum / static_cast<double>(trees_.size());
  }

  void judge(double displacement, Score& score) const {
    score.warm = true;
    score.expected = values_.mean();
    score.low = score.expected - options_.threshold * values_.deviation();
    score.high = score.expected + options_.threshold * values_.deviation();
    const double above = displacement - usual_.mean();
    const double reach = options_.threshold * usual_.deviation();
    if (above > 0.0) score.score = std::min(kScoreMax, above / std::max(reach, 1e-6 * displacement));
    if (score.score > 1.0) score.contributions.push_back({"displacement", score.score, displacement, usual_.mean()});
  }

  RandomCutForestOptions options_;
  std::vector<RandomCutTree> trees_;
  std::vector<double> shingle_;
  std::vector<std::int64_t> leaves_;  // [point slot][tree]
  std::size_t points_ = 0;
  RollingMoments usual_;
  RollingMoments values_;
};

}  // namespace

Result<std::unique_ptr<Detector>> make_random_cut_forest_detector(const RandomCutForestOptions& options) {
  if (options.trees == 0 || options.trees > kTreesMax || options.size < kSizeMin || options.size > kSizeMax ||
      options.shingle == 0 || options.shingle > kShingleMax || !(options.threshold > 0.0)) {
    return invalid_series("random cut forest",
                          "wanted 1 to 1000 trees, 8 to 100000 points, a shingle of 1 to 1000 and "
                          "a threshold above 0");
  }
  return std::unique_ptr<Detector>(std::make_unique<RandomCutForestDetector>(options));
}

}  // namespace streamflow::analytics
