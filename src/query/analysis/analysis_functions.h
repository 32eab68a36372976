// The analyses as DuckDB sees them: an aggregate of the rows of each series, and the rewriting that puts it there.
//   FROM forecast((SELECT time, value, host FROM …), horizon => 12)
// becomes, in place of the table function,
//   (SELECT * EXCLUDE (answer), unnest(answer, recursive := true)
//    FROM (SELECT * EXCLUDE (time, value), aggregate(value, time, 'horizon=12') AS answer
//          FROM (SELECT time, value, host FROM …) GROUP BY ALL))
// so that every other column of the subquery tells series apart, and DuckDB's threads share them.
// Source:     docs/tsql.md, "Analysis".
// Threads:    rewrite_analyses is pure; register_analyses before the first query.
// Errors:     kInvalidArgument with line and caret for arguments that do not read as above. While running:
//             InvalidInputException with what the analysis says of a series; with errors => 'report' that is a row.
#pragma once

#include <string>

#include "duckdb/common/unique_ptr.hpp"
#include "model/result.h"

namespace duckdb {
class ClientContext;
class SelectNode;
}  // namespace duckdb

namespace streamflow::query {

void register_analyses(duckdb::ClientContext& context);

// Rewrites the calls in `select`'s FROM, those in joins too. `text`: what the user sent, for errors.
Status rewrite_analyses(duckdb::SelectNode& select, const std::string& text);

}  // namespace streamflow::query
