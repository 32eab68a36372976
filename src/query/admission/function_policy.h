// What SQL functions may do in a server: settles, once per DuckDB instance, which of its functions are refused and how
// much the rest may allocate or compute in one uninterruptible call.
// Source:     docs/tsql.md, "What is refused"; measured: `len(range(3e8))` took 18 GB under memory_limit 200 MB.
// Invariants: changes the entries of the instance's system catalog in place, so a refusal holds whatever way a function
//             is reached: qualified name, method call, macro, constant folding while planning. Table functions are
//             refused unless they are on the allow-list; scalar functions and aggregates unless on the deny-list.
// Threads:    apply_function_policy() before the first query.
// Errors:     refused functions raise a PermissionException (kForbidden); sizes an OutOfRangeException
//             (kInvalidArgument) that names the function and the limit.
#pragma once

#include <cstdint>

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

// Per value, and per chunk of at most 2048 rows, which is what one uninterruptible call handles.
inline constexpr std::uint64_t kListElementsMax = 1'000'000;
inline constexpr std::uint64_t kListElementsPerChunkMax = 4'000'000;
inline constexpr std::uint64_t kStringBytesMax = 4ULL << 20U;
inline constexpr std::uint64_t kStringBytesPerChunkMax = 32ULL << 20U;
inline constexpr std::uint64_t kRepeatedListElementsMax = 10'000;  // each may be a long text
inline constexpr std::uint64_t kPathBytesMax = 65'536;             // DuckDB's path functions are quadratic
inline constexpr std::uint64_t kFormatBytesMax = 4'096;            // of strftime and strptime
inline constexpr std::uint64_t kPatternBytesMax = 8'192;           // of a regular expression
inline constexpr std::uint64_t kPatternRepetitionsMax = 1'000;     // sum of its {n,m}; 100,000 took 30 s to compile
inline constexpr std::uint64_t kJsonDepthMax = 500;                // DuckDB recurses and would overflow the stack
inline constexpr std::uint64_t kDistanceCellsMax = 4'000'000;      // of one edit distance: 2000 x 2000 characters
inline constexpr std::uint64_t kDistanceCellsPerChunkMax = 100'000'000;  // about 0.3 s

void apply_function_policy(duckdb::ClientContext& context);

}  // namespace streamflow::query
