#include "analytics/optimize/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>
#include <utility>

namespace streamflow::analytics {
namespace {

using Vector = std::vector<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSufficientDecrease = 1e-4;  // Armijo's constant
constexpr int kBacktracksMax = 50;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

struct Pair {
  Vector step, change;
  double curvature = 0;  // step . change, positive
};

class Minimiser {
 public:
  Minimiser(const DifferentiableObjective& objective, std::span<const double> start, const Box& box,
            const LbfgsOptions& options)
      : objective_(objective), box_(box), options_(options), point_(start.begin(), start.end()) {
    project(point_);
    gradient_.resize(point_.size());
    value_ = evaluate(point_, gradient_);
  }

  Minimum run() {
    bool converged = point_.empty();
    for (std::size_t i = 0; i < options_.iterations_max && !converged && std::isfinite(value_); ++i) {
      if (largest_projected_gradient() <= options_.gradient_tolerance * std::max(1.0, std::abs(value_))) {
        converged = true;
        break;
      }
      const double before = value_;
      if (!advance()) {
        // A stale curvature model can point nowhere: forget it once, then give up.
        if (pairs_.empty()) { break; }
        pairs_.clear();
        continue;
      }
      converged = before - value_ <= options_.value_tolerance * std::max({std::abs(before), std::abs(value_), 1.0});
    }
    return {std::move(point_), value_, evaluations_, converged};
  }

 private:
  double evaluate(const Vector& point, Vector& gradient) {
    ++evaluations_;
    const double value = objective_(point, gradient);
    const bool usable =
        !std::isnan(value) && std::all_of(gradient.begin(), gradient.end(), [](double g) { return std::isfinite(g); });
    return usable ? value : kInfinity;
  }

  double lower(std::size_t i) const { return i < box_.lower.size() ? box_.lower[i] : -kInfinity; }
  double upper(std::size_t i) const { return i < box_.upper.size() ? box_.upper[i] : kInfinity; }

  void project(Vector& point) const {
    for (std::size_t i = 0; i < point.size(); ++i) { point[i] = std::min(std::max(point[i], lower(i)), upper(i)); }
  }

  // At a limit, with the gradient pushing outwards.
  bool is_held(std::size_t i) const {
    return (point_[i] <= lower(i) && gradient_[i] > 0) || (point_[i] >= upper(i) && gradient_[i] < 0);
  }

  double largest_projected_gradient() const {
    double largest = 0;
    for (std::size_t i = 0; i < point_.size(); ++i) {
      if (!is_held(i)) { largest = std::max(largest, std::abs(gradient_[i])); }
    }
    return largest;
  }

  // The two-loop recursion on the free coordinates; held ones do not move.
  Vector direction() const {
    Vector q(point_.size());
    for (std::size_t i = 0; i < q.size(); ++i) { q[i] = is_held(i) ? 0 : -gradient_[i]; }
    Vector weights(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
      weights[k] = dot(pairs_[k].step, q) / pairs_[k].curvature;
      for (std::size_t i = 0; i < q.size(); ++i) { q[i] -= weights[k] * pairs_[k].change[i]; }
    }
    if (!pairs_.empty()) {
      const double scale = pairs_.back().curvature / dot(pairs_.back().change, pairs_.back().change);
      for (double& coordinate : q) { coordinate *= scale; }
    }
    for (std::size_t k = 0; k < pairs_.size(); ++k) {
      const double weight = weights[k] - dot(pairs_[k].change, q) / pairs_[k].curvature;
      for (std::size_t i = 0; i < q.size(); ++i) { q[i] += weight * pairs_[k].step[i]; }
    }
    for (std::size_t i = 0; i < q.size(); ++i) {
      if (is_held(i)) { q[i] = 0; }
    }
    return q;
  }

  bool advance() {
    Vector way = direction();
    if (dot(way, gradient_) >= 0) {
      pairs_.clear();
      way = direction();
    }
    double length = pairs_.empty() ? std::min(1.0, 1.0 / std::max(largest_projected_gradient(), 1e-300)) : 1.0;
    Vector next(point_.size()), next_gradient(point_.size()), step(point_.size());
    for (int k = 0; k < kBacktracksMax; ++k, length *= 0.5) {
      for (std::size_t i = 0; i < next.size(); ++i) { next[i] = point_[i] + length * way[i]; }
      project(next);
      for (std::size_t i = 0; i < next.size(); ++i) { step[i] = next[i] - point_[i]; }
      const double slope = dot(gradient_, step);
      if (slope >= 0) { continue; }
      const double next_value = evaluate(next, next_gradient);
      if (!(next_value <= value_ + kSufficientDecrease * slope)) { continue; }
      remember(step, next_gradient);
      point_.swap(next);
      gradient_.swap(next_gradient);
      value_ = next_value;
      return true;
    }
    return false;
  }

  void remember(const Vector& step, const Vector& next_gradient) {
    Pair pair{step, Vector(step.size()), 0};
    for (std::size_t i = 0; i < step.size(); ++i) { pair.change[i] = next_gradient[i] - gradient_[i]; }
    pair.curvature = dot(pair.step, pair.change);
    if (pair.curvature <= 1e-10 * dot(pair.change, pair.change)) { return; }
    pairs_.push_back(std::move(pair));
    if (pairs_.size() > options_.history) { pairs_.pop_front(); }
  }

  const DifferentiableObjective& objective_;
  const Box& box_;
  const LbfgsOptions& options_;
  Vector point_, gradient_;
  double value_ = kInfinity;
  std::size_t evaluations_ = 0;
  std::deque<Pair> pairs_;
};

}  // namespace

Minimum lbfgs(const DifferentiableObjective& objective, std::span<const double> start, const Box& box,
              const LbfgsOptions& options) {
  return Minimiser(objective, start, box, options).run();
}

DifferentiableObjective with_numeric_gradient(Objective objective, Box box, double relative_step) {
  return [objective = std::move(objective), box = std::move(box), relative_step](std::span<const double> point,
                                                                                 std::span<double> gradient) {
    Vector moved(point.begin(), point.end());
    const double value = objective(point);
    for (std::size_t i = 0; i < point.size(); ++i) {
      const double step = relative_step * std::max(1.0, std::abs(point[i]));
      const bool room_above = i >= box.upper.size() || point[i] + step <= box.upper[i];
      const bool room_below = i >= box.lower.size() || point[i] - step >= box.lower[i];
      const double above = room_above ? point[i] + step : point[i];
      const double below = room_below || !room_above ? point[i] - step : point[i];
      moved[i] = above;
      const double value_above = room_above ? objective(moved) : value;
      moved[i] = below;
      const double value_below = below < point[i] ? objective(moved) : value;
      moved[i] = point[i];
      gradient[i] = (value_above - value_below) / (above - below);
    }
    return value;
  };
}

}  // namespace streamflow::analytics
