// A query's JSON answer as a table for people: aligned, numbers to the right, NULL dim, cut to the terminal.
// Source:     docs/http-api.md: {"columns":[{"name","type"}],"rows":[[...]],"row_count":n,"elapsed_ms":x}.
// Invariants: numbers are shown with the digits the server sent (never rounded); control characters are made visible.
// Threads:    pure.
// Errors:     kInvalidArgument when the answer is not of that shape.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/sql/terminal.h"
#include "model/result.h"

namespace streamflow::app {

struct TableColumn {
  std::string name;
  std::string type;
};

struct ResultTable {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  // nullopt is NULL
  double elapsed_ms = 0;                                      // on the server
  std::optional<std::string> error;                           // the query failed after these rows

  std::optional<std::size_t> column(std::string_view name) const;
};

Result<ResultTable> parse_result(std::string_view json);

// What went wrong, when a streamed JSON answer ends in `"error":{...}}`: its detail. `tail` is the answer's end.
std::optional<std::string> error_in_tail(std::string_view tail);

struct TableStyle {
  Terminal terminal = {};
  std::size_t rows_max = 0;  // more are cut from the middle, with a line that says so; 0: all
  bool types = true;         // a second header line with the types
};

// Lines joined by '\n', the last one included. Columns that do not fit the terminal are left out, and said so.
std::string format_table(const ResultTable& table, const TableStyle& style);

}  // namespace streamflow::app
