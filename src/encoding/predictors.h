// Predictors: the middle part of a codec, from values to residuals that are small when the guess is good.
// Format:     docs/format/segment.md §6. The first residuals repeat a later one, so that they never widen the packing;
//             the parameters make up for it.
// Invariants: undo(residuals_of(v)) == v for every 64-bit pattern; arithmetic modulo 2^64.
// Threads:    pure functions.
#pragma once

#include <cstdint>
#include <span>

#include "encoding/descriptor.h"

namespace streamflow::encoding {

struct PredictorStart {
  std::uint64_t value = 0;  // what comes before the first value; line: what is added to the whole line
  std::uint64_t delta = 0;  // delta of delta: the difference before the first one; line: its slope, in 65536ths
};

// The slope from the first values to the last; 0 when it does not fit 63 bits.
std::uint64_t line_slope(std::span<const std::uint64_t> values);

// `out` has as many entries as `values`. Not for kDeltaPerSeries.
PredictorStart residuals_of(Predictor predictor, std::span<const std::uint64_t> values, std::span<std::uint64_t> out);

// Turns residuals into values in place.
void undo_delta(std::uint64_t before, std::span<std::uint64_t> values);
void undo_delta_of_delta(PredictorStart start, std::span<std::uint64_t> values);

// Delta that starts anew: residuals at `starts` repeat the first that is none; `starts` as in integer_codec.h.
void residuals_per_series(std::span<const std::uint64_t> values, std::span<const std::uint32_t> starts,
                          std::span<std::uint64_t> out);
void undo_per_series(std::span<const std::uint64_t> first_values, std::span<const std::uint32_t> starts,
                     std::span<std::uint64_t> values);

}  // namespace streamflow::encoding
