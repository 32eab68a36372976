#include "analytics/pattern/drift_monitor.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace streamflow::analytics {
namespace {

constexpr std::size_t kAdwinBucketsPerRow = 5;
constexpr std::size_t kAdwinClock = 32;     // updates between searches for a cut
constexpr double kAdwinSubwindowMin = 5.0;  // values on either side of a cut
constexpr double kAdwinWidthMin = 10.0;

}  // namespace

bool Cusum::update(double value) {
  if (!std::isfinite(value) || !(options_.deviation > 0.0)) return false;
  const double standardised = (value - options_.target) / options_.deviation;
  high_ = std::max(0.0, high_ + standardised - options_.slack);
  low_ = std::max(0.0, low_ - standardised - options_.slack);
  if (high_ <= options_.threshold && low_ <= options_.threshold) return false;
  high_ = low_ = 0.0;
  return true;
}

bool PageHinkley::update(double value) {
  if (!std::isfinite(value)) return false;
  ++count_;
  mean_ += (value - mean_) / static_cast<double>(count_);
  const double deviation = value - mean_;
  sum_up_ += deviation - options_.delta;
  sum_down_ += deviation + options_.delta;
  low_up_ = std::min(low_up_, sum_up_);
  high_down_ = std::max(high_down_, sum_down_);
  const bool drifted = sum_up_ - low_up_ > options_.threshold || high_down_ - sum_down_ > options_.threshold;
  if (count_ < options_.instances_min || !drifted) return false;
  *this = PageHinkley(options_);
  return true;
}

void Adwin::insert(double value) {
  if (rows_.empty()) rows_.emplace_back();
  rows_[0].push_back({value, 0.0});
  if (width_ > 0.0) {
    const double difference = value - total_ / width_;
    squares_ += width_ * difference * difference / (width_ + 1.0);
  }
  width_ += 1.0;
  total_ += value;
  compress();
}

void Adwin::compress() {
  for (std::size_t row = 0; row < rows_.size() && rows_[row].size() > kAdwinBucketsPerRow; ++row) {
    const double count = std::ldexp(1.0, static_cast<int>(row));
    const Bucket first = rows_[row][0];
    const Bucket second = rows_[row][1];
    const double difference = (first.total - second.total) / count;
    if (row + 1 == rows_.size()) rows_.emplace_back();
    rows_[row + 1].push_back(
        {first.total + second.total, first.squares + second.squares + 0.5 * count * difference * difference});
    rows_[row].erase(rows_[row].begin(), rows_[row].begin() + 2);
  }
}

void Adwin::drop_oldest() {
  const double count = std::ldexp(1.0, static_cast<int>(rows_.size() - 1));
  const Bucket oldest = rows_.back().front();
  rows_.back().pop_front();
  width_ -= count;
  total_ -= oldest.total;
  const double difference = width_ > 0.0 ? oldest.total / count - total_ / width_ : 0.0;
  squares_ = std::max(0.0, squares_ - oldest.squares - count * width_ * difference * difference / (count + width_));
  while (!rows_.empty() && rows_.back().empty()) rows_.pop_back();
}

// Bifet & Gavalda 2007, section 3: the bound for the difference of the means of the two parts.
bool Adwin::should_cut(double old_count, double old_total) const {
  const double new_count = width_ - old_count;
  if (old_count < kAdwinSubwindowMin || new_count < kAdwinSubwindowMin) return false;
  const double difference = std::abs(old_total / old_count - (total_ - old_total) / new_count);
  const double harmonic =
      1.0 / (1.0 / (old_count - kAdwinSubwindowMin + 1.0) + 1.0 / (new_count - kAdwinSubwindowMin + 1.0));
  const double confidence = std::log(2.0 * std::log(width_) / confidence_);
  const double variance = squares_ / width_;
  return difference > std::sqrt(2.0 / harmonic * variance * confidence) + 2.0 / (3.0 * harmonic) * confidence;
}

bool Adwin::shrink() {
  bool shrank = false;
  for (bool again = true; again;) {
    again = false;
    double old_count = 0.0;
    double old_total = 0.0;
    for (std::size_t row = rows_.size(); row-- > 0 && !again;) {
      for (const Bucket& bucket : rows_[row]) {
        old_count += std::ldexp(1.0, static_cast<int>(row));
        old_total += bucket.total;
        if (should_cut(old_count, old_total)) {
          again = true;
          break;
        }
      }
    }
    if (again) {
      drop_oldest();
      shrank = true;
    }
  }
  return shrank;
}

bool Adwin::update(double value) {
  if (!std::isfinite(value)) return false;
  insert(value);
  return ++updates_ % kAdwinClock == 0 && width_ > kAdwinWidthMin && shrink();
}

RunLengthFilter::RunLengthFilter(const Options& options)
    : options_(options),
      lengths_{0},
      probabilities_{1.0},
      posteriors_{{options.mean, options.mean_weight, options.shape, options.scale}} {}

void RunLengthFilter::update(double value) {
  if (!std::isfinite(value)) return;
  std::vector<double> logs(probabilities_.size());
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const auto& [mean, weight, shape, scale] = posteriors_[index];
    // Student's t with 2·shape degrees of freedom.
    const double freedom = 2.0 * shape;
    const double variance = scale * (weight + 1.0) / (shape * weight);
    const double standardised = (value - mean) * (value - mean) / (variance * freedom);
    logs[index] = std::log(probabilities_[index]) + std::lgamma(shape + 0.5) - std::lgamma(shape) -
                  0.5 * std::log(freedom * std::numbers::pi * variance) - (shape + 0.5) * std::log1p(standardised);
  }
  const double highest = *std::max_element(logs.begin(), logs.end());
  std::vector<std::size_t> lengths = {0};
  std::vector<double> probabilities = {0.0};
  std::vector<Posterior> posteriors = {{options_.mean, options_.mean_weight, options_.shape, options_.scale}};
  double sum = 0.0;
  for (const double log_weight : logs) sum += std::exp(log_weight - highest);
  for (std::size_t index = 0; index < logs.size(); ++index) {
    const double weight = std::exp(logs[index] - highest) / sum;
    probabilities[0] += weight * options_.hazard;
    const double grown = weight * (1.0 - options_.hazard);
    if (grown <= options_.prune_below && options_.prune_below > 0.0) continue;
    const Posterior& old = posteriors_[index];
    lengths.push_back(lengths_[index] + 1);
    probabilities.push_back(grown);
    posteriors.push_back(
        {(old.mean_weight * old.mean + value) / (old.mean_weight + 1.0), old.mean_weight + 1.0, old.shape + 0.5,
         old.scale + old.mean_weight * (value - old.mean) * (value - old.mean) / (2.0 * (old.mean_weight + 1.0))});
  }
  double total = 0.0;
  for (const double probability : probabilities) total += probability;
  for (double& probability : probabilities) probability /= total;
  lengths_ = std::move(lengths);
  probabilities_ = std::move(probabilities);
  posteriors_ = std::move(posteriors);
}

std::size_t RunLengthFilter::most_probable_length() const {
  return lengths_[static_cast<std::size_t>(std::max_element(probabilities_.begin(), probabilities_.end()) -
                                           probabilities_.begin())];
}

double RunLengthFilter::probability_within(std::size_t length) const {
  double sum = 0.0;
  for (std::size_t index = 0; index < lengths_.size(); ++index) {
    if (lengths_[index] <= length) sum += probabilities_[index];
  }
  return sum;
}

}  // namespace streamflow::analytics
