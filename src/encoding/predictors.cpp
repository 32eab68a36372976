#include "encoding/predictors.h"

#include <algorithm>
#include <cmath>

#include "encoding/kernels.h"

namespace streamflow::encoding {

std::uint64_t line_slope(std::span<const std::uint64_t> values) {
  constexpr std::size_t kEnds = 32;  // averaged, so that noise of single values does not tilt it
  constexpr std::int64_t kRiseMax = std::int64_t{1} << 46U;  // slope * i stays below 2^63
  if (values.size() < 2) { return 0; }
  const std::size_t ends = std::clamp<std::size_t>(values.size() / 4, 1, kEnds);
  const std::size_t distance = values.size() - ends;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < ends; ++i) {
    const auto rise = static_cast<std::int64_t>(values[distance + i] - values[i]);
    if (rise > kRiseMax || rise < -kRiseMax) { return 0; }
    sum += rise;
  }
  const double slope = static_cast<double>(sum) * 65536 / static_cast<double>(ends * distance);
  return static_cast<std::uint64_t>(std::llround(slope));
}

PredictorStart residuals_of(Predictor predictor, std::span<const std::uint64_t> values, std::span<std::uint64_t> out) {
  const std::size_t count = values.size();
  if (predictor == Predictor::kNone || count == 0) {
    std::copy(values.begin(), values.end(), out.begin());
    return {};
  }
  if (predictor == Predictor::kDelta) {
    for (std::size_t i = 1; i < count; ++i) { out[i] = values[i] - values[i - 1]; }
    out[0] = count > 1 ? out[1] : 0;
    return {.value = values[0] - out[0]};
  }
  if (predictor == Predictor::kLine) {
    const PredictorStart start{.value = values[0], .delta = line_slope(values)};
    for (std::size_t i = 0; i < count; ++i) { out[i] = values[i] - start.value - line_at(start.delta, i); }
    return start;
  }
  for (std::size_t i = 2; i < count; ++i) { out[i] = values[i] - 2 * values[i - 1] + values[i - 2]; }
  const std::uint64_t filler = count > 2 ? out[2] : 0;
  const std::uint64_t delta = (count > 1 ? values[1] - values[0] : filler) - filler;  // of the first value
  out[0] = filler;
  if (count > 1) { out[1] = filler; }
  return {.value = values[0] - delta, .delta = delta - filler};
}

void undo_delta(std::uint64_t before, std::span<std::uint64_t> values) {
  kernels().undo_delta(before, values);
}

void undo_delta_of_delta(PredictorStart start, std::span<std::uint64_t> values) {
  kernels().undo_delta(start.delta, values);
  kernels().undo_delta(start.value, values);
}

void residuals_per_series(std::span<const std::uint64_t> values, std::span<const std::uint32_t> starts,
                          std::span<std::uint64_t> out) {
  for (std::size_t i = 1; i < values.size(); ++i) { out[i] = values[i] - values[i - 1]; }
  std::size_t regular = 0;  // the first position that is no start
  while (regular < starts.size() && starts[regular] == regular) { ++regular; }
  const std::uint64_t filler = regular < values.size() ? out[regular] : 0;
  for (const std::uint32_t start : starts) { out[start] = filler; }
}

void undo_per_series(std::span<const std::uint64_t> first_values, std::span<const std::uint32_t> starts,
                     std::span<std::uint64_t> values) {
  for (std::size_t s = 0; s < starts.size(); ++s) {
    const std::size_t end = s + 1 < starts.size() ? starts[s + 1] : values.size();
    const std::span<std::uint64_t> series = values.subspan(starts[s], end - starts[s]);
    series[0] = first_values[s];
    undo_delta(series[0], series.subspan(1));
  }
}

}  // namespace streamflow::encoding
