// LIKE and ILIKE in time proportional to text times pattern: DuckDB's matcher backtracks exponentially when a pattern
// has
// `_` or is not constant, and cannot be interrupted.
// Invariants: same answers as DuckDB's: `%` is any text, `_` one UTF-8 character, bytes compare otherwise; ILIKE lowers
//             both sides first; an escape character makes the next byte itself.
// Threads:    like_matches() is pure; replace_like() before the first query.
// Errors:     SyntaxException when a pattern ends in its escape character.
#pragma once

#include <string_view>

namespace duckdb {
class ClientContext;
}

namespace streamflow::query {

bool like_matches(std::string_view text, std::string_view pattern, char escape);  // escape '\0': none

// Puts it in the place of ~~, !~~, ~~*, !~~* and their forms with ESCAPE.
void replace_like(duckdb::ClientContext& context);

}  // namespace streamflow::query
