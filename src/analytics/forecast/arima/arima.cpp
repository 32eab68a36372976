#include "analytics/forecast/arima/arima.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analytics/decompose/difference.h"
#include "analytics/forecast/arima/arma_filter.h"

namespace streamflow::analytics {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message)};
}

void add_parameters(ModelSummary& summary, const ArimaFit& fit, const Regressors& regressors) {
  std::size_t at = 0;
  const auto add = [&](const char* name, std::size_t count) {
    for (std::size_t k = 1; k <= count; ++k) {
      summary.parameters.push_back({name + std::to_string(k), fit.factors[at++]});
    }
  };
  add("ar", fit.order.p);
  add("ma", fit.order.q);
  add("sar", fit.order.P);
  add("sma", fit.order.Q);
  std::size_t column = 0;
  if (fit.order.constant) {
    summary.parameters.push_back({fit.order.d + fit.order.D == 0 ? "mean" : "drift", fit.regression[column++]});
  }
  for (const std::string& name : regressors.names) { summary.parameters.push_back({name, fit.regression[column++]}); }
  summary.parameters.push_back({"sigma2", fit.variance});
  summary.parameters.push_back({"log_likelihood", fit.log_likelihood});
}

ModelSummary summary_of(SeriesView series, const ArimaFit& fit, const Regressors& regressors, std::string name) {
  ModelSummary summary;
  summary.name = std::move(name);
  add_parameters(summary, fit, regressors);
  summary.fitted.assign(series.size(), std::numeric_limits<double>::quiet_NaN());
  const std::size_t lost = series.size() - fit.errors.size();
  for (std::size_t t = 0; t < fit.errors.size(); ++t) { summary.fitted[lost + t] = series[lost + t] - fit.errors[t]; }
  summary.residuals = residuals_of(series, summary.fitted);
  if (std::isfinite(fit.aicc)) { summary.aicc = fit.aicc; }
  return summary;
}

class FittedArima final : public FittedModel {
 public:
  FittedArima(ModelSummary summary, ArimaFit fit, Regressors regressors)
      : FittedModel(std::move(summary)), fit_(std::move(fit)), regressors_(std::move(regressors)) {}

 protected:
  Status check_horizon(std::size_t horizon) const override {
    if (regressors_.names.empty() || fit_.noise.size() + horizon <= regressors_.reach) { return Ok{}; }
    return invalid(name() + ": the regressors end " + std::to_string(regressors_.reach - fit_.noise.size()) +
                   " steps after the series, horizon " + std::to_string(horizon) + " needs more of them");
  }

  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    const std::size_t n = fit_.noise.size();
    Forecast forecast;
    forecast.mean = noise_forecast(horizon);
    std::size_t c = 0;
    if (fit_.order.constant) {
      for (std::size_t h = 0; h < horizon; ++h) {
        forecast.mean[h] += fit_.regression[0] * constant_at(fit_.order, n + h);
      }
      ++c;
    }
    for (std::size_t k = 0; k < regressors_.names.size(); ++k) {
      const Series column = regressors_.column(k, n, n + horizon);
      for (std::size_t h = 0; h < horizon; ++h) { forecast.mean[h] += fit_.regression[c + k] * column[h]; }
    }
    if (!levels.empty()) { forecast.intervals = normal_intervals(forecast.mean, deviations(horizon), levels); }
    return forecast;
  }

 private:
  Series noise_forecast(std::size_t horizon) const {
    const ArmaFilter filter(fit_.process, FilterStart::kConditional);
    Series steps = filter.forecast_from(fit_.end_state, horizon);
    Series seasonal = fit_.noise;
    for (std::size_t k = 0; k < fit_.order.D; ++k) { seasonal = *difference(seasonal, {fit_.period, 1}); }
    if (fit_.order.d > 0) { steps = *integrate(steps, seasonal, {1, fit_.order.d}); }
    if (fit_.order.D > 0) { steps = *integrate(steps, fit_.noise, {fit_.period, fit_.order.D}); }
    return steps;
  }

  Series deviations(std::size_t horizon) const {
    Series out = level_weights(fit_.process, fit_.order, fit_.period, horizon);
    double sum = 0;
    for (double& weight : out) {
      sum += weight * weight;
      weight = std::sqrt(fit_.variance * sum);
    }
    return out;
  }

  ArimaFit fit_;
  Regressors regressors_;
};

FittedModelPointer finish(SeriesView series, ArimaFit fit, Regressors regressors, std::string name) {
  ModelSummary summary = summary_of(series, fit, regressors, std::move(name));
  return std::make_unique<FittedArima>(std::move(summary), std::move(fit), std::move(regressors));
}

Regressors fourier_terms(const std::vector<std::size_t>& periods, const std::vector<std::size_t>& pairs) {
  struct Wave {
    double turn;
    bool cosine;
  };
  std::vector<Wave> waves;
  Regressors out;
  for (std::size_t i = 0; i < periods.size(); ++i) {
    for (std::size_t k = 1; k <= pairs[i]; ++k) {
      const double turn = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(periods[i]);
      const std::string label = std::to_string(k) + "[" + std::to_string(periods[i]) + "]";
      if (2 * k < periods[i]) {  // at half the period the sine is 0 everywhere
        waves.push_back({turn, false});
        out.names.push_back("sin" + label);
      }
      waves.push_back({turn, true});
      out.names.push_back("cos" + label);
    }
  }
  out.column = [waves](std::size_t index, std::size_t begin, std::size_t end) {
    Series column;
    for (std::size_t t = begin; t < end; ++t) {
      const double angle = waves[index].turn * static_cast<double>(t);
      column.push_back(waves[index].cosine ? std::cos(angle) : std::sin(angle));
    }
    return column;
  };
  return out;
}

