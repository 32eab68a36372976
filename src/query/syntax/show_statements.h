// SHOW statements of StreamFlow's own, as the SELECT that answers them. DuckDB's parser would read SHOW SERIES as
// "describe the table series".
//     SHOW SERIES [FROM table [WHERE …] [ORDER BY …] [LIMIT …]]
//     SHOW TAG KEYS [FROM table]
//     SHOW TAG VALUES FROM table [WITH KEY = tag | WITH KEY IN (tag, …)] [WHERE …] [ORDER BY …] [LIMIT …]
//     SHOW STORAGE, SHOW FUNCTIONS
// Source:     docs/tsql.md, "SHOW".
// Invariants: a statement that has a WHERE keeps its length, so that positions in DuckDB's errors are positions in the
//             user's text.
// Threads:    pure.
// Errors:     kInvalidArgument with line and caret; kUnsupported without a snapshot.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/result.h"
#include "storage/scan/scan.h"

namespace duckdb {
class SelectStatement;
}

namespace streamflow::query {

using SnapshotOf = std::function<std::shared_ptr<const storage::ProjectSnapshot>()>;

struct ShowStatement {
  enum class Kind : std::uint8_t { kNone, kText, kSeries, kTagValues } kind = Kind::kNone;
  std::string text;                 // what to parse
  std::vector<std::string> keys;    // kTagValues: the tags asked for; empty for all
  std::vector<std::size_t> places;  // of the keys in the user's text
};

Result<ShowStatement> read_show(const std::string& text, const SnapshotOf& snapshot_of);

// For kSeries and kTagValues, of the parsed text: puts in what is asked of the table.
Status complete_show(const ShowStatement& show, duckdb::SelectStatement& statement, const std::string& text,
                     const SnapshotOf& snapshot_of);

}  // namespace streamflow::query
