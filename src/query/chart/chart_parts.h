// ChartPart: the accumulators of a chart's series as one thread fills them, and how threads' parts become one.
// Invariants: at most series_max series, those whose names come first; which ones does not depend on the order of rows.
// Threads:    a part belongs to one thread; ChartPlan is immutable.
// Errors:     none.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analytics/downsample/accumulator.h"
#include "analytics/downsample/lttb.h"

namespace streamflow::query {

struct ChartPlan {
  analytics::Grid grid;
  analytics::XKind kind = analytics::XKind::kTime;
  std::size_t column_count = 1;
  std::size_t exact_rows_max = 0;
  std::size_t series_max = 1;
  bool split = false;
  bool find_ends = false;  // of the rows: key_min() and key_max() are wanted
};

using SeriesName = std::optional<std::string>;  // nullopt: NULL, or the only series

// Rows whose x is valid. `series` says for each row which of `names` it belongs to; empty when all are of names[0].
struct ChartRows {
  std::span<const analytics::XKey> keys;
  std::vector<std::span<const double>> columns;
  std::span<const std::uint32_t> series;
  std::vector<SeriesName> names;
};

class ChartPart {
 public:
  explicit ChartPart(const ChartPlan& plan) : plan_(&plan) {}  // which outlives the part

  void add(const ChartRows& rows);
  void merge(const ChartPart& other);

  std::uint64_t row_count() const { return row_count_; }
  analytics::XKey key_min() const { return key_min_; }
  analytics::XKey key_max() const { return key_max_; }
  const std::map<SeriesName, analytics::Accumulator>& series() const { return series_; }
  const std::set<std::string>& left_out() const { return left_out_; }
  bool exact() const;  // every series still has its rows

 private:
  static constexpr std::size_t kLeftOutMax = 1'000;

  analytics::Accumulator* series_named(const SeriesName& name);  // null when there are others before it
  void leave_out(const SeriesName& name);
  void add_segment(const ChartRows& rows, std::size_t begin, std::size_t end, analytics::Accumulator* accumulator);
  void add_sorted_by_series(const ChartRows& rows);

  const ChartPlan* plan_;
  std::map<SeriesName, analytics::Accumulator> series_;
  std::set<std::string> left_out_;
  std::uint64_t row_count_ = 0;
  analytics::XKey key_min_ = std::numeric_limits<analytics::XKey>::max();
  analytics::XKey key_max_ = std::numeric_limits<analytics::XKey>::min();
  std::vector<analytics::BucketRun> runs_;  // reused
};

}  // namespace streamflow::query
