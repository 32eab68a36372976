// Fits one form of exponential smoothing; the inside of ets.h.
// Threads:    pure.
#pragma once

#include <optional>

#include "analytics/forecast/ets_form.h"

namespace streamflow::analytics {

struct EtsFit {
  EtsForm form;
  EtsParameters parameters;
  EtsState end;  // after the last value
  Series fitted;
  double variance = 0;  // of the errors, relative ones when multiplicative
  double aicc = 0;
};

enum class EtsStarts : std::uint8_t {
  kUsual,  // to choose a form for forecasting
  kAll     // for the best likelihood there is
};

// Nothing when the series is too short for the form's parameters or the likelihood is nowhere finite.
std::optional<EtsFit> fit_ets_form(SeriesView series, std::size_t period, const EtsForm& form,
                                   std::size_t evaluations_max, EtsStarts starts = EtsStarts::kAll);

}  // namespace streamflow::analytics
