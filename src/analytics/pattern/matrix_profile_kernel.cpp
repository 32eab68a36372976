// Compiled once per instruction set by Highway's foreach_target; the part below HWY_ONCE is compiled once.
#include "analytics/pattern/matrix_profile_kernel.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analytics/pattern/matrix_profile_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace streamflow::analytics {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::CappedTag<double, 8>;
using IndexLanes = hn::RebindToSigned<Lanes>;
using Vector = hn::Vec<Lanes>;

constexpr std::size_t kVectors = 4;  // independent chains of updates: hides the latency of two fused multiply-adds

// Rows [begin, end) of the diagonals first to first + kVectors * lanes, all of which exist there.
struct RowBlock {
  std::size_t first;
  std::size_t begin;
  std::size_t end;
};

HWY_NOINLINE void improve_row(std::size_t row, std::size_t column, const Vector* correlations, BestNeighbours& best) {
  const Lanes lanes;
  const std::size_t width = hn::Lanes(lanes);
  alignas(64) double values[8];
  for (std::size_t vector = 0; vector < kVectors; ++vector) {
    hn::Store(correlations[vector], lanes, values);
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (values[lane] > best.right_correlation[row]) {
        best.right_correlation[row] = values[lane];
        best.right_index[row] = static_cast<std::int64_t>(column + vector * width + lane);
      }
    }
  }
}

HWY_INLINE void improve_columns(std::size_t row, std::size_t column, Vector correlation, Vector previous,
                                BestNeighbours& best) {
  const Lanes lanes;
  const IndexLanes index_lanes;
  const auto better = hn::Gt(correlation, previous);
  hn::StoreU(hn::Max(correlation, previous), lanes, best.left_correlation.data() + column);
  std::int64_t* const indices = best.left_index.data() + column;
  const auto chosen =
      hn::IfThenElse(hn::RebindMask(index_lanes, better), hn::Set(index_lanes, static_cast<std::int64_t>(row)),
                     hn::LoadU(index_lanes, indices));
  hn::StoreU(chosen, index_lanes, indices);
}

template <bool kHasOffsets>
void compare_rows(const WindowStatistics& statistics, RowBlock block, BestNeighbours& best) {
  const Lanes lanes;
  const std::size_t width = hn::Lanes(lanes);
  alignas(64) double start[8 * kVectors];
  for (std::size_t lane = 0; lane < width * kVectors; ++lane) {
    start[lane] = statistics.covariance(block.begin, block.begin + block.first + lane);
  }
  Vector covariance[kVectors];
  for (std::size_t vector = 0; vector < kVectors; ++vector) {
    covariance[vector] = hn::Load(lanes, start + vector * width);
  }
  for (std::size_t row = block.begin; row < block.end; ++row) {
    const std::size_t column = row + block.first;
    if (row != block.begin) {
      const Vector row_df = hn::Set(lanes, statistics.df[row]);
      const Vector row_dg = hn::Set(lanes, statistics.dg[row]);
      for (std::size_t vector = 0; vector < kVectors; ++vector) {
        const std::size_t at = column + vector * width;
        covariance[vector] = hn::MulAdd(row_df, hn::LoadU(lanes, &statistics.dg[at]), covariance[vector]);
        covariance[vector] = hn::MulAdd(row_dg, hn::LoadU(lanes, &statistics.df[at]), covariance[vector]);
      }
    }
    const Vector row_norm = hn::Set(lanes, statistics.inverse_norm[row]);
    Vector correlation[kVectors];
    Vector row_best = hn::Set(lanes, best.right_correlation[row]);
    const Vector row_previous = row_best;
    for (std::size_t vector = 0; vector < kVectors; ++vector) {
      const std::size_t at = column + vector * width;
      const Vector scale = hn::Mul(row_norm, hn::LoadU(lanes, &statistics.inverse_norm[at]));
      correlation[vector] = hn::Mul(covariance[vector], scale);
      if constexpr (kHasOffsets) {
        const Vector offset = hn::Add(hn::Set(lanes, statistics.offset[row]), hn::LoadU(lanes, &statistics.offset[at]));
        correlation[vector] = hn::Add(correlation[vector], offset);
      }
      row_best = hn::Max(row_best, correlation[vector]);
      const Vector previous = hn::LoadU(lanes, &best.left_correlation[at]);
      if (HWY_UNLIKELY(!hn::AllFalse(lanes, hn::Gt(correlation[vector], previous)))) {
        improve_columns(row, at, correlation[vector], previous, best);
      }
    }
    if (HWY_UNLIKELY(!hn::AllFalse(lanes, hn::Gt(row_best, row_previous)))) {
      improve_row(row, column, correlation, best);
    }
  }
}

// Returns how many diagonals one call treats.
std::size_t compare_block(const WindowStatistics& statistics, std::size_t first, std::size_t begin, std::size_t end,
                          BestNeighbours& best) {
  if (statistics.has_offsets) {
    compare_rows<true>(statistics, {first, begin, end}, best);
  } else {
    compare_rows<false>(statistics, {first, begin, end}, best);
  }
  return hn::Lanes(Lanes()) * kVectors;
}

}  // namespace HWY_NAMESPACE
}  // namespace streamflow::analytics
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace streamflow::analytics {
namespace {

constexpr std::size_t kBlockRows = 1024;  // the arrays of a block stay in the first-level cache

HWY_EXPORT(compare_block);

void compare_diagonal(const WindowStatistics& statistics, std::size_t diagonal, std::size_t begin,
                      BestNeighbours& best) {
  const std::size_t end = statistics.count() - diagonal;
  double covariance = 0.0;
  for (std::size_t row = begin; row < end; ++row) {
    const std::size_t column = row + diagonal;
    covariance = (row - begin) % kBlockRows == 0 ? statistics.covariance(row, column)
                                                 : covariance + statistics.df[row] * statistics.dg[column] +
                                                       statistics.df[column] * statistics.dg[row];
    const double correlation = statistics.correlation(covariance, row, column);
    if (correlation > best.right_correlation[row]) {
      best.right_correlation[row] = correlation;
      best.right_index[row] = static_cast<std::int64_t>(column);
    }
    if (correlation > best.left_correlation[column]) {
      best.left_correlation[column] = correlation;
      best.left_index[column] = static_cast<std::int64_t>(row);
    }
  }
}

}  // namespace

BestNeighbours::BestNeighbours(std::size_t windows)
    : right_correlation(windows, -std::numeric_limits<double>::infinity()),
      right_index(windows, -1),
      left_correlation(windows, -std::numeric_limits<double>::infinity()),
      left_index(windows, -1) {}

void compare_band(const WindowStatistics& statistics, std::size_t first, BestNeighbours& best) {
  const std::size_t count = statistics.count();
  const std::size_t last = std::min(first + kBandDiagonals, count);
  // Rows in which every diagonal of the band exists; the ragged rest goes one diagonal at a time.
  const std::size_t full_rows = first + kBandDiagonals <= count ? count - first - kBandDiagonals + 1 : 0;
  for (std::size_t begin = 0; begin < full_rows; begin += kBlockRows) {
    const std::size_t end = std::min(begin + kBlockRows, full_rows);
    for (std::size_t diagonal = first; diagonal < last;) {
      diagonal += HWY_DYNAMIC_DISPATCH(compare_block)(statistics, diagonal, begin, end, best);
    }
  }
  for (std::size_t diagonal = first; diagonal < last; ++diagonal) {
    compare_diagonal(statistics, diagonal, full_rows, best);
  }
}

}  // namespace streamflow::analytics
#endif  // HWY_ONCE
