#include "analytics/optimize/nelder_mead.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Corners are rows of one array: no allocation per step.
class Simplex {
 public:
  Simplex(const Objective& objective, std::span<const double> start, double step, std::size_t& evaluations)
      : objective_(objective),
        evaluations_(evaluations),
        dimension_(start.size()),
        corners_((dimension_ + 1) * dimension_),
        values_(dimension_ + 1),
        centroid_(dimension_),
        trial_(dimension_),
        expanded_(dimension_) {
    for (std::size_t i = 0; i <= dimension_; ++i) {
      std::copy(start.begin(), start.end(), corner(i).begin());
      if (i > 0) { corner(i)[i - 1] += step; }
      values_[i] = evaluate(corner(i));
    }
    rank();
  }

  std::span<const double> best() const { return {corners_.data() + best_ * dimension_, dimension_}; }
  double best_value() const { return values_[best_]; }

  bool converged(double tolerance) const {
    if (values_[worst_] == values_[best_]) { return true; }
    return values_[worst_] - values_[best_] <= tolerance * (std::abs(values_[best_]) + tolerance);
  }

  void advance() {
    compute_centroid();
    const double reflected = move(1.0, trial_);
    if (reflected < values_[best_]) {
      const double further = move(2.0, expanded_);
      further < reflected ? replace_worst(expanded_, further) : replace_worst(trial_, reflected);
    } else if (reflected < second_worst_value_) {
      replace_worst(trial_, reflected);
    } else {
      contract(reflected);
    }
    rank();
  }

 private:
  std::span<double> corner(std::size_t i) { return {corners_.data() + i * dimension_, dimension_}; }

  double evaluate(std::span<const double> point) {
    ++evaluations_;
    const double value = objective_(point);
    return std::isnan(value) ? kInfinity : value;
  }

  void rank() {
    best_ = worst_ = 0;
    for (std::size_t i = 1; i <= dimension_; ++i) {
      if (values_[i] < values_[best_]) { best_ = i; }
      if (values_[i] >= values_[worst_]) { worst_ = i; }
    }
    second_worst_value_ = values_[best_];
    for (std::size_t i = 0; i <= dimension_; ++i) {
      if (i != worst_) { second_worst_value_ = std::max(second_worst_value_, values_[i]); }
    }
  }

  void compute_centroid() {
    std::fill(centroid_.begin(), centroid_.end(), 0.0);
    for (std::size_t i = 0; i <= dimension_; ++i) {
      if (i == worst_) { continue; }
      for (std::size_t j = 0; j < dimension_; ++j) { centroid_[j] += corner(i)[j]; }
    }
    for (double& coordinate : centroid_) { coordinate /= static_cast<double>(dimension_); }
  }

  // From the worst corner through the centroid, `reach` times its distance beyond.
  double move(double reach, std::vector<double>& out) {
    for (std::size_t j = 0; j < dimension_; ++j) { out[j] = centroid_[j] + reach * (centroid_[j] - corner(worst_)[j]); }
    return evaluate(out);
  }

  void contract(double reflected) {
    const bool outside = reflected < values_[worst_];
    const double contracted = move(outside ? 0.5 : -0.5, expanded_);
    if (contracted < (outside ? reflected : values_[worst_])) {
      replace_worst(expanded_, contracted);
      return;
    }
    for (std::size_t i = 0; i <= dimension_; ++i) {
      if (i == best_) { continue; }
      for (std::size_t j = 0; j < dimension_; ++j) { corner(i)[j] += 0.5 * (corner(best_)[j] - corner(i)[j]); }
      values_[i] = evaluate(corner(i));
    }
  }

  void replace_worst(const std::vector<double>& point, double value) {
    std::copy(point.begin(), point.end(), corner(worst_).begin());
    values_[worst_] = value;
  }

  const Objective& objective_;
  std::size_t& evaluations_;
  std::size_t dimension_;
  std::vector<double> corners_;
  std::vector<double> values_;
  std::vector<double> centroid_, trial_, expanded_;
  std::size_t best_ = 0, worst_ = 0;
  double second_worst_value_ = 0;
};

double first_step(std::span<const double> start, double wanted) {
  if (wanted > 0) { return wanted; }
  double largest = 0;
  for (const double coordinate : start) { largest = std::max(largest, std::abs(coordinate)); }
  return largest > 0 ? 0.1 * largest : 0.1;
}

}  // namespace

Minimum nelder_mead(const Objective& objective, std::span<const double> start, const NelderMeadOptions& options) {
  Minimum answer{{start.begin(), start.end()}, kInfinity, 0, false};
  if (start.empty()) {
    answer.value = objective(start);
    answer.evaluations = 1;
    answer.converged = true;
    return answer;
  }
  for (std::size_t round = 0; round <= options.restarts_max; ++round) {
    Simplex simplex(objective, answer.point, first_step(answer.point, options.step), answer.evaluations);
    answer.converged = simplex.converged(options.tolerance);
    while (!answer.converged && answer.evaluations < options.evaluations_max) {
      simplex.advance();
      answer.converged = simplex.converged(options.tolerance);
    }
    const double gain = answer.value - simplex.best_value();
    if (simplex.best_value() < answer.value || round == 0) {
      answer.point.assign(simplex.best().begin(), simplex.best().end());
      answer.value = simplex.best_value();
    }
    const bool improved = gain > options.tolerance * (std::abs(answer.value) + options.tolerance);
    if (answer.evaluations >= options.evaluations_max || (round > 0 && !improved)) { break; }
  }
  return answer;
}

}  // namespace streamflow::analytics
