// Tests for a unit root: augmented Dickey-Fuller and Phillips-Perron (null: a unit root), KPSS (null: stationary).
// Source:     Said and Dickey (Biometrika 71, 1984); Phillips and Perron (Biometrika 75, 1988); Kwiatkowski, Phillips,
//             Schmidt and Shin (Journal of Econometrics 54, 1992); p-values by MacKinnon (Journal of Business and
//             Economic Statistics 12, 1994), of KPSS from its table; automatic lags of KPSS by Hobijn, Franses and
//             Ooms (Statistica Neerlandica 58, 2004).
// Threads:    pure.
// Errors:     kInvalidArgument for series too short, with missing or infinite values, or constant.
#pragma once

#include <optional>

#include "analytics/series.h"
#include "model/result.h"

namespace streamflow::analytics {

enum class Deterministic : std::uint8_t { kNone, kConstant, kTrend, kQuadraticTrend };

struct UnitRootTest {
  double statistic = 0;
  double p_value = 0;
  std::size_t lags = 0;
  std::size_t observations = 0;  // rows of the regression
};

struct DickeyFullerOptions {
  Deterministic deterministic = Deterministic::kConstant;
  std::optional<std::size_t> lags_max;  // otherwise ceil(12 (n/100)^(1/4)), less where the series is short
  bool choose_lags = true;              // up to lags_max by AIC; otherwise exactly lags_max
};
Result<UnitRootTest> augmented_dickey_fuller(SeriesView series, const DickeyFullerOptions& options = {});

struct PhillipsPerronOptions {
  Deterministic deterministic = Deterministic::kConstant;
  std::optional<std::size_t> lags;  // otherwise ceil(12 (n/100)^(1/4))
};
// The statistic Z-tau.
Result<UnitRootTest> phillips_perron(SeriesView series, const PhillipsPerronOptions& options = {});

enum class KpssLags : std::uint8_t { kAutomatic, kLegacy };  // Hobijn's rule; ceil(12 (n/100)^(1/4))
struct KpssOptions {
  Deterministic deterministic = Deterministic::kConstant;  // or kTrend
  KpssLags rule = KpssLags::kAutomatic;
  std::optional<std::size_t> lags;  // instead of the rule
};
// The p-value is clipped to the table's [0.01, 0.10].
Result<UnitRootTest> kpss(SeriesView series, const KpssOptions& options = {});

}  // namespace streamflow::analytics
