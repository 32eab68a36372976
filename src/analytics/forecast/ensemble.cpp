#include "analytics/forecast/ensemble.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/statistics/robust.h"

namespace streamflow::analytics {
namespace {

using Members = std::vector<FittedModelPointer>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double combine(const Series& values, Combination combination) {
  return combination == Combination::kMean ? trimmed_mean(values, 0) : median(values);
}

// Step by step over lists of equal length.
Series combine_lists(const std::vector<const Series*>& lists, Combination combination) {
  Series out(lists.front()->size());
  Series values(lists.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    for (std::size_t k = 0; k < lists.size(); ++k) { values[k] = (*lists[k])[i]; }
    out[i] = combine(values, combination);
  }
  return out;
}

class FittedEnsemble final : public FittedModel {
 public:
  FittedEnsemble(ModelSummary summary, Members members, Combination combination)
      : FittedModel(std::move(summary)), members_(std::move(members)), combination_(combination) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    std::vector<Forecast> forecasts;
    for (const FittedModelPointer& member : members_) {
      auto forecast = member->predict(horizon, levels);
      if (forecast.has_value()) { forecasts.push_back(std::move(*forecast)); }
    }
    // predict() turns a forecast that is no number into an error.
    if (forecasts.empty()) { return {Series(horizon, kNaN), {}}; }
    const auto combined = [&](const auto& list_of) {
      std::vector<const Series*> lists;
      lists.reserve(forecasts.size());
      for (const Forecast& forecast : forecasts) { lists.push_back(&list_of(forecast)); }
      return combine_lists(lists, combination_);
    };
    Forecast out;
    out.mean = combined([](const Forecast& forecast) -> const Series& { return forecast.mean; });
    for (std::size_t k = 0; k < levels.size(); ++k) {
      out.intervals.push_back(
          {levels[k], combined([&](const Forecast& forecast) -> const Series& { return forecast.intervals[k].lower; }),
           combined([&](const Forecast& forecast) -> const Series& { return forecast.intervals[k].upper; })});
    }
    return out;
  }

 private:
  Members members_;
  Combination combination_;
};

class Ensemble final : public Forecaster {
 public:
  Ensemble(std::vector<ForecasterPointer> members, Combination combination)
      : members_(std::move(members)), combination_(combination) {}

  std::string name() const override {
    std::string text = combination_ == Combination::kMean ? "Mean(" : "Median(";
    for (std::size_t k = 0; k < members_.size(); ++k) { text += (k == 0 ? "" : ", ") + members_[k]->name(); }
    return text + ")";
  }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t period) const override {
    Members fitted;
    std::optional<Error> first_error;
    for (const ForecasterPointer& member : members_) {
      auto model = member->fit(series, period);
      if (model.has_value()) {
        fitted.push_back(std::move(*model));
      } else if (!first_error) {
        first_error = model.error();
      }
    }
    if (fitted.empty()) {
      return first_error.value_or(Error{ErrorCode::kInvalidArgument, "ensemble: it has no members"});
    }
    ModelSummary summary;
    summary.name = name();
    std::vector<const Series*> lists;
    for (const FittedModelPointer& model : fitted) {
      lists.push_back(&model->summary().fitted);
      summary.parameters.push_back({model->name(), 1 / static_cast<double>(fitted.size())});
    }
    summary.fitted = combine_lists(lists, combination_);
    summary.residuals = residuals_of(series, summary.fitted);
    return FittedModelPointer(std::make_unique<FittedEnsemble>(std::move(summary), std::move(fitted), combination_));
  }

 private:
  std::vector<ForecasterPointer> members_;
  Combination combination_;
};

}  // namespace

ForecasterPointer make_ensemble(std::vector<ForecasterPointer> members, Combination combination) {
  return std::make_shared<Ensemble>(std::move(members), combination);
}

}  // namespace streamflow::analytics
