#include "analytics/forecast/naive.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double mean_of(SeriesView values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Root mean square of the residuals there are, `estimated` of which went into parameters.
double deviation_of(const Series& residuals, std::size_t estimated) {
  double sum = 0;
  std::size_t count = 0;
  for (const double residual : residuals) {
    if (std::isnan(residual)) { continue; }
    sum += residual * residual;
    ++count;
  }
  return count > estimated ? std::sqrt(sum / static_cast<double>(count - estimated)) : 0;
}

// A season repeated, plus a slope; the deviation grows by a rule of its own.
enum class Growth : std::uint8_t { kSeasonalWalk, kDrift, kMean, kFlat };

struct Rule {
  Series season;
  double slope = 0;
  double deviation = 0;
  Growth growth = Growth::kFlat;
  double length = 1;
};

class FittedRule final : public FittedModel {
 public:
  FittedRule(ModelSummary summary, Rule rule) : FittedModel(std::move(summary)), rule_(std::move(rule)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast;
    Series deviation(horizon);
    for (std::size_t h = 0; h < horizon; ++h) {
      const auto step = static_cast<double>(h + 1);
      forecast.mean.push_back(rule_.season[h % rule_.season.size()] + rule_.slope * step);
      deviation[h] = rule_.deviation * growth(h);
    }
    forecast.intervals = normal_intervals(forecast.mean, deviation, levels);
    return forecast;
  }

 private:
  double growth(std::size_t h) const {
    const auto step = static_cast<double>(h + 1);
    switch (rule_.growth) {
      case Growth::kSeasonalWalk: {
        const std::size_t seasons = h / rule_.season.size() + 1;
        return std::sqrt(static_cast<double>(seasons));
      }
      case Growth::kDrift: return std::sqrt(step * (1 + step / std::max(rule_.length - 1, 1.0)));
      case Growth::kMean: return std::sqrt(1 + 1 / rule_.length);
      case Growth::kFlat: return 1;
    }
    return 1;
  }

  Rule rule_;
};

FittedModelPointer finish(SeriesView series, ModelSummary summary, Rule rule, std::size_t estimated) {
  summary.residuals = residuals_of(series, summary.fitted);
  rule.deviation = deviation_of(summary.residuals, estimated);
  rule.length = static_cast<double>(series.size());
  return std::make_unique<FittedRule>(std::move(summary), std::move(rule));
}

class SeasonalNaive final : public Forecaster {
 public:
  explicit SeasonalNaive(bool seasonal) : seasonal_(seasonal) {}
  std::string name() const override { return seasonal_ ? "SeasonalNaive" : "Naive"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    const std::size_t season = seasonal_ && period <= series.size() ? period : 1;
    ModelSummary summary;
    summary.name = name();
    summary.fitted.assign(series.size(), kNaN);
    for (std::size_t i = season; i < series.size(); ++i) { summary.fitted[i] = series[i - season]; }
    Rule rule;
    rule.season.assign(series.end() - static_cast<std::ptrdiff_t>(season), series.end());
    rule.growth = Growth::kSeasonalWalk;
    return finish(series, std::move(summary), std::move(rule), 0);
  }

 private:
  bool seasonal_;
};

class Drift final : public Forecaster {
 public:
  std::string name() const override { return "Drift"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 2; }
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    ModelSummary summary;
    summary.name = name();
    Rule rule;
    rule.slope = (series.back() - series.front()) / static_cast<double>(series.size() - 1);
    rule.season = {series.back()};
    rule.growth = Growth::kDrift;
    summary.parameters = {{"drift", rule.slope}};
    summary.fitted.assign(series.size(), kNaN);
    for (std::size_t i = 1; i < series.size(); ++i) { summary.fitted[i] = series[i - 1] + rule.slope; }
    return finish(series, std::move(summary), std::move(rule), 1);
  }
};

class HistoricMean final : public Forecaster {
 public:
  std::string name() const override { return "HistoricMean"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    ModelSummary summary;
    summary.name = name();
    Rule rule;
    rule.season = {mean_of(series)};
    rule.growth = Growth::kMean;
    summary.parameters = {{"mean", rule.season[0]}};
    summary.fitted.assign(series.size(), rule.season[0]);
    return finish(series, std::move(summary), std::move(rule), 1);
  }
};

class WindowAverage final : public Forecaster {
 public:
  explicit WindowAverage(std::size_t window) : window_(std::max<std::size_t>(window, 1)) {}
  std::string name() const override { return "WindowAverage(" + std::to_string(window_) + ")"; }

 protected:
  std::size_t length_min(std::size_t) const override { return window_; }
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    ModelSummary summary;
    summary.name = name();
    summary.fitted.assign(series.size(), kNaN);
    for (std::size_t i = window_; i < series.size(); ++i) {
      summary.fitted[i] = mean_of(series.subspan(i - window_, window_));
    }
    Rule rule;
    rule.season = {mean_of(series.last(window_))};
    return finish(series, std::move(summary), std::move(rule), 0);
  }

 private:
  std::size_t window_;
};

}  // namespace

ForecasterPointer make_naive() {
  return std::make_shared<SeasonalNaive>(false);
}
ForecasterPointer make_seasonal_naive() {
  return std::make_shared<SeasonalNaive>(true);
}
ForecasterPointer make_drift() {
  return std::make_shared<Drift>();
}
ForecasterPointer make_historic_mean() {
  return std::make_shared<HistoricMean>();
}
ForecasterPointer make_window_average(std::size_t window) {
  return std::make_shared<WindowAverage>(window);
}

}  // namespace streamflow::analytics
