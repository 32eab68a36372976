#include "analytics/forecast/arima/arma_filter.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr double kConverged = 1e-14;  // of the prediction variance beyond the limit, 1

// r(k), k = 0 .. count - 1, of an autoregression with unit errors: Levinson's recursion backwards to the partial
// autocorrelations, then forwards.
Series autoregressive_covariances(SeriesView coefficients, std::size_t count) {
  const std::size_t p = coefficients.size();
  std::vector<Series> steps{Series(coefficients.begin(), coefficients.end())};
  double variance = 1;
  while (!steps.back().empty()) {
    const Series& now = steps.back();
    const double partial = now.back();
    const std::size_t k = now.size() - 1;
    const double rest = 1 - partial * partial;
    variance /= rest;
    Series fewer(k);
    for (std::size_t i = 0; i < k; ++i) { fewer[i] = (now[i] + partial * now[k - 1 - i]) / rest; }
    steps.push_back(std::move(fewer));
  }
  Series out(std::max(count, p + 1), 0.0);
  out[0] = variance;
  for (std::size_t k = 1; k < out.size(); ++k) {
    const Series& ar = k <= p ? steps[p - k] : steps[0];
    for (std::size_t i = 1; i <= ar.size(); ++i) { out[k] += ar[i - 1] * out[k - i]; }
  }
  return out;
}

}  // namespace

std::vector<ArmaFilter::Term> ArmaFilter::terms_of(const Series& coefficients) {
  std::vector<Term> terms;
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    if (coefficients[i] != 0) { terms.push_back({i + 1, coefficients[i]}); }
  }
  return terms;
}

ArmaFilter::ArmaFilter(const ArmaProcess& process, FilterStart start)
    : size_(std::max(process.ar.size(), process.ma.size() + 1)),
      start_(start),
      phi_(process.ar),
      theta_(process.ma),
      ar_terms_(terms_of(process.ar)),
      ma_terms_(terms_of(process.ma)) {
  phi_.resize(size_, 0.0);
  theta_.insert(theta_.begin(), 1.0);
  theta_.resize(size_, 0.0);
  first_gain_.assign(size_, 0.0);
  if (start_ == FilterStart::kExact) {
    start_exact();
  } else {
    for (std::size_t i = 0; i < size_; ++i) { first_gain_[i] = phi_[i] + (i + 1 < size_ ? theta_[i + 1] : 0); }
  }
}

Series ArmaFilter::autocovariances(std::size_t count) const {
  const std::size_t reach = ma_terms_.empty() ? 0 : ma_terms_.back().lag;
  std::size_t order = ar_terms_.empty() ? 0 : ar_terms_.back().lag;
  const Series pure = autoregressive_covariances(SeriesView(phi_).first(order), count + reach);
  std::vector<Term> terms{{0, 1.0}};
  terms.insert(terms.end(), ma_terms_.begin(), ma_terms_.end());
  Series out(count, 0.0);
  for (const Term& a : terms) {
    for (const Term& b : terms) {
      const double weight = a.coefficient * b.coefficient;
      for (std::size_t k = 0; k < count; ++k) {
        const std::size_t lag = k + a.lag >= b.lag ? k + a.lag - b.lag : b.lag - a.lag - k;
        out[k] += weight * pure[lag];
      }
    }
  }
  return out;
}

// The covariance of state element i with the value is the sum over k >= i of phi(k+1) gamma(k+1-i) + theta(k) psi(k-i).
void ArmaFilter::start_exact() {
  const Series gamma = autocovariances(size_ + 1);
  Series psi(size_, 0.0);
  for (std::size_t j = 0; j < size_; ++j) {
    psi[j] = theta_[j];
    for (const Term& term : ar_terms_) {
      if (term.lag > j) { break; }
      psi[j] += term.coefficient * psi[j - term.lag];
    }
  }
  Series covariance(size_, 0.0);
  for (const Term& term : ar_terms_) {
    for (std::size_t i = 0; i < term.lag; ++i) { covariance[i] += term.coefficient * gamma[term.lag - i]; }
  }
  covariance[0] += 1;
  for (const Term& term : ma_terms_) {
    for (std::size_t i = 0; i <= term.lag; ++i) { covariance[i] += term.coefficient * psi[term.lag - i]; }
  }
  first_variance_ = covariance[0];
  for (std::size_t i = 0; i < size_; ++i) {
    first_gain_[i] = phi_[i] * covariance[0] + (i + 1 < size_ ? covariance[i + 1] : 0);
  }
}

