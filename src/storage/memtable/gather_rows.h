// Some rows of a batch as a batch of their own.
// Threads:    a pure function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/row_batch.h"

namespace streamflow::storage {

// `rows`: indexes into `from`, in the order wanted. The outcome lists only the series that they use; entry s of
// `series_taken`, when given, is which of `from` its series s was.
RowBatch gather_rows(const RowBatch& from, std::span<const std::uint32_t> rows,
                     std::vector<std::uint32_t>* series_taken = nullptr);

}  // namespace streamflow::storage
