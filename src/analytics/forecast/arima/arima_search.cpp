#include "analytics/forecast/arima/arima_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "analytics/forecast/arima/arima_differences.h"
#include "analytics/statistics/least_squares.h"

namespace streamflow::analytics {
namespace {

constexpr double kRootLeast = 1.01;
constexpr std::size_t kRootPeriodMax = 12;  // a root of the season's factor is the power of one of the whole polynomial

// Residuals of the regression on a constant and the regressors: what the tests look at.
Series without_regressors(const ArimaProblem& problem) {
  Series series(problem.series.begin(), problem.series.end());
  if (problem.regressors == nullptr || problem.regressors->names.empty()) { return series; }
  DesignMatrix design;
  design.rows = series.size();
  std::fill_n(design.add_column().begin(), design.rows, 1.0);
  for (std::size_t k = 0; k < problem.regressors->names.size(); ++k) {
    const Series column = problem.regressors->column(k, 0, series.size());
    std::copy(column.begin(), column.end(), design.add_column().begin());
  }
  auto fit = least_squares(design, series);
  return fit.has_value() ? std::move(fit->residuals) : series;
}

class Walk {
 public:
  Walk(const ArimaProblem& problem, const ArimaLimits& limits) : problem_(problem), limits_(limits) {
    const std::size_t n = problem.series.size();
    limits_.p_max = std::min(limits.p_max, n / 3);
    limits_.q_max = std::min(limits.q_max, n / 3);
    const bool seasonal = limits.seasonal && problem.period > 1;
    limits_.P_max = seasonal ? std::min(limits.P_max, n / 3 / problem.period) : 0;
    limits_.Q_max = seasonal ? std::min(limits.Q_max, n / 3 / problem.period) : 0;
    const auto needed = differences_needed(without_regressors(problem), problem.period,
                                           {.plain = 2, .seasonal = seasonal ? std::size_t{1} : 0});
    d_ = needed.d;
    D_ = needed.D;
  }

  Result<ArimaFit> run() {
    try_starts();
    while (best_ && step()) {}
    if (best_) { return fit_arima(problem_, best_->order, ArimaEffort::kFinal); }
    ArimaOrder plainest{0, d_, 0, 0, D_, 0, d_ + D_ == 0};
    auto fit = fit_arima(problem_, plainest, ArimaEffort::kFinal);
    if (fit.has_value() || D_ == 0) { return fit; }
    return fit_arima(problem_, {0, std::min<std::size_t>(d_, 1), 0, 0, 0, 0, false}, ArimaEffort::kFinal);
  }

 private:
  void try_starts() {
    const bool constant = d_ + D_ <= 1;
    const auto start = [&](std::size_t p, std::size_t q, std::size_t P, std::size_t Q, bool with_constant) {
      consider({std::min(p, limits_.p_max), d_, std::min(q, limits_.q_max), std::min(P, limits_.P_max), D_,
                std::min(Q, limits_.Q_max), with_constant});
    };
    start(2, 2, 1, 1, constant);
    start(0, 0, 0, 0, constant);
    start(1, 0, 1, 0, constant);
    start(0, 1, 0, 1, constant);
    if (constant) { start(0, 0, 0, 0, false); }
  }

  // Tries the neighbours of the best model until one is better.
  bool step() {
    struct Move {
      int p, q, P, Q;
    };
    static constexpr std::array<Move, 16> kMoves{{{0, 0, -1, 0},
                                                  {0, 0, 0, -1},
                                                  {0, 0, 1, 0},
                                                  {0, 0, 0, 1},
                                                  {0, 0, -1, -1},
                                                  {0, 0, -1, 1},
                                                  {0, 0, 1, -1},
                                                  {0, 0, 1, 1},
                                                  {-1, 0, 0, 0},
                                                  {0, -1, 0, 0},
                                                  {1, 0, 0, 0},
                                                  {0, 1, 0, 0},
                                                  {-1, -1, 0, 0},
                                                  {-1, 1, 0, 0},
                                                  {1, -1, 0, 0},
                                                  {1, 1, 0, 0}}};
    const ArimaOrder from = best_->order;
    const auto moved = [](std::size_t value, int by, std::size_t most, std::size_t& out) {
      if ((by < 0 && value == 0) || (by > 0 && value >= most)) { return false; }
      out = by < 0 ? value - 1 : value + static_cast<std::size_t>(by);
      return true;
    };
    for (const Move& move : kMoves) {
      ArimaOrder to = from;
      if (moved(from.p, move.p, limits_.p_max, to.p) && moved(from.q, move.q, limits_.q_max, to.q) &&
          moved(from.P, move.P, limits_.P_max, to.P) && moved(from.Q, move.Q, limits_.Q_max, to.Q) && consider(to)) {
        return true;
      }
    }
    if (d_ + D_ > 1) { return false; }
    ArimaOrder to = from;
    to.constant = !from.constant;
    return consider(to);
  }

  // Whether this order is the best so far.
  bool consider(const ArimaOrder& order) {
    const auto key = std::tuple(order.p, order.q, order.P, order.Q, order.constant);
    if (tried_.size() >= limits_.models_max || !tried_.emplace(key, true).second) { return false; }
    auto fit = fit_arima(problem_, order, ArimaEffort::kSearch);
    if (!fit.has_value() || !std::isfinite(fit->aicc) || !has_safe_roots(*fit)) { return false; }
    const double parameters = static_cast<double>(fit->factors.size() + fit->regression.size() + 1);
    if (static_cast<double>(fit->errors.size()) <= parameters + 1) { return false; }  // AICc has no value
    if (best_ && !(fit->aicc < best_->aicc)) { return false; }
    best_ = std::move(*fit);
    return true;
  }

  bool has_safe_roots(const ArimaFit& fit) const {
    const ArimaOrder& order = fit.order;
    const double seasonal = std::pow(kRootLeast, static_cast<double>(std::min(fit.period, kRootPeriodMax)));
    std::size_t at = 0;
    const auto outside = [&](std::size_t size, double sign, double radius) {
      Series factor(size);
      for (double& coefficient : factor) { coefficient = sign * fit.factors[at++]; }
      return has_roots_outside(factor, radius);
    };
    return outside(order.p, 1, kRootLeast) && outside(order.q, -1, kRootLeast) && outside(order.P, 1, seasonal) &&
           outside(order.Q, -1, seasonal);
  }

  ArimaProblem problem_;
  ArimaLimits limits_;
  std::size_t d_ = 0, D_ = 0;
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::size_t, bool>, bool> tried_;
  std::optional<ArimaFit> best_;
};

}  // namespace

Result<ArimaFit> search_arima(const ArimaProblem& problem, const ArimaLimits& limits) {
  return Walk(problem, limits).run();
}

}  // namespace streamflow::analytics
