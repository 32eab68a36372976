// FILL of SAMPLE BY: a row for every bucket between the first and the last, for each group.
//     The sampled statement becomes a common table; its groups times the buckets of its time are joined with it, and
//     what is missing is filled: null, a value, the last known one (locf), or the point on the line (interpolate).
// Invariants: the sampled statement is run once, as it would be without FILL. Positions in the user's text stay.
// Threads:    one.
// Errors:     kInvalidArgument when the number of fills is not one or that of the aggregates. At run time, more than
//             kTimeBucketsMax buckets.
#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "query/syntax/clauses.h"

namespace duckdb {
class SelectNode;
}

namespace streamflow::query {

enum class SampledColumn : std::uint8_t { kBucket, kKey, kValue };

// `columns` describes the select list.
Status fill_gaps(duckdb::SelectNode& select, const SampleBy& sample, const std::vector<SampledColumn>& columns,
                 const std::string& text);

// How `width` and alignment are said to a function over buckets: ", origin", ", zone", …
std::string bucket_arguments(const SampleBy& sample);

}  // namespace streamflow::query
