// Finds SAMPLE BY and LATEST ON in a statement and puts markers that DuckDB parses in their place.
// Source:     docs/tsql.md, "SAMPLE BY" and "LATEST ON".
//             SAMPLE BY width [ALIGN TO 'time' | ALIGN TO [TIME ZONE 'zone'] [OFFSET 'interval']] [FILL(option, …)]
//             LATEST [count] ON (name, …)
// Invariants: the text keeps its length and every other byte, so that positions in DuckDB's errors are positions in the
//             user's text. A marker is GROUP BY or QUALIFY and the name of a column; only a reference at the marker's
//             very offset is one.
// Threads:    pure.
// Errors:     kInvalidArgument with line and caret for a clause that does not read as above.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"

namespace streamflow::query {

struct Fill {
  enum class Kind : std::uint8_t { kNone, kNull, kPrevious, kLinear, kValue } kind = Kind::kNone;
  std::string value;  // kValue: a literal, as SQL
};

struct SampleBy {
  std::size_t marker = 0;                           // offset of the marker's name
  std::size_t begin = 0;                            // offset of the clause
  std::string width;                                // as SQL: INTERVAL '5 minutes'
  std::optional<std::string> origin, zone, offset;  // as SQL
  std::vector<Fill> fills;                          // empty, one for all columns, or one per aggregate
  bool is_used = false;
};

struct LatestOn {
  std::size_t marker = 0;
  std::size_t begin = 0;
  std::uint64_t count = 1;
  std::vector<std::string> names;  // as SQL
  bool is_used = false;
};

struct MarkedText {
  std::string text;
  std::vector<SampleBy> samples;
  std::vector<LatestOn> latests;
  bool has_clauses() const { return !samples.empty() || !latests.empty(); }
};

inline constexpr std::size_t kClausesMax = 36;
inline constexpr std::uint64_t kLatestCountMax = 1'000'000;

Result<MarkedText> mark_clauses(const std::string& text);

// "message", then the line of the text with a caret under `offset`, as in DuckDB's errors.
Error error_at(const std::string& text, std::size_t offset, const std::string& message);

}  // namespace streamflow::query