class FourierArima final : public Forecaster {
 public:
  explicit FourierArima(const FourierArimaOptions& options) : options_(options) {}
  std::string name() const override { return "FourierARIMA"; }

 protected:
  std::size_t length_min(std::size_t period) const override { return std::max<std::size_t>(2 * period, 6); }

  // A pair more for one period after the other, while AICc falls. The order is searched for at the start and the end.
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    std::vector<std::size_t> periods = options_.periods.empty() ? std::vector{period} : options_.periods;
    std::erase_if(periods, [&](std::size_t p) { return p < 2 || 2 * p > series.size(); });
    std::vector<std::size_t> pairs(periods.size(), 0);
    ArimaLimits limits;
    limits.seasonal = false;
    const auto fit_with = [&](const Regressors& terms, const ArimaOrder* order) {
      const ArimaProblem problem{series, 1, &terms};
      return order == nullptr ? search_arima(problem, limits) : fit_arima(problem, *order, ArimaEffort::kSearch);
    };
    for (std::size_t& pair : pairs) { pair = 1; }
    SF_TRY(first, fit_with(fourier_terms(periods, pairs), nullptr));
    double best = first.aicc;
    for (std::size_t i = 0; i < periods.size(); ++i) {
      std::size_t failures = 0;
      auto trial = pairs;
      while (trial[i] < std::min(options_.pairs_max, periods[i] / 2) && failures < 2) {
        ++trial[i];
        const auto fit = fit_with(fourier_terms(periods, trial), &first.order);
        if (fit.has_value() && fit->aicc < best) {
          best = fit->aicc;
          pairs = trial;
          failures = 0;
        } else {
          ++failures;
        }
      }
    }
    Regressors terms = fourier_terms(periods, pairs);
    SF_TRY(fit, fit_with(terms, nullptr));
    std::string text = "Fourier" + to_string(fit.order, 1) + " pairs";
    for (std::size_t i = 0; i < periods.size(); ++i) {
      text += " " + std::to_string(pairs[i]) + "[" + std::to_string(periods[i]) + "]";
    }
    return finish(series, std::move(fit), std::move(terms), std::move(text));
  }

 private:
  FourierArimaOptions options_;
};

class Arima final : public Forecaster {
 public:
  explicit Arima(const ArimaOptions& options) : options_(options) {}
  std::string name() const override { return options_.order ? to_string(*options_.order, 1) : "AutoARIMA"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SF_TRY(regressors, make_regressors(series.size()));
    const Regressors* explained = regressors.names.empty() ? nullptr : &regressors;
    SF_CHECK(check_order(period));
    if (!options_.order && period > options_.period_max && series.size() > 2 * period && explained == nullptr) {
      return make_fourier_arima()->fit(series, period);
    }
    const ArimaProblem problem{series, period, explained};
    SF_TRY(fit, options_.order ? fit_arima(problem, *options_.order, ArimaEffort::kFinal)
                               : search_arima(problem, options_.limits));
    std::string text = to_string(fit.order, period);
    return finish(series, std::move(fit), std::move(regressors), std::move(text));
  }

 private:
  Status check_order(std::size_t period) const {
    if (!options_.order) { return Ok{}; }
    const ArimaOrder& order = *options_.order;
    if (order.P + order.D + order.Q > 0 && period < 2) {
      return invalid(name() + ": a seasonal order needs a period of at least 2");
    }
    if (order.constant && order.d + order.D > 1) {
      return invalid(name() + ": a constant of a series differenced twice would be a parabola; leave it out");
    }
    if (std::max({order.p, order.q, order.P, order.Q}) > 50 || order.d + order.D > 3) {
      return invalid(name() + ": orders go up to 50, differences up to 3");
    }
    return Ok{};
  }

  Result<Regressors> make_regressors(std::size_t length) const {
    Regressors out;
    if (options_.regressors.empty()) { return out; }
    for (const NamedColumn& column : options_.regressors) {
      SF_CHECK(check_series(column.values, length, name() + ": regressor '" + column.name + "'"));
      out.names.push_back(column.name);
      out.reach = std::min(out.reach, column.values.size());
    }
    out.column = [columns = options_.regressors](std::size_t index, std::size_t begin, std::size_t end) {
      const Series& values = columns[index].values;
      return Series(values.begin() + static_cast<std::ptrdiff_t>(begin),
                    values.begin() + static_cast<std::ptrdiff_t>(end));
    };
    return out;
  }

  ArimaOptions options_;
};

}  // namespace

ForecasterPointer make_arima(const ArimaOptions& options) {
  return std::make_shared<Arima>(options);
}

ForecasterPointer make_fourier_arima(const FourierArimaOptions& options) {
  return std::make_shared<FourierArima>(options);
}

}  // namespace streamflow::analytics
