#include "analytics/forecast/fleet.h"

#include <cmath>

#include "analytics/forecast/conformal.h"
#include "analytics/forecast/ensemble.h"
#include "analytics/forecast/ets.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/seasonal_adjustment.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

constexpr std::size_t kEvaluations = 300;  // of each likelihood: enough for three decimals of the forecast

// A model of the seasonally adjusted series.
class FittedAdjusted final : public FittedModel {
 public:
  FittedAdjusted(ModelSummary summary, FittedModelPointer base, SeasonalAdjustment adjustment)
      : FittedModel(std::move(summary)), base_(std::move(base)), adjustment_(std::move(adjustment)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    auto forecast = base_->predict(horizon, levels);
    if (!forecast.has_value()) { return {Series(horizon, std::nan("")), {}}; }  // predict() makes it an error
    adjustment_.add_season(*forecast);
    return std::move(*forecast);
  }

 private:
  FittedModelPointer base_;
  SeasonalAdjustment adjustment_;
};

class Adjusted final : public Forecaster {
 public:
  explicit Adjusted(ForecasterPointer base) : base_(std::move(base)) {}
  std::string name() const override { return "Adjusted(" + base_->name() + ")"; }

 protected:
  std::size_t length_min(std::size_t) const override { return 5; }

  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SeasonalAdjustment adjustment = adjust_for_season(series, period);
    SF_TRY(fitted, base_->fit(adjustment.adjusted, 1));
    ModelSummary summary = fitted->summary();
    adjustment.add_season(summary.fitted, 0);
    summary.residuals = residuals_of(series, summary.fitted);
    summary.aicc.reset();
    return FittedModelPointer(
        std::make_unique<FittedAdjusted>(std::move(summary), std::move(fitted), std::move(adjustment)));
  }

 private:
  ForecasterPointer base_;
};

ForecasterPointer make_plain(EtsTrend trend) {
  EtsOptions options;
  options.form = EtsForm{EtsError::kAdditive, trend, EtsSeason::kNone};
  options.evaluations_max = kEvaluations;
  return make_ets(options);
}

}  // namespace

ForecasterPointer make_fast_ensemble() {
  const ForecasterPointer members = make_ensemble(
      {make_naive(), make_plain(EtsTrend::kNone), make_theta(), make_plain(EtsTrend::kDamped)}, Combination::kMean);
  return make_conformal(std::make_shared<Adjusted>(members), {.windows = 2, .scores_min = 20});
}

}  // namespace streamflow::analytics
