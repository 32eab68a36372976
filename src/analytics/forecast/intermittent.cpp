#include "analytics/forecast/intermittent.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace streamflow::analytics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kGapIntermittent = 1.32;

// Simple exponential smoothing; answers the one-step forecasts and, at the end, the forecast of the next value.
Series smooth(SeriesView values, double alpha) {
  Series out;
  double level = values.empty() ? 0 : values[0];
  for (const double value : values) {
    out.push_back(level);
    level += alpha * (value - level);
  }
  out.push_back(level);
  return out;
}

Series croston(SeriesView series, const IntermittentOptions& options, double correction) {
  Series out;
  double size = 0, gap = 1, since = 1;
  bool begun = false;
  for (const double value : series) {
    out.push_back(begun ? correction * size / gap : kNaN);
    if (value == 0) {
      since += 1;
      continue;
    }
    size = begun ? size + options.size_smoothing * (value - size) : value;
    gap = begun ? gap + options.gap_smoothing * (since - gap) : since;
    since = 1;
    begun = true;
  }
  out.push_back(begun ? correction * size / gap : 0);
  return out;
}

Series teunter(SeriesView series, const IntermittentOptions& options) {
  Series out;
  const auto first = std::find_if(series.begin(), series.end(), [](double value) { return value != 0; });
  double size = first == series.end() ? 0 : *first;
  double probability = series[0] == 0 ? 0 : 1;
  for (const double value : series) {
    out.push_back(size * probability);
    const bool demand = value != 0;
    probability += options.gap_smoothing * ((demand ? 1 : 0) - probability);
    if (demand) { size += options.size_smoothing * (value - size); }
  }
  out.push_back(size * probability);
  return out;
}

// Sums over buckets that end with the series; an incomplete first bucket is left out.
double aggregated(SeriesView series, std::size_t bucket) {
  Series sums;
  for (std::size_t begin = series.size() % bucket; begin < series.size(); begin += bucket) {
    double sum = 0;
    for (std::size_t i = begin; i < begin + bucket; ++i) { sum += series[i]; }
    sums.push_back(sum);
  }
  // The smoothing that would have forecast best, on a grid over the range the papers use.
  double best = std::numeric_limits<double>::infinity();
  double answer = 0;
  for (double alpha = 0.1; alpha < 0.31; alpha += 0.02) {
    const Series fitted = smooth(sums, alpha);
    double loss = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) { loss += (sums[i] - fitted[i]) * (sums[i] - fitted[i]); }
    if (loss < best) {
      best = loss;
      answer = fitted.back();
    }
  }
  return answer / static_cast<double>(bucket);
}

std::size_t widest_bucket(SeriesView series) {
  const double gap = demand_pattern(series).mean_gap;
  return static_cast<std::size_t>(std::clamp(std::round(gap), 1.0, static_cast<double>(series.size())));
}

// The flat forecast aggregation gives, as one-step forecasts that never learn: only their spread is used.
Series aggregation(SeriesView series, bool every_level) {
  const std::size_t widest = widest_bucket(series);
  double forecast = 0;
  const std::size_t first = every_level ? 1 : widest;
  for (std::size_t bucket = first; bucket <= widest; ++bucket) {
    forecast += aggregated(series, bucket) / static_cast<double>(widest - first + 1);
  }
  Series out = smooth(series, 0.1);
  out.back() = forecast;
  return out;
}

class FittedFlat final : public FittedModel {
 public:
  FittedFlat(ModelSummary summary, double level, double deviation, bool positive)
      : FittedModel(std::move(summary)), level_(level), deviation_(deviation), positive_(positive) {}

 protected:
  Forecast extrapolate(std::size_t horizon, std::span<const double> levels) const override {
    Forecast forecast{Series(horizon, level_), {}};
    forecast.intervals = normal_intervals(forecast.mean, Series(horizon, deviation_), levels);
    for (ForecastInterval& interval : forecast.intervals) {
      for (double& lower : interval.lower) { lower = positive_ ? std::max(lower, 0.0) : lower; }
    }
    return forecast;
  }

 private:
  double level_, deviation_;
  bool positive_;
};

class IntermittentDemand final : public Forecaster {
 public:
  IntermittentDemand(Intermittent method, const IntermittentOptions& options) : method_(method), options_(options) {}

  std::string name() const override {
    constexpr const char* kNames[] = {"Croston", "SBA", "TSB", "ADIDA", "IMAPA"};
    return kNames[static_cast<int>(method_)];
  }

 protected:
  Result<FittedModelPointer> fit_checked(SeriesView series, std::size_t) const override {
    const auto inside = [](double smoothing) { return smoothing > 0 && smoothing <= 1; };
    if (!inside(options_.size_smoothing) || !inside(options_.gap_smoothing)) {
      return Error{ErrorCode::kInvalidArgument, name() + ": smoothing must be inside (0, 1]"};
    }
    ModelSummary summary;
    summary.name = name();
    summary.fitted = one_step(series);
    const double level = summary.fitted.back();
    summary.fitted.pop_back();
    summary.residuals = residuals_of(series, summary.fitted);
    summary.parameters = {{"level", level}, {"mean_gap", demand_pattern(series).mean_gap}};
    double squares = 0;
    double count = 0;
    for (const double residual : summary.residuals) {
      if (std::isnan(residual)) { continue; }
      squares += residual * residual;
      count += 1;
    }
    const bool positive = std::all_of(series.begin(), series.end(), [](double value) { return value >= 0; });
    return FittedModelPointer(
        std::make_unique<FittedFlat>(std::move(summary), level, std::sqrt(squares / std::max(count, 1.0)), positive));
  }

 private:
  Series one_step(SeriesView series) const {
    switch (method_) {
      case Intermittent::kCroston: return croston(series, options_, 1);
      case Intermittent::kSyntetosBoylan: return croston(series, options_, 1 - options_.gap_smoothing / 2);
      case Intermittent::kTeunter: return teunter(series, options_);
      case Intermittent::kAdida: return aggregation(series, false);
      case Intermittent::kImapa: return aggregation(series, true);
    }
    return {};
  }

  Intermittent method_;
  IntermittentOptions options_;
};

}  // namespace

DemandPattern demand_pattern(SeriesView series) {
  DemandPattern out;
  double count = 0, sum = 0, squares = 0;
  for (const double value : series) {
    if (value == 0) { continue; }
    count += 1;
    sum += value;
    squares += value * value;
  }
  const auto n = static_cast<double>(series.size());
  out.zero_share = n > 0 ? 1 - count / n : 0;
  out.mean_gap = count > 0 ? n / count : n;
  if (count > 0 && sum != 0) {
    const double mean = sum / count;
    out.squared_variation = std::max(0.0, squares / count - mean * mean) / (mean * mean);
  }
  return out;
}

bool is_intermittent(SeriesView series) {
  return !series.empty() && demand_pattern(series).mean_gap >= kGapIntermittent;
}

ForecasterPointer make_intermittent(Intermittent method, const IntermittentOptions& options) {
  return std::make_shared<IntermittentDemand>(method, options);
}

}  // namespace streamflow::analytics
