// How each subcommand's options are declared to CLI11. Each function adds one subcommand, which sets `action`.
// Threads: one, before anything runs.
#pragma once

#include <functional>

#include "app/command/exit_code.h"

namespace CLI {
class App;
}

namespace streamflow::app {

using Action = std::function<ExitCode()>;  // what to run once the line is parsed

void add_serve(CLI::App& program, Action& action);
void add_doctor(CLI::App& program, Action& action);
void add_sql(CLI::App& program, Action& action);
void add_import(CLI::App& program, Action& action);
void add_key(CLI::App& program, Action& action);
void add_demo(CLI::App& program, Action& action);
void add_version(CLI::App& program, Action& action);
void add_completion(CLI::App& program, Action& action);

}  // namespace streamflow::app
