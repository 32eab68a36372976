#include "analytics/forecast/conformal.h"

#include <algorithm>
#include <cmath>

namespace streamflow::analytics {
namespace {

constexpr double kYardstick = 80;  // the level whose half-width measures errors

double half_width(const ForecastInterval& interval, std::size_t h) {
  return 0.5 * (interval.upper[h] - interval.lower[h]);
}

class FittedConformal final : public FittedModel {
 public:
  FittedConformal(ModelSummary summary, FittedModelPointer fitted, ForecasterPointer base, SeriesView series,
                  std::size_t period, const ConformalOptions& options)
      : FittedModel(std::move(summary)),
        fitted_(std::move(fitted)),
        base_(std::move(base)),
        series_(series.begin(), series.end()),
        period_(period),
        options_(options) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    std::vector<double> wanted(levels.begin(), levels.end());
    wanted.push_back(kYardstick);
    auto own = fitted_->predict(horizon, wanted);
    if (!own.has_value()) { return {Series(horizon, std::nan("")), {}}; }  // predict() makes it an error
    const ForecastInterval yardstick = std::move(own->intervals.back());
    own->intervals.pop_back();
    if (levels.empty()) { return std::move(*own); }
    const Series scores = pooled_scores(horizon);
    if (scores.size() < options_.scores_min) { return std::move(*own); }
    for (ForecastInterval& interval : own->intervals) {
      const double factor = score_quantile(scores, interval.level / 100);
      for (std::size_t h = 0; h < horizon; ++h) {
        interval.lower[h] = own->mean[h] - factor * half_width(yardstick, h);
        interval.upper[h] = own->mean[h] + factor * half_width(yardstick, h);
      }
    }
    return std::move(*own);
  }

 private:
  // Ordered errors over claimed half-widths, of forecasts from earlier origins.
  Series pooled_scores(std::size_t horizon) const {
    Series scores;
    const std::size_t n = series_.size();
    const std::size_t reach = std::min(horizon, std::max<std::size_t>(n / 4, 1));
    const std::size_t room = n / 2 > reach ? n / 2 - reach : 0;
    for (std::size_t window = 0; window < options_.windows; ++window) {
      const std::size_t origin = n - std::min(n, reach + window * room / std::max<std::size_t>(options_.windows, 1));
      const auto model = base_->fit(SeriesView(series_).first(origin), period_);
      if (!model.has_value()) { continue; }
      const double level[] = {kYardstick};
      const auto forecast = (*model)->predict(std::min(reach, n - origin), level);
      if (!forecast.has_value()) { continue; }
      for (std::size_t h = 0; h < forecast->mean.size(); ++h) {
        const double width = half_width(forecast->intervals[0], h);
        if (width > 0) { scores.push_back(std::abs(series_[origin + h] - forecast->mean[h]) / width); }
      }
    }
    std::sort(scores.begin(), scores.end());
    return scores;
  }

  static double score_quantile(const Series& scores, double level) {
    const auto rank = static_cast<std::size_t>(std::ceil((static_cast<double>(scores.size()) + 1) * level));
    return scores[std::clamp<std::size_t>(rank, 1, scores.size()) - 1];
  }

  FittedModelPointer fitted_;
  ForecasterPointer base_;
  Series series_;
  std::size_t period_;
  ConformalOptions options_;
};

class Conformal final : public Forecaster {
 public:
  Conformal(ForecasterPointer base, const ConformalOptions& options) : base_(std::move(base)), options_(options) {}
  std::string name() const override { return "Conformal(" + base_->name() + ")"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SF_TRY(fitted, base_->fit(series, period));
    ModelSummary summary = fitted->summary();
    summary.name = "Conformal(" + summary.name + ")";
    return FittedModelPointer(
        std::make_unique<FittedConformal>(std::move(summary), std::move(fitted), base_, series, period, options_));
  }

 private:
  ForecasterPointer base_;
  ConformalOptions options_;
};

}  // namespace

ForecasterPointer make_conformal(ForecasterPointer base, const ConformalOptions& options) {
  return std::make_shared<Conformal>(std::move(base), options);
}

}  // namespace streamflow::analytics
