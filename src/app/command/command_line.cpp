#include "app/command/command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/command/command_options.h"
#include "app/settings/settings.h"

namespace streamflow::app {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no connection, 4 not authorized, 5 damage found, 6 some rows "
    "rejected.\n"
    "Documentation: docs/cli.md";

// A first word that is no command, with the nearest that is. CLI11 would only say that it did not expect it.
bool is_unknown_command(const CLI::App& program, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return false;
  const std::string word = argv[1];
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return false;
    names.push_back(command->get_name());
  }
  const auto near = suggestion(word, names);
  std::cerr << "error: there is no command " << word << (near ? "; did you mean " + *near + "?" : "")
            << "\nRun `streamflow --help` for the list.\n";
  return true;
}

ExitCode parse_and_run(int argc, char** argv) {
  CLI::App program("StreamFlow: time series from ingest to answer, in one server.", "streamflow");
  program.footer(kExitCodes);
  program.require_subcommand(0, 1);
  Action action;
  add_serve(program, action);
  add_import(program, action);
  add_sql(program, action);
  add_demo(program, action);
  add_doctor(program, action);
  add_key(program, action);
  add_version(program, action);
  add_completion(program, action);
  if (is_unknown_command(program, argc, argv)) return ExitCode::kUsage;
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    program.exit(help);
    return ExitCode::kOk;
  } catch (const CLI::ParseError& error) {
    program.exit(error, std::cerr, std::cerr);
    return ExitCode::kUsage;
  }
  if (action) return action();
  std::cerr << program.help();
  return ExitCode::kUsage;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  try {
    return to_int(parse_and_run(argc, argv));
  } catch (const std::exception& error) {  // out of memory, or a library's mistake
    std::cerr << "error: " << error.what() << "\n";
    return to_int(ExitCode::kFailed);
  }
}

}  // namespace streamflow::app
