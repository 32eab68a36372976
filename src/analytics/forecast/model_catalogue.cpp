#include <algorithm>
#include <cctype>

#include "analytics/forecast/arima/arima.h"
#include "analytics/forecast/automatic.h"
#include "analytics/forecast/complex_smoothing.h"
#include "analytics/forecast/ets.h"
#include "analytics/forecast/fleet.h"
#include "analytics/forecast/forecast_request.h"
#include "analytics/forecast/garch.h"
#include "analytics/forecast/intermittent.h"
#include "analytics/forecast/multi_seasonal.h"
#include "analytics/forecast/naive.h"
#include "analytics/forecast/optimised_theta.h"
#include "analytics/forecast/prophet.h"
#include "analytics/forecast/theta.h"

namespace streamflow::analytics {
namespace {

using Make = ForecasterPointer (*)(std::size_t horizon);

struct Entry {
  ModelDescription description;
  Make make;
};

ForecasterPointer make_form(EtsTrend trend, EtsSeason season) {
  EtsOptions options;
  options.form = EtsForm{EtsError::kAdditive, trend, season};
  return make_ets(options);
}

template <Intermittent kMethod>
ForecasterPointer make_lumpy(std::size_t) {
  return make_intermittent(kMethod);
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> kEntries{
      {{"auto", "candidates judged on the series' own past, combined and calibrated"},
       [](std::size_t horizon) {
         return make_automatic({.horizon = horizon, .windows = 0, .candidates = {}, .out_of_time = {}});
       }},
      {{"fast", "seasonally adjusted naive, smoothing, Theta and damped trend, averaged: for fleets"},
       [](std::size_t) { return make_fast_ensemble(); }},
      {{"naive", "the last value"}, [](std::size_t) { return make_naive(); }},
      {{"seasonal_naive", "the last season"}, [](std::size_t) { return make_seasonal_naive(); }},
      {{"drift", "the last value and the mean slope"}, [](std::size_t) { return make_drift(); }},
      {{"mean", "the mean of all values"}, [](std::size_t) { return make_historic_mean(); }},
      {{"ses", "simple exponential smoothing"},
       [](std::size_t) { return make_form(EtsTrend::kNone, EtsSeason::kNone); }},
      {{"holt", "exponential smoothing with a trend"},
       [](std::size_t) { return make_form(EtsTrend::kAdditive, EtsSeason::kNone); }},
      {{"holt_winters", "exponential smoothing with a trend and an additive season"},
       [](std::size_t) { return make_form(EtsTrend::kAdditive, EtsSeason::kAdditive); }},
      {{"ets", "exponential smoothing, its form chosen by AICc"}, [](std::size_t) { return make_ets(); }},
      {{"ces", "complex exponential smoothing"}, [](std::size_t) { return make_complex_smoothing(); }},
      {{"theta", "the standard Theta method"}, [](std::size_t) { return make_theta(); }},
      {{"otm", "Theta with its line and smoothing optimised"},
       [](std::size_t) { return make_optimised_theta(ThetaLine::kFixed); }},
      {{"dotm", "the same with a line refitted at each step"},
       [](std::size_t) { return make_optimised_theta(ThetaLine::kDynamic); }},
      {{"arima", "seasonal ARIMA, its order chosen by AICc"}, [](std::size_t) { return make_arima(); }},
      {{"fourier_arima", "ARIMA errors around Fourier terms: long seasons"},
       [](std::size_t) { return make_fourier_arima(); }},
      {{"mstl", "several seasons taken out by STL, exponential smoothing of the rest"},
       [](std::size_t) { return make_multi_seasonal(); }},
      {{"prophet", "straight pieces of trend and Fourier seasons, as Prophet has them"},
       [](std::size_t) { return make_prophet(); }},
      {{"garch", "a flat mean and GARCH(1,1) volatility"}, [](std::size_t) { return make_garch(); }},
      {{"croston", "demand that comes now and then"}, make_lumpy<Intermittent::kCroston>},
      {{"sba", "Croston's method without its bias"}, make_lumpy<Intermittent::kSyntetosBoylan>},
      {{"tsb", "Croston's method for demand that dies out"}, make_lumpy<Intermittent::kTeunter>},
      {{"adida", "sums over the mean gap, smoothed"}, make_lumpy<Intermittent::kAdida>},
      {{"imapa", "the same over several spans, averaged"}, make_lumpy<Intermittent::kImapa>}};
  return kEntries;
}

std::string lower(std::string text) {
  for (char& c : text) { c = static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }
  return text;
}

}  // namespace

const std::vector<ModelDescription>& model_catalogue() {
  static const std::vector<ModelDescription> kDescriptions = [] {
    std::vector<ModelDescription> out;
    for (const Entry& entry : entries()) { out.push_back(entry.description); }
    return out;
  }();
  return kDescriptions;
}

Result<ForecasterPointer> make_model(const std::string& name, std::size_t horizon) {
  const std::string wanted = lower(name);
  std::string names;
  for (const Entry& entry : entries()) {
    if (entry.description.name == wanted) { return entry.make(horizon); }
    names += (names.empty() ? "" : ", ") + entry.description.name;
  }
  return Error{ErrorCode::kInvalidArgument, "forecast: there is no model '" + name + "'; there are " + names};
}

}  // namespace streamflow::analytics
