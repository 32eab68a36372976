#include "app/sql/sql_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "app/sql/line_editor.h"
#include "app/sql/sql_shell.h"
#include "app/sql/terminal.h"

namespace streamflow::app {

namespace {

constexpr std::size_t kRowsShownMax = 400;  // of one answer, on a terminal

volatile sig_atomic_t g_interrupted = 0;  // Ctrl-C while a query runs

bool interrupted() {
  return g_interrupted != 0;
}

void on_interrupt(int) {
  g_interrupted = 1;
}

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = &on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
}

void greet(ApiClient& client, const Terminal& terminal) {
  std::cout << terminal.bold("StreamFlow SQL") << " at " << client.endpoint().url << "\n"
            << terminal.dim("\\help for help, \\d for tables, \\q to leave; end statements with a semicolon") << "\n";
  if (!client.ready()) std::cout << terminal.yellow("note:") << " no server is ready at this address\n";
}

ExitCode run_interactive(ApiClient& client, SqlRunner& runner, const SqlCommandOptions& options) {
  install_interrupt_handler();
  greet(client, runner.options().out);
  SqlShell shell(client, runner, std::cout, std::cerr);
  const std::filesystem::path history =
      options.history_file ? std::filesystem::path(*options.history_file) : default_history_file();
  LineEditor editor(history, [&](std::string_view text) { return shell.complete_line(text); });
  while (true) {
    const LineEditor::Line line = editor.read(shell.prompt());
    if (line.kind == LineEditor::Line::Kind::kEnd) break;
    if (line.kind == LineEditor::Line::Kind::kAbandoned) {
      shell.abandon();
      continue;
    }
    g_interrupted = 0;
    const auto next = shell.enter(line.text, &interrupted);
    if (const std::string entry = shell.take_history_entry(); !entry.empty()) editor.remember(entry);
    if (next == SqlShell::Next::kQuit) return ExitCode::kOk;
  }
  std::cout << "\n";
  return ExitCode::kOk;
}

// Reads all of standard input: statements are short, and a statement may end in the last line.
std::string read_stream(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

ExitCode run_sql(const SqlCommandOptions& options) {
  ApiClient client(options.endpoint);
  SqlRunnerOptions runner_options;
  runner_options.out = terminal_of(STDOUT_FILENO);
  runner_options.err = terminal_of(STDERR_FILENO);
  runner_options.format = options.format.value_or(OutputFormat::kTable);
  if (runner_options.out.interactive) runner_options.rows_shown_max = kRowsShownMax;
  runner_options.timing = runner_options.out.interactive;  // a pipe gets the same text each time
  SqlRunner runner(client, runner_options, std::cout, std::cerr);
  if (options.statement) return runner.run_all(*options.statement);
  if (options.file && *options.file != "-") {
    std::ifstream file(*options.file, std::ios::binary);
    if (!file) {
      std::cerr << fmt::format("error: cannot read {}\n", *options.file);
      return ExitCode::kUsage;
    }
    return runner.run_all(read_stream(file));
  }
  if (options.file || ::isatty(STDIN_FILENO) == 0) return runner.run_all(read_stream(std::cin));
  return run_interactive(client, runner, options);
}

}  // namespace streamflow::app
