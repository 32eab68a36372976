// What the Tab key offers in the SQL shell: keywords, tables, columns, shell commands.
// Invariants: a keyword is offered in the case the user types; names that need quotes are offered quoted.
// Threads:    pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace streamflow::app {

struct Vocabulary {
  struct Table {
    std::string name;
    std::vector<std::string> columns;
  };
  std::vector<Table> tables;
};

struct Completion {
  std::size_t begin = 0;                // byte of the text where the word to replace begins
  std::vector<std::string> candidates;  // sorted, distinct
  std::string common;                   // what all candidates begin with; replaces the word
};

// `text` is the statement so far up to the cursor. After FROM, JOIN, INTO and the like tables come alone; elsewhere
// keywords, tables, and columns: of the tables the statement names, or of all when it names none.
Completion complete(std::string_view text, const Vocabulary& vocabulary);

// `name` as SQL needs it: as it is, or in double quotes.
std::string quoted_if_needed(std::string_view name);
std::string quoted(std::string_view name);  // always in double quotes

}  // namespace streamflow::app
