// Finds what is wrong with a recorded series: times out of order or doubled, gaps, sensors that stick, spikes, and
// codes that stand for "no value". Invariants: reads only; each defect names the rows it concerns, half-open, and is
// reported once. Rows are judged in
//             the order given. O(n log n).
// Threads:    pure functions.
// Errors:     kInvalidArgument when times and values differ in number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"
#include "model/time.h"

namespace streamflow::analytics {

enum class DefectKind : std::uint8_t {
  kMissing,     // NaN or infinite
  kGap,         // `begin` is the row after the gap; measure: steps missing
  kDuplicate,   // the time of an earlier row again
  kOutOfOrder,  // earlier than a row before it
  kStuck,       // equal values in a row, longer than chance allows; measure: the value
  kSpike,       // at most 3 rows far from their surroundings, which then go on as before; measure: distance in MADs
  kSentinel     // one value, repeated, far outside all others; measure: the value
};

struct Defect {
  DefectKind kind = DefectKind::kMissing;
  std::size_t begin = 0;
  std::size_t end = 0;
  double measure = 0.0;
};

// In order of `begin`.
Result<std::vector<Defect>> find_defects(std::span<const Timestamp> times, SeriesView values);
// The most frequent distance between neighbouring times; zero when there are not two.
Duration usual_step(std::span<const Timestamp> times);

}  // namespace streamflow::analytics
