// The one convention of all anomaly detectors: values go in as they come, a Score comes out of each.
// Invariants: a score above 1 is anomalous. Each value is scored by what was learnt from earlier ones only, so a
//             history scored in one go gets the scores of the stream, across save() and load() too. A missing or
//             infinite value scores 0 and teaches nothing. For finite input no output is NaN or infinite: values
//             beyond +-1e140 count as that.
// Threads:    an object belongs to one thread.
// Errors:     kInvalidArgument for values of another width than the detector's; kCorrupt when load() is given bytes
//             that this kind of detector, with these options, did not save.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/series.h"
#include "model/result.h"
#include "model/time.h"

namespace streamflow::analytics {

// One view's part in an alarm: which, how strongly (above 1 it alone is an alarm), and the number it looked at.
struct Contribution {
  std::string_view view;
  double score = 0.0;
  double observed = 0.0;
  double usual = 0.0;
};

struct Score {
  double score = 0.0;
  double expected = 0.0;
  double low = 0.0, high = 0.0;             // where the value would have been unremarkable
  bool warm = false;                        // whether enough was learnt; until then the score is 0
  std::vector<Contribution> contributions;  // of alarms only, strongest first
};

class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::string_view name() const = 0;
  virtual std::size_t width() const { return 1; }  // values per update
  Result<Score> update(std::span<const double> values, Timestamp time);
  virtual std::string save() const = 0;
  virtual Status load(std::string_view bytes) = 0;

 protected:
  virtual Score learn(std::span<const double> values, Timestamp time) = 0;
};

// The scores of a whole history, as its stream would have got them. `times` may be empty.
Result<std::vector<Score>> score_history(Detector& detector, SeriesView values, std::span<const Timestamp> times);

// One sentence for people: what was seen, what was usual, which views say so.
std::string explain(const Score& score, double value);

}  // namespace streamflow::analytics
