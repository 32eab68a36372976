// Runs SQL statements against a server and prints the answers: the heart of `streamflow sql`.
// Invariants: answers go to `out`, everything else (errors, timing of formats for machines) to `err`.
// Threads:    one; `cancelled` may read what a signal handler set.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "app/client/api_client.h"
#include "app/command/exit_code.h"
#include "app/sql/terminal.h"

namespace streamflow::app {

enum class OutputFormat { kTable, kCsv, kJson };

struct SqlRunnerOptions {
  OutputFormat format = OutputFormat::kTable;
  bool expanded = false;  // one value a line
  bool footer = true;     // row count (tables)
  bool timing = true;     // and the time, as seen from here
  std::size_t rows_shown_max = 0;
  Terminal out = {}, err = {};
};

class SqlRunner {
 public:
  SqlRunner(ApiClient& client, SqlRunnerOptions options, std::ostream& out, std::ostream& err)
      : client_(client), options_(options), out_(out), err_(err) {}

  // One statement. Prints the answer, or the error with a caret below the place.
  ExitCode run(std::string_view statement, const std::function<bool()>& cancelled = nullptr);
  // All statements of a text, in order, until one fails.
  ExitCode run_all(std::string_view text, const std::function<bool()>& cancelled = nullptr);
  SqlRunnerOptions& options() { return options_; }

 private:
  ExitCode run_table(std::string_view statement, const std::function<bool()>& cancelled);
  ExitCode run_stream(std::string_view statement, std::string_view accept, const std::function<bool()>& cancelled);
  ExitCode report(std::string_view statement, const Problem& problem);

  ApiClient& client_;
  SqlRunnerOptions options_;
  std::ostream& out_;
  std::ostream& err_;
};

// "Invalid query: …", further errors, and the caret; for people.
std::string describe(const Problem& problem, std::string_view statement, const Terminal& terminal);

}  // namespace streamflow::app
