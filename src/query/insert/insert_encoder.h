// Where the rows of an INSERT go: they become one RowBatch, which is written when the last one is there. The answer is
// one row, `Count`.
// Invariants: nothing is written unless every row could be read; what is written is one request of the writer. Values
//             are cast to the column's type as CAST does: what does not fit is an error.
// Threads:    one.
// Errors:     kInvalidArgument for another number of columns, and naming the row (from 1) whose time is NULL or
// infinite,
//             or which has no field value; kTooLarge beyond kInsertRowsMax or kInsertBytesMax; those of the writer.
#pragma once

#include <cstdint>
#include <memory>

#include "query/insert/insert_statement.h"
#include "query/results/result_encoder.h"

namespace streamflow::query {

inline constexpr std::uint64_t kInsertRowsMax = 1'000'000;
inline constexpr std::uint64_t kInsertBytesMax = 256ULL << 20U;

std::unique_ptr<ResultEncoder> make_insert_encoder(const InsertTarget& target, RowWriter write,
                                                   std::unique_ptr<ResultEncoder> answer);

}  // namespace streamflow::query
