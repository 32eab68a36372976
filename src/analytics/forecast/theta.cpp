#include "analytics/forecast/theta.h"

#include <algorithm>
#include <cmath>

#include "analytics/decompose/classical.h"
#include "analytics/forecast/ets_fit.h"
#include "analytics/statistics/autocorrelation.h"

namespace streamflow::analytics {
namespace {

double slope_of(SeriesView series) {
  const auto n = static_cast<double>(series.size());
  double product = 0, square = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double x = static_cast<double>(i) - (n - 1) / 2;
    product += x * series[i];
    square += x * x;
  }
  return product / square;
}

struct ThetaFit {
  double alpha = 1;
  double level = 0;
  double slope = 0;  // half the line's
  double deviation = 0;
  double length = 1;
  Series season;  // of the coming steps; empty without
  SeasonKind kind = SeasonKind::kMultiplicative;
};

double with_season(const ThetaFit& fit, double value, double season) {
  return fit.kind == SeasonKind::kMultiplicative ? value * season : value + season;
}

class FittedTheta final : public FittedModel {
 public:
  FittedTheta(ModelSummary summary, ThetaFit fit) : FittedModel(std::move(summary)), fit_(std::move(fit)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast;
    Series spread(horizon);
    const double discounted = (1 - std::pow(1 - fit_.alpha, fit_.length)) / fit_.alpha;
    for (std::size_t h = 0; h < horizon; ++h) {
      const double line = fit_.level + fit_.slope * (static_cast<double>(h) + discounted);
      forecast.mean.push_back(line);
      spread[h] = fit_.deviation * std::sqrt(1 + static_cast<double>(h) * fit_.alpha * fit_.alpha);
    }
    forecast.intervals = normal_intervals(forecast.mean, spread, levels);
    if (!fit_.season.empty()) { add_season(forecast); }
    return forecast;
  }

 private:
  void add_season(Forecast& forecast) const {
    for (std::size_t h = 0; h < forecast.mean.size(); ++h) {
      const double season = fit_.season[h % fit_.season.size()];
      forecast.mean[h] = with_season(fit_, forecast.mean[h], season);
      for (ForecastInterval& interval : forecast.intervals) {
        interval.lower[h] = with_season(fit_, interval.lower[h], season);
        interval.upper[h] = with_season(fit_, interval.upper[h], season);
      }
    }
  }

  ThetaFit fit_;
};

class Theta final : public Forecaster {
 public:
  std::string name() const override { return "Theta"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 5; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    ThetaFit fit;
    Series adjusted(series.begin(), series.end());
    Series season;
    if (has_significant_season(series, period)) { season = adjust(adjusted, period, fit); }
    const EtsForm smoothing{EtsError::kAdditive, EtsTrend::kNone, EtsSeason::kNone};
    const auto smoothed = fit_ets_form(adjusted, 1, smoothing, 1000);
    if (!smoothed) { return Error{ErrorCode::kInvalidArgument, "Theta: simple exponential smoothing found no fit"}; }
    fit.alpha = smoothed->parameters.alpha;
    fit.level = smoothed->end.level;
    fit.slope = slope_of(adjusted) / 2;
    fit.deviation = std::sqrt(smoothed->variance);
    fit.length = static_cast<double>(series.size());
    ModelSummary summary;
    summary.name = name();
    summary.parameters = {{"alpha", fit.alpha}, {"drift", fit.slope}};
    for (std::size_t i = 0; i < series.size(); ++i) {
      const double value = smoothed->fitted[i];
      summary.fitted.push_back(season.empty() ? value : with_season(fit, value, season[i]));
    }
    for (std::size_t h = 0; !season.empty() && h < period; ++h) {
      fit.season.push_back(season[(series.size() + h) % period]);
    }
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(std::make_unique<FittedTheta>(std::move(summary), std::move(fit)));
  }

 private:
  // Takes the season out of `adjusted`; answers it, empty when the series has none to take.
  static Series adjust(Series& adjusted, std::size_t period, ThetaFit& fit) {
    const bool positive = std::all_of(adjusted.begin(), adjusted.end(), [](double value) { return value > 0; });
    fit.kind = positive ? SeasonKind::kMultiplicative : SeasonKind::kAdditive;
    auto parts = classical_decomposition(adjusted, period, fit.kind);
    if (!parts.has_value()) { return {}; }
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      if (fit.kind == SeasonKind::kMultiplicative && parts->season[i] < 1e-6) { return {}; }
    }
    for (std::size_t i = 0; i < adjusted.size(); ++i) {
      adjusted[i] = positive ? adjusted[i] / parts->season[i] : adjusted[i] - parts->season[i];
    }
    return std::move(parts->season);
  }
};

}  // namespace

bool has_significant_season(SeriesView series, std::size_t period) {
  if (period < 2 || series.size() <= 2 * period) { return false; }
  const auto correlation = autocorrelation(series, period);
  if (!correlation.has_value()) { return false; }
  double sum = 1;
  for (std::size_t lag = 1; lag < period; ++lag) { sum += 2 * (*correlation)[lag] * (*correlation)[lag]; }
  constexpr double kNinetyPercent = 1.645;
  return std::abs((*correlation)[period]) > kNinetyPercent * std::sqrt(sum / static_cast<double>(series.size()));
}

ForecasterPointer make_theta() {
  return std::make_shared<Theta>();
}

}  // namespace streamflow::analytics
