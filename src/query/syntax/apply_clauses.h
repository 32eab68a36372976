// Turns the markers of clauses.h, once parsed, into what they stand for.
//     SAMPLE BY: the time is put into buckets (`time` in the select list is the bucket, or it is added in front), all
//     that is no aggregate is a group, and buckets come in order of time unless the statement orders them itself.
//     FILL: sample_fill.h. LATEST ON: QUALIFY row_number() OVER (PARTITION BY names ORDER BY time DESC) <= count.
// Invariants: expressions keep their positions in the user's text.
// Threads:    one.
// Errors:     kInvalidArgument with line and caret.
#pragma once

#include <string>

#include "model/result.h"
#include "query/syntax/clauses.h"

namespace duckdb {
class SelectNode;
}

namespace streamflow::query {

// Applies the clause whose marker this node has, if any.
Status apply_clauses(duckdb::SelectNode& select, MarkedText& marked, const std::string& text);
// After all nodes: no marker may be left, as where a clause stands outside a SELECT.
Status check_all_used(const MarkedText& marked, const std::string& text);

}  // namespace streamflow::query
