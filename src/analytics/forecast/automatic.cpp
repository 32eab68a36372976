#include "analytics/forecast/automatic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "analytics/decompose/period.h"
#include "analytics/forecast/arima/arima.h"
#include "analytics/forecast/combination.h"
#include "analytics/forecast/ets.h"
#include "analytics/forecast/intermittent.h"
#include "analytics/forecast/metrics.h"
#include "analytics/forecast/multi_seasonal.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/optimised_theta.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 1> kYardstick{80};
constexpr std::size_t kLongPeriod = 24;
constexpr std::size_t kTrainingMin = 8;
constexpr std::size_t kHiddenSeasonLength = 100;
constexpr double kHiddenSeasonStrength = 0.2;
constexpr std::size_t kWindows = 3;
constexpr std::size_t kWindowsLong = 5;  // of a series of so many horizons
constexpr std::size_t kLongLengthInHorizons = 20;
constexpr std::size_t kStridesInSeries = 12;  // windows of a long series spread: calm and wild times both count
constexpr double kShortness = 4;  // intervals of n values claim 1 + 4/n times their width: parameters are estimates too
constexpr double kErrorLeast = 1e-6;  // of a scaled error, so that a perfect candidate has a finite weight

// A model with a period of its own, whatever fit() is told.
class WithPeriod final : public Forecaster {
 public:
  WithPeriod(ForecasterPointer base, std::size_t period) : base_(std::move(base)), period_(period) {}
  std::string name() const override { return base_->name() + "[" + std::to_string(period_) + "]"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    return base_->fit(series, period_);
  }

 private:
  ForecasterPointer base_;
  std::size_t period_;
};

ForecasterPointer log_seasons_with(ForecasterPointer rest) {
  return make_multi_seasonal({.periods = {}, .rest = std::move(rest), .scale = SeasonScale::kLogarithmic});
}

std::vector<ForecasterPointer> long_season_candidates(SeriesView series, std::size_t period) {
  std::vector<ForecasterPointer> out{log_seasons_with(make_arima()),
                                     log_seasons_with(make_optimised_theta(ThetaLine::kDynamic)), make_arima()};
  if (period <= kLongPeriod) { out.push_back(make_ets()); }
  for (const std::size_t longer : usual_periods(series.size(), period)) {
    out.push_back(std::make_shared<WithPeriod>(make_seasonal_naive(), longer));
  }
  return out;
}

// A season nobody named but a long series shows, for example the year in weeks.
void add_hidden_season(SeriesView series, std::vector<ForecasterPointer>& candidates) {
  if (series.size() < kHiddenSeasonLength) { return; }
  const auto periods = detect_periods(series);
  if (!periods.has_value() || periods->empty() || periods->front().strength < kHiddenSeasonStrength) { return; }
  const std::size_t period = periods->front().period;
  candidates.push_back(std::make_shared<WithPeriod>(log_seasons_with(make_arima()), period));
  candidates.push_back(
      std::make_shared<WithPeriod>(log_seasons_with(make_optimised_theta(ThetaLine::kDynamic)), period));
}

struct Window {
  SeriesView training, actual;
  std::vector<std::optional<Forecast>> forecasts;  // one for each candidate
};

class Selection {
 public:
  Selection(SeriesView series, std::size_t period, const AutomaticOptions& options)
      : series_(series), period_(period), options_(options) {
    candidates_ = options.candidates.empty() ? automatic_candidates(series, period) : options.candidates;
    results_.resize(candidates_.size());
    const std::size_t usual = std::clamp<std::size_t>(period, 6, 48);
    horizon_ = std::min(options.horizon > 0 ? options.horizon : usual, kHorizonMax);
    place_windows();
  }

  Result<AutomaticModel> run();

 private:
  void place_windows() {
    const std::size_t n = series_.size();
    const std::size_t usual = n >= kLongLengthInHorizons * horizon_ ? kWindowsLong : kWindows;
    const std::size_t wanted = options_.windows > 0 ? options_.windows : usual;
    const std::size_t stride = std::max({std::size_t{1}, horizon_ / 2, n / kStridesInSeries});
    for (std::size_t w = 0; w < wanted; ++w) {
      const std::size_t back = horizon_ + w * stride;
      if (n < back + std::max(kTrainingMin, n / 3)) { break; }
      const SeriesView training = series_.first(n - back);
      windows_.push_back({training, series_.subspan(n - back, horizon_), {}});
    }
    scale_ = absolute_scale(series_, period_ < series_.size() ? period_ : 1).has_value()
                 ? *absolute_scale(series_, period_ < series_.size() ? period_ : 1)
                 : 1;
  }

  bool out_of_time() const { return options_.out_of_time && options_.out_of_time(); }

