// What each column of a stream becomes: the time, a tag, a field.
// Source:     docs/http-api.md, "Arrow".
// Invariants: exactly one column is the time; a name is used once.
// Threads:    pure functions.
// Errors:     kInvalidArgument; the message names the column and says how to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/protocols/arrow_schema.h"
#include "ingest/protocols/arrow_stream.h"
#include "model/result.h"
#include "model/row_batch.h"

namespace streamflow::ingest::arrow {

enum class Role : std::uint8_t { kNothing, kTime, kTag, kField };

struct Plan {
  struct Part {
    Role role = Role::kNothing;
    std::size_t index = 0;  // of the batch's tags or fields
  };
  std::vector<Part> parts;  // one per column
};

// Also gives `batch` its tags and its fields, without rows.
Result<Plan> plan_columns(const std::vector<Column>& columns, const ArrowStreamOptions& options, RowBatch& batch);

}  // namespace streamflow::ingest::arrow
