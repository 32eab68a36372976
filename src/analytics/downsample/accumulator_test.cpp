#include "analytics/downsample/accumulator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/downsample/test_rows.h"

namespace streamflow::analytics {
namespace {

TEST(Accumulator, KeepsFewRowsAndCondensesMany) {
  Random random(fresh_seed());
  const Grid grid = Grid::of_times(0, 1000, 10).value();
  for (int round = 0; round < 200; ++round) {
    const Rows rows = random.rows(static_cast<std::size_t>(random.between(0, 100)), 0, 999, round % 2 == 0);
    std::vector<Accumulator> parts;
    for (std::size_t at = 0; at < rows.size();) {
      const auto end = std::min(rows.size(), at + static_cast<std::size_t>(random.between(1, 30)));
      const Rows part = rows.slice(at, end);
      std::vector<BucketRun> runs;
      grid.split(part.keys, runs);
      const std::span<const double> columns[] = {part.values, part.values};
      if (parts.empty() || random.between(0, 1) == 0) parts.emplace_back(2, 40);
      parts.back().add(grid, runs, part.keys, columns);
      at = end;
    }
    std::shuffle(parts.begin(), parts.end(), random.engine());
    Accumulator merged(2, 40);
    for (const Accumulator& part : parts) merged.merge(grid, part);
    EXPECT_EQ(merged.row_count(), rows.size());
    EXPECT_EQ(merged.exact(), rows.size() <= 40);
    if (merged.exact()) {
      EXPECT_EQ(merged.line(1).size(), rows.size());
      EXPECT_EQ(plain(merged.line(0)), plain(merged.line(1)));
    } else {
      EXPECT_EQ(plain(merged.buckets(1).outline()), plain(buckets_of(grid, rows).outline()));
    }
  }
}

}  // namespace
}  // namespace streamflow::analytics
