#include "analytics/forecast/multi_seasonal.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/decompose/mstl.h"
#include "analytics/forecast/ets.h"

namespace streamflow::analytics {
namespace {

struct Seasons {
  std::vector<Series> last;  // one period each, element 0 belongs to the first step after the series
  bool logarithmic = false;

  double at(std::size_t h) const {
    double sum = 0;
    for (const Series& season : last) { sum += season[h % season.size()]; }
    return sum;
  }
  void restore(Series& values) const {
    for (std::size_t h = 0; h < values.size(); ++h) {
      values[h] += at(h);
      if (logarithmic) { values[h] = std::exp(values[h]); }
    }
  }
};

class FittedMultiSeasonal final : public FittedModel {
 public:
  FittedMultiSeasonal(ModelSummary summary, FittedModelPointer rest, Seasons seasons)
      : FittedModel(std::move(summary)), rest_(std::move(rest)), seasons_(std::move(seasons)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    auto forecast = rest_->predict(horizon, levels);
    if (!forecast.has_value()) { return {Series(horizon, std::nan("")), {}}; }  // predict() makes it an error
    seasons_.restore(forecast->mean);
    for (ForecastInterval& interval : forecast->intervals) {
      seasons_.restore(interval.lower);
      seasons_.restore(interval.upper);
    }
    return std::move(*forecast);
  }

 private:
  FittedModelPointer rest_;
  Seasons seasons_;
};

ForecasterPointer plain_smoothing() {
  EtsOptions options;
  options.period_max = 1;
  return make_ets(options);
}

class MultiSeasonal final : public Forecaster {
 public:
  explicit MultiSeasonal(const MultiSeasonalOptions& options)
      : options_(options), rest_(options.rest ? options.rest : plain_smoothing()) {}
  std::string name() const override {
    return std::string(options_.scale == SeasonScale::kLogarithmic ? "LogMSTL(" : "MSTL(") + rest_->name() + ")";
  }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    std::vector<std::size_t> periods =
        options_.periods.empty() ? usual_periods(series.size(), period) : options_.periods;
    std::erase_if(periods, [&](std::size_t p) { return p < 2 || 2 * p >= series.size(); });
    if (periods.empty()) { return rest_->fit(series, 1); }
    Seasons seasons;
    seasons.logarithmic = options_.scale == SeasonScale::kLogarithmic &&
                          std::all_of(series.begin(), series.end(), [](double value) { return value > 0; });
    Series values(series.begin(), series.end());
    if (seasons.logarithmic) {
      for (double& value : values) { value = std::log(value); }
    }
    MstlOptions options;
    options.periods = periods;
    options.stl = stl_with_jumps(periods.front(), 11);
    SF_TRY(parts, mstl(values, options));
    Series rest = values;
    for (const Series& season : parts.seasons) {
      for (std::size_t i = 0; i < rest.size(); ++i) { rest[i] -= season[i]; }
    }
    for (std::size_t k = 0; k < parts.seasons.size(); ++k) {
      const Series& season = parts.seasons[k];
      seasons.last.emplace_back(season.end() - static_cast<std::ptrdiff_t>(parts.periods[k]), season.end());
    }
    SF_TRY(fitted, rest_->fit(rest, 1));
    ModelSummary summary = summary_of(series, parts, *fitted, seasons.logarithmic);
    return FittedModelPointer(
        std::make_unique<FittedMultiSeasonal>(std::move(summary), std::move(fitted), std::move(seasons)));
  }

 private:
  ModelSummary summary_of(SeriesView series, const MultiDecomposition& parts, const FittedModel& rest,
                          bool logarithmic) const {
    ModelSummary summary = rest.summary();
    std::string text = logarithmic ? "LogMSTL(" : "MSTL(";
    for (const std::size_t period : parts.periods) { text += std::to_string(period) + ", "; }
    summary.name = text + rest.name() + ")";
    summary.aicc.reset();
    for (std::size_t i = 0; i < series.size(); ++i) {
      for (const Series& season : parts.seasons) { summary.fitted[i] += season[i]; }
      if (logarithmic) { summary.fitted[i] = std::exp(summary.fitted[i]); }
    }
    summary.residuals = residuals_of(series, summary.fitted);
    return summary;
  }

  MultiSeasonalOptions options_;
  ForecasterPointer rest_;
};

}  // namespace

std::vector<std::size_t> usual_periods(std::size_t length, std::size_t period) {
  constexpr std::array<std::size_t, 6> kDays{24, 48, 96, 144, 288, 1440};
  std::vector<std::size_t> out;
  if (period > 1) { out.push_back(period); }
  const bool day = std::find(kDays.begin(), kDays.end(), period) != kDays.end();
  if (day && length >= 3 * 7 * period) { out.push_back(7 * period); }
  return out;
}

ForecasterPointer make_multi_seasonal(const MultiSeasonalOptions& options) {
  return std::make_shared<MultiSeasonal>(options);
}

}  // namespace streamflow::analytics
