// Several or long seasons: MSTL takes them out, any model forecasts the rest, each season repeats its last period.
// Source:     Bandara, Hyndman and Bergmeir, MSTL, arXiv:2107.13462 (2021), section 4; logarithms as in section 3 of
//             the same where the season grows with the level. Intervals are the rest's.
// Invariants: without a usable period the model of the rest stands alone.
// Threads:    const.
// Errors:     those of the model of the rest.
#pragma once

#include "analytics/forecast/forecaster.h"

namespace streamflow::analytics {

enum class SeasonScale : std::uint8_t {
  kAdditive,
  kLogarithmic,  // additive in logarithms; additive where a value is not positive
};

struct MultiSeasonalOptions {
  std::vector<std::size_t> periods;  // empty: those of usual_periods()
  ForecasterPointer rest;            // null: exponential smoothing without a season, chosen by AICc
  SeasonScale scale = SeasonScale::kAdditive;
};

ForecasterPointer make_multi_seasonal(const MultiSeasonalOptions& options = {});

// The period, and the longer one people's calendars add to it, where the series holds at least three of it: seven days
// to a period that divides a day into 24, 48, 96, 144, 288 or 1440 steps.
std::vector<std::size_t> usual_periods(std::size_t length, std::size_t period);

}  // namespace streamflow::analytics
