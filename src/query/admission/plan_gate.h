// Looks at a statement's plan before it runs, for what only the plan shows.
//     Rows too wide: DuckDB divides the size of a block by the width of a row that it groups, sorts or joins, and the
//     process dies of a division by zero when the row is wider [measured on 1.5.6: GROUP BY 17,000 texts].
// Invariants: sees what optimizers made of the statement; of every operator it bounds the bytes of one row of its
// output,
//             of an aggregate also those of its groups and states.
// Threads:    register_plan_gate() before the first query.
// Errors:     OutOfRangeException naming the limit.
#pragma once

#include <cstdint>

namespace duckdb {
class DatabaseInstance;
}

namespace streamflow::query {

inline constexpr std::uint64_t kRowBytesMax = 128U << 10U;  // 8,192 texts; a block has 256 KiB

void register_plan_gate(duckdb::DatabaseInstance& instance);

}  // namespace streamflow::query
