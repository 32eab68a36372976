// Reads one block of numbers and keeps only what was asked for: an aggregate, or which rows lie in a range. The values
// go no further than a scratch buffer in the nearest cache; NULLs are skipped, not spread over their rows.
// Format:     docs/format/segment.md §5, as decode_column_block.
// Invariants: equal to decoding and looping; integers exactly. The order is the column's: signed, unsigned, or for
//             doubles the one in which NaN equals itself and exceeds all numbers; a zero is answered as +0.0, a NaN as
//             0x7ff8000000000000. A float sum is eight running sums, value i (NULLs not counted) going to sum i % 8,
//             added up as ((0+4)+(2+6))+((1+5)+(3+7)): the same bits on every machine.
// Threads:    an object belongs to one thread (it keeps scratch memory).
// Errors:     those of decode_column_block; kInvalidArgument for strings.
#pragma once

#include <cstdint>
#include <vector>

#include "encoding/column_block.h"
#include "model/result.h"

namespace streamflow::encoding {

__extension__ typedef __int128 ExactSum;

struct ColumnAggregate {
  std::uint64_t count = 0, nulls = 0;
  std::uint64_t min_bits = 0, max_bits = 0;  // as the column's; 0 when count is
  double sum_double = 0;                     // float64
  ExactSum sum_integer = 0;                  // the other types
};

// Values between two bounds, both inclusive, given as the column's bits.
struct ValueRange {
  std::uint64_t min_bits = 0, max_bits = 0;
};

class ColumnAggregator {
 public:
  Result<ColumnAggregate> aggregate(ByteSpan bytes, const BlockShape& shape);

  // Sets bit i % 64 of word i / 64 of `selection` for each row in the range; NULL never is. Returns how many are.
  Result<std::uint64_t> select(ByteSpan bytes, const BlockShape& shape, const ValueRange& range,
                               std::vector<std::uint64_t>& selection);

 private:
  ColumnValues values_;
  std::vector<std::uint64_t> dense_selection_;
};

}  // namespace streamflow::encoding