  void fit_candidates(std::optional<Error>& first_error) {
    for (std::size_t k = 0; k < candidates_.size(); ++k) {
      results_[k].name = candidates_[k]->name();
      results_[k].error = kNaN;
      if (!members_.empty() && out_of_time()) {
        results_[k].note = "no time was left";
        continue;
      }
      auto fitted = candidates_[k]->fit(series_, period_);
      auto forecast = fitted.has_value() ? (*fitted)->predict(horizon_) : Result<Forecast>(fitted.error());
      if (!forecast.has_value()) {
        results_[k].note = forecast.error().message;
        if (!first_error) { first_error = forecast.error(); }
        continue;
      }
      results_[k].name = (*fitted)->name();
      members_.push_back({k, std::move(*fitted)});
    }
  }

  void validate() {
    for (Window& window : windows_) {
      window.forecasts.resize(candidates_.size());
      for (const Member& member : members_) {
        if (out_of_time()) { return; }
        const auto fitted = candidates_[member.candidate]->fit(window.training, period_);
        if (!fitted.has_value()) { continue; }
        auto forecast = (*fitted)->predict(horizon_, kYardstick);
        if (!forecast.has_value()) { continue; }
        CandidateResult& result = results_[member.candidate];
        double sum = 0;
        for (std::size_t h = 0; h < horizon_; ++h) { sum += std::abs(window.actual[h] - forecast->mean[h]); }
        const double error = sum / static_cast<double>(horizon_) / scale_;
        const auto seen = static_cast<double>(result.windows);
        result.error = result.windows == 0 ? error : (result.error * seen + error) / (seen + 1);
        ++result.windows;
        window.forecasts[member.candidate] = std::move(*forecast);
      }
    }
  }

  // Inverse errors; alike for all where one member lacks a window the others have.
  void weigh() {
    const std::size_t seen = results_[members_.front().candidate].windows;
    const bool comparable = seen > 0 && std::all_of(members_.begin(), members_.end(), [&](const Member& member) {
                              return results_[member.candidate].windows == seen;
                            });
    double total = 0;
    for (const Member& member : members_) {
      CandidateResult& result = results_[member.candidate];
      result.weight = comparable ? 1 / std::max(result.error, kErrorLeast) : 1;
      total += result.weight;
    }
    for (const Member& member : members_) { results_[member.candidate].weight /= total; }
  }

  Calibration calibrate() const {
    Calibration calibration(1 + kShortness / static_cast<double>(series_.size()));
    for (const Window& window : windows_) {
      std::vector<Forecast> forecasts;
      Series weights;
      for (std::size_t k = 0; k < window.forecasts.size(); ++k) {
        if (!window.forecasts[k]) { continue; }
        forecasts.push_back(*window.forecasts[k]);
        weights.push_back(results_[k].weight);
      }
      if (!forecasts.empty()) { calibration.add(combine_forecasts(forecasts, weights), window.actual); }
    }
    return calibration;
  }

  ModelSummary summary() const;
  std::string explain(const std::vector<CandidateResult>& leaderboard) const;

  struct Member {
    std::size_t candidate;
    FittedModelPointer model;
  };
  SeriesView series_;
  std::size_t period_;
  const AutomaticOptions& options_;
  std::vector<ForecasterPointer> candidates_;
  std::vector<CandidateResult> results_;
  std::vector<Member> members_;
  std::vector<Window> windows_;
  std::size_t horizon_ = 1;
  double scale_ = 1;
};

class FittedCombination final : public FittedModel {
 public:
  FittedCombination(ModelSummary summary, std::vector<FittedModelPointer> members, Series weights,
                    Calibration calibration)
      : FittedModel(std::move(summary)),
        members_(std::move(members)),
        weights_(std::move(weights)),
        calibration_(std::move(calibration)) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    std::vector<Forecast> forecasts;
    Series weights;
    for (std::size_t k = 0; k < members_.size(); ++k) {
      auto forecast = members_[k]->predict(horizon, kYardstick);
      if (!forecast.has_value()) { continue; }
      forecasts.push_back(std::move(*forecast));
      weights.push_back(weights_[k]);
    }
    if (forecasts.empty()) { return {Series(horizon, kNaN), {}}; }  // predict() makes it an error
    Forecast out = combine_forecasts(forecasts, weights);
    const ForecastInterval yardstick = std::move(out.intervals.front());
    out.intervals.clear();
    for (const double level : levels) {
      const double factor = calibration_.factor(level, kYardstick[0]);
      ForecastInterval& interval = out.intervals.emplace_back(ForecastInterval{level, {}, {}});
      for (std::size_t h = 0; h < horizon; ++h) {
        interval.lower.push_back(out.mean[h] + factor * (yardstick.lower[h] - out.mean[h]));
        interval.upper.push_back(out.mean[h] + factor * (yardstick.upper[h] - out.mean[h]));
      }
    }
    return out;
  }

 private:
  std::vector<FittedModelPointer> members_;
  Series weights_;
  Calibration calibration_;
};

