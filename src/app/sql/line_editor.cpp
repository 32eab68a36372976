#include "app/sql/line_editor.h"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "app/sql/terminal.h"

namespace streamflow::app {

struct LineEditor::State {
  EditLine* editor = nullptr;
  ::History* history = nullptr;
  std::filesystem::path history_file;
  Completer completer;
  std::string prompt;
  bool abandoned = false;
};

namespace {

// Lists candidates below the line in columns, as shells do.
void list_candidates(const std::vector<std::string>& candidates) {
  constexpr std::size_t kListedMax = 200;
  const std::size_t columns = std::max<std::size_t>(terminal_of(STDOUT_FILENO).columns, 20);
  std::size_t width = 0;
  for (const std::string& candidate : candidates) width = std::max(width, display_width(candidate) + 2);
  const std::size_t per_line = std::max<std::size_t>(1, columns / width);
  std::fputc('\n', stdout);
  const std::size_t shown = std::min(candidates.size(), kListedMax);
  for (std::size_t i = 0; i < shown; ++i) {
    std::fputs(printable(candidates[i]).c_str(), stdout);
    const bool last = (i + 1) % per_line == 0 || i + 1 == shown;
    for (std::size_t blank = last ? width : display_width(candidates[i]); blank < width; ++blank)
      std::fputc(' ', stdout);
    if (last) std::fputc('\n', stdout);
  }
  if (shown < candidates.size()) std::printf("… and %zu more\n", candidates.size() - shown);
  std::fflush(stdout);
}

}  // namespace

// libedit's callbacks find the State through EL_CLIENTDATA.
struct LineEditorCallbacks {
  static LineEditor::State& state_of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<LineEditor::State*>(data);
  }

  static char* prompt(EditLine* editor) { return state_of(editor).prompt.data(); }

  static unsigned char abandon(EditLine* editor, int) {
    state_of(editor).abandoned = true;
    std::fputs("^C\n", stdout);
    return CC_NEWLINE;
  }

  static unsigned char complete(EditLine* editor, int) {
    const LineInfo* line = el_line(editor);
    const auto before = static_cast<std::size_t>(line->cursor - line->buffer);
    const std::string text(line->buffer, before);
    const Completion completion = state_of(editor).completer(text);
    if (completion.candidates.empty()) return CC_REFRESH_BEEP;
    const std::string word = text.substr(completion.begin);
    const bool single = completion.candidates.size() == 1;
    if (completion.common.size() < word.size() || (!single && completion.common.size() == word.size())) {
      list_candidates(completion.candidates);
      return CC_REDISPLAY;
    }
    el_deletestr(editor, static_cast<int>(count_characters(word)));
    el_insertstr(editor, (completion.common + (single ? " " : "")).c_str());
    return CC_REFRESH;
  }

  // el_deletestr counts wide characters, not bytes.
  static std::size_t count_characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  }
};

LineEditor::LineEditor(std::filesystem::path history_file, Completer completer) : state_(std::make_unique<State>()) {
  std::setlocale(LC_CTYPE, "");
  if (std::strstr(std::setlocale(LC_CTYPE, nullptr), "UTF-8") == nullptr) std::setlocale(LC_CTYPE, "C.UTF-8");
  state_->history_file = std::move(history_file);
  state_->completer = std::move(completer);
  state_->editor = el_init("streamflow", stdin, stdout, stderr);
  state_->history = history_init();
  HistEvent event{};
  history(state_->history, &event, H_SETSIZE, kHistoryMax);
  history(state_->history, &event, H_SETUNIQUE, 1);
  if (!state_->history_file.empty()) history(state_->history, &event, H_LOAD, state_->history_file.c_str());
  EditLine* const editor = state_->editor;
  if (editor == nullptr) return;
  el_set(editor, EL_CLIENTDATA, state_.get());
  el_set(editor, EL_PROMPT, &LineEditorCallbacks::prompt);
  el_set(editor, EL_EDITOR, "emacs");
  el_set(editor, EL_HIST, &history, state_->history);
  el_set(editor, EL_ADDFN, "streamflow-complete", "complete SQL", &LineEditorCallbacks::complete);
  el_set(editor, EL_ADDFN, "streamflow-abandon", "abandon the line", &LineEditorCallbacks::abandon);
  el_set(editor, EL_BIND, "^I", "streamflow-complete", nullptr);
  el_set(editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_source(editor, nullptr);  // the user's ~/.editrc
  // Ctrl-C reaches us as a key instead of a signal, so that the line is abandoned and the program lives.
  el_set(editor, EL_SETTY, "-d", "-isig", nullptr);
  el_set(editor, EL_BIND, "^C", "streamflow-abandon", nullptr);
}

LineEditor::~LineEditor() {
  HistEvent event{};
  if (!state_->history_file.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(state_->history_file.parent_path(), ignored);
    const mode_t before = ::umask(077);
    history(state_->history, &event, H_SAVE, state_->history_file.c_str());
    ::umask(before);
  }
  history_end(state_->history);
  if (state_->editor != nullptr) el_end(state_->editor);
}

LineEditor::Line LineEditor::read(const char* prompt) {
  if (state_->editor == nullptr) return {};
  state_->prompt = prompt;
  state_->abandoned = false;
  int count = 0;
  const char* text = el_gets(state_->editor, &count);
  if (state_->abandoned) return {Line::Kind::kAbandoned, {}};
  if (text == nullptr || count <= 0) return {};
  std::string line(text, static_cast<std::size_t>(count));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  return {Line::Kind::kText, std::move(line)};
}

void LineEditor::remember(const std::string& entry) {
  HistEvent event{};
  history(state_->history, &event, H_ENTER, entry.c_str());
}

std::filesystem::path default_history_file() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::filesystem::path(state) / "streamflow" / "sql_history";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return {};
  return std::filesystem::path(home) / ".local" / "state" / "streamflow" / "sql_history";
}

}  // namespace streamflow::app
