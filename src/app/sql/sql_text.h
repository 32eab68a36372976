// SQL as text on the client's side: where statements end, and where an error points to. The server parses; this only
// has to know quotes and comments of DuckDB's dialect.
// Invariants: joining the pieces gives the input back, but for the semicolons and surrounding blanks.
// Threads:    pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamflow::app {

struct SplitSql {
  std::vector<std::string>
      statements;     // without their semicolons; pieces that hold only blanks and comments are dropped
  std::string rest;   // what follows the last semicolon; trimmed
  bool open = false;  // `rest` ends inside a string, an identifier or a comment
};

// Splits at semicolons outside 'strings', "identifiers", $tag$ strings $tag$, -- line and /* block */ comments.
SplitSql split_sql(std::string_view text);

// True when `text` holds nothing but blanks and comments.
bool is_blank_sql(std::string_view text);

// The line of `statement` that holds `position` (from 0, in bytes) and a caret below it:
//   LINE 2: FROM cpus
//                ^
std::string caret_lines(std::string_view statement, std::size_t position);

}  // namespace streamflow::app