// With l = change[0] and M its scale: F' = F + M l², G' = G + M l T change, change' = T change - G l / F, M' = M F /
// F'.
void ArmaFilter::advance_gain() {
  const double first = change_[0];
  const double before = variance_;
  variance_ += change_scale_ * first * first;
  const double gain_step = change_scale_ * first;
  const double ratio = first / before;
  for (std::size_t i = 0; i < size_; ++i) {
    const double moved = phi_[i] * first + (i + 1 < size_ ? change_[i + 1] : 0);
    change_[i] = moved - gain_[i] * ratio;
    gain_[i] += gain_step * moved;
  }
  change_scale_ *= before / variance_;
}

void ArmaFilter::advance_state(Series& state, double value, double error) const {
  // value = state[0] + error, and T state + gain / F * error.
  const double predicted = value - error;
  const double scaled = error / variance_;
  for (std::size_t i = 0; i + 1 < size_; ++i) { state[i] = state[i + 1] + phi_[i] * predicted + gain_[i] * scaled; }
  state[size_ - 1] = phi_[size_ - 1] * predicted + gain_[size_ - 1] * scaled;
}

double ArmaFilter::quick_error(const Series& column, const Series& errors, std::size_t t) const {
  double error = column[t];
  for (const Term& term : ar_terms_) { error -= term.coefficient * column[t - term.lag]; }
  for (const Term& term : ma_terms_) { error -= term.coefficient * errors[t - term.lag]; }
  return error;
}

void ArmaFilter::rebuild_state(const Series& values, FilteredColumn& column) const {
  std::fill(column.end_state.begin(), column.end_state.end(), 0.0);
  const auto add = [&](const Term& term, const Series& past) {
    for (std::size_t i = 0; i < term.lag; ++i) {
      column.end_state[i] += term.coefficient * past[past.size() - term.lag + i];
    }
  };
  for (const Term& term : ar_terms_) { add(term, values); }
  for (const Term& term : ma_terms_) { add(term, column.errors); }
}

double ArmaFilter::run(const std::vector<Series>& columns, std::vector<FilteredColumn>& out) {
  const std::size_t n = columns.empty() ? 0 : columns[0].size();
  gain_ = first_gain_;
  variance_ = first_variance_;
  change_ = first_gain_;
  change_scale_ = -1 / variance_;
  bool converged = start_ == FilterStart::kConditional;
  std::size_t converged_at = 0;
  double determinant = 0;
  out.resize(columns.size());
  deviations_.assign(n, 1.0);
  for (FilteredColumn& column : out) {
    column.errors.resize(n);
    column.end_state.assign(size_, 0.0);
  }
  std::size_t t = 0;
  for (; t < n && !(converged && t >= converged_at + size_); ++t) {
    if (!(variance_ > 0.5) || !std::isfinite(variance_)) { return std::numeric_limits<double>::infinity(); }
    const double deviation = std::sqrt(variance_);
    deviations_[t] = deviation;
    determinant += std::log(variance_);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double error = columns[c][t] - out[c].end_state[0];
      advance_state(out[c].end_state, columns[c][t], error);
      out[c].errors[t] = error / deviation;
    }
    if (converged) { continue; }
    advance_gain();
    if (variance_ - 1 < kConverged) {
      converged = true;
      converged_at = t + 1;
      variance_ = 1;
      for (std::size_t i = 0; i < size_; ++i) { gain_[i] = phi_[i] + (i + 1 < size_ ? theta_[i + 1] : 0); }
    }
  }
  if (t == n) { return determinant; }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (std::size_t s = t; s < n; ++s) { out[c].errors[s] = quick_error(columns[c], out[c].errors, s); }
    rebuild_state(columns[c], out[c]);
  }
  return determinant;
}

Series ArmaFilter::forecast_from(Series state, std::size_t horizon) const {
  Series out(horizon);
  for (std::size_t h = 0; h < horizon; ++h) {
    out[h] = state[0];
    for (std::size_t i = 0; i < size_; ++i) { state[i] = phi_[i] * out[h] + (i + 1 < size_ ? state[i + 1] : 0); }
  }
  return out;
}

}  // namespace streamflow::analytics
