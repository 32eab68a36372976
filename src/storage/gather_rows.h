// Some rows of a batch as a batch of their own.
// Threads:    a pure function.
#pragma once

#include <cstdint>
#include <span>

#include "model/row_batch.h"

namespace streamflow::storage {

// `rows`: indexes into `from`, in the order wanted. The outcome lists only the series that they use.
RowBatch gather_rows(const RowBatch& from, std::span<const std::uint32_t> rows);

}  // namespace streamflow::storage
