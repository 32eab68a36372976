// Reads lines from a terminal with editing, history and completion, over libedit (BSD licence).
// Invariants: the history file is the user's own (mode 0600) and keeps the last kHistoryMax entries.
// Threads:    one; only one LineEditor exists at a time.
// Errors:     a history file that cannot be read or written is no failure: the session has no past, or leaves none.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/sql/sql_completion.h"

namespace streamflow::app {

class LineEditor {
 public:
  static constexpr int kHistoryMax = 2000;
  using Completer = std::function<Completion(std::string_view text_before_cursor)>;

  LineEditor(std::filesystem::path history_file, Completer completer);
  ~LineEditor();  // saves the history

  struct Line {
    enum class Kind { kText, kAbandoned, kEnd } kind = Kind::kEnd;  // kAbandoned: Ctrl-C
    std::string text;
  };
  Line read(const char* prompt);
  void remember(const std::string& entry);

 private:
  friend struct LineEditorCallbacks;
  struct State;
  std::unique_ptr<State> state_;
};

// $XDG_STATE_HOME/streamflow/sql_history, or the same below ~/.local/state; empty when there is no home.
std::filesystem::path default_history_file();

}  // namespace streamflow::app
