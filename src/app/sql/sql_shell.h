// The interactive SQL shell, line by line and without a terminal: what to do with each line a person enters.
// Invariants: a statement ends at its semicolon, however many lines it took; lines that begin with a backslash are
//             commands, but only at the start of a statement.
// Threads:    one.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>

#include "app/sql/sql_completion.h"
#include "app/sql/sql_runner.h"

namespace streamflow::app {

class SqlShell {
 public:
  SqlShell(ApiClient& client, SqlRunner& runner, std::ostream& out, std::ostream& err)
      : client_(client), runner_(runner), out_(out), err_(err) {}

  enum class Next { kContinue, kQuit };
  Next enter(std::string_view line, const std::function<bool()>& cancelled = nullptr);
  void abandon() { buffer_.clear(); }  // Ctrl-C: forgets the statement begun
  bool continuing() const { return !buffer_.empty(); }
  const char* prompt() const { return buffer_.empty() ? "streamflow> " : "        ... "; }

  // What the person entered since the last call, complete statements and commands only; for the history.
  std::string take_history_entry();
  // Tab at the end of `line`; loads the tables' names when they are older than some seconds.
  Completion complete_line(std::string_view line);

 private:
  void command(std::string_view line, const std::function<bool()>& cancelled);
  void set_format(std::string_view name);
  void load_vocabulary();

  ApiClient& client_;
  SqlRunner& runner_;
  std::ostream& out_;
  std::ostream& err_;
  std::string buffer_;  // lines of the statement begun, with their newlines
  std::string history_;
  Vocabulary vocabulary_;
  std::chrono::steady_clock::time_point loaded_{};
  bool quit_ = false;
};

// The statement behind \d NAME, and behind \d and \dt.
std::string describe_statement(std::string_view table);
std::string tables_statement();

}  // namespace streamflow::app