ModelSummary Selection::summary() const {
  ModelSummary out;
  out.name = "Automatic";
  for (const Member& member : members_) {
    out.parameters.push_back({member.model->name(), results_[member.candidate].weight});
  }
  for (std::size_t i = 0; i < series_.size(); ++i) {
    Series values, weights;
    for (const Member& member : members_) {
      const double fitted = member.model->summary().fitted[i];
      if (std::isnan(fitted)) { continue; }
      values.push_back(fitted);
      weights.push_back(results_[member.candidate].weight);
    }
    out.fitted.push_back(values.empty() ? kNaN : trimmed_weighted_mean(values, weights));
  }
  out.residuals = residuals_of(series_, out.fitted);
  return out;
}

std::string Selection::explain(const std::vector<CandidateResult>& leaderboard) const {
  std::string text = std::to_string(candidates_.size()) + " candidates for " + std::to_string(series_.size()) +
                     " values" + (period_ > 1 ? " with a period of " + std::to_string(period_) : "") +
                     (is_intermittent(series_) ? " whose demand comes now and then" : "") + ". ";
  if (leaderboard.front().windows == 0) {
    return text + "The series is too short to try them on its past: all that fit count alike.";
  }
  char error[32];
  std::snprintf(error, sizeof(error), "%.3f", leaderboard.front().error);
  text += "Tried on " + std::to_string(leaderboard.front().windows) + " past windows of " + std::to_string(horizon_) +
          " steps, best was " + leaderboard.front().name + " with a scaled error of " + error +
          ". The forecast is their mean, weighted by inverse error" +
          (members_.size() >= 5 ? ", without the highest and the lowest at each step." : ".");
  return text;
}

Result<AutomaticModel> Selection::run() {
  std::optional<Error> first_error;
  fit_candidates(first_error);
  if (members_.empty()) {
    return first_error.value_or(Error{ErrorCode::kInvalidArgument, "automatic forecast: there are no candidates"});
  }
  validate();
  weigh();
  AutomaticModel out;
  out.leaderboard = results_;
  std::stable_sort(out.leaderboard.begin(), out.leaderboard.end(), [](const auto& a, const auto& b) {
    if ((a.weight > 0) != (b.weight > 0)) { return a.weight > 0; }
    return !std::isnan(a.error) && (std::isnan(b.error) || a.error < b.error);
  });
  out.explanation = explain(out.leaderboard);
  ModelSummary described = summary();
  std::vector<FittedModelPointer> models;
  Series weights;
  Calibration calibration = calibrate();
  for (Member& member : members_) {
    models.push_back(std::move(member.model));
    weights.push_back(results_[member.candidate].weight);
  }
  out.model = std::make_unique<FittedCombination>(std::move(described), std::move(models), std::move(weights),
                                                  std::move(calibration));
  return out;
}

class Automatic final : public Forecaster {
 public:
  explicit Automatic(AutomaticOptions options) : options_(std::move(options)) {}
  std::string name() const override { return "Automatic"; }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    SF_TRY(fitted, fit_automatic(series, period, options_));
    return std::move(fitted.model);
  }

 private:
  AutomaticOptions options_;
};

}  // namespace

std::vector<ForecasterPointer> automatic_candidates(SeriesView series, std::size_t period) {
  if (is_intermittent(series)) {
    return {make_intermittent(Intermittent::kSyntetosBoylan), make_intermittent(Intermittent::kTeunter),
            make_intermittent(Intermittent::kImapa), make_intermittent(Intermittent::kCroston), make_historic_mean()};
  }
  const bool seasonal = period > 1 && series.size() > 2 * period;
  if (seasonal && period >= kLongPeriod) { return long_season_candidates(series, period); }
  std::vector<ForecasterPointer> out{make_theta(),
                                     make_optimised_theta(ThetaLine::kDynamic),
                                     make_optimised_theta(ThetaLine::kFixed),
                                     make_ets(),
                                     make_arima(),
                                     make_seasonal_naive()};
  if (seasonal) {
    out.push_back(log_seasons_with(make_arima()));
    out.push_back(make_multi_seasonal({.periods = {}, .rest = make_optimised_theta(ThetaLine::kDynamic)}));
  } else if (period <= 1) {
    add_hidden_season(series, out);
  }
  return out;
}

Result<AutomaticModel> fit_automatic(SeriesView series, std::size_t period, const AutomaticOptions& options) {
  SF_CHECK(check_series(series, 1, "automatic forecast"));
  return Selection(series, std::max<std::size_t>(period, 1), options).run();
}

ForecasterPointer make_automatic(const AutomaticOptions& options) {
  return std::make_shared<Automatic>(options);
}

}  // namespace streamflow::analytics
