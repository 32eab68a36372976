#include "analytics/forecast/theta.h"

#include <algorithm>
#include <cmath>

#include "analytics/forecast/ets_fit.h"
#include "analytics/forecast/seasonal_adjustment.h"

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
  SeasonalAdjustment adjustment;
};

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
    fit_.adjustment.add_season(forecast);
    return forecast;
  }

 private:
  ThetaFit fit_;
};

class Theta final : public Forecaster {
 public:
  std::string name() const override { return "Theta"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 5; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    ThetaFit fit;
    fit.adjustment = adjust_for_season(series, period);
    const Series& adjusted = fit.adjustment.adjusted;
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
    summary.fitted = smoothed->fitted;
    fit.adjustment.add_season(summary.fitted, 0);
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(std::make_unique<FittedTheta>(std::move(summary), std::move(fit)));
  }
};

}  // namespace

ForecasterPointer make_theta() {
  return std::make_shared<Theta>();
}

}  // namespace streamflow::analytics
