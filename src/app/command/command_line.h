// The command line of `streamflow`: what each subcommand accepts, and which function runs it.
// Source:     docs/cli.md; exit codes in exit_code.h.
// Invariants: parsing has no effect; the chosen command runs after it, once.
#pragma once

namespace streamflow::app {

// Runs the program; what main() returns.
int run_command_line(int argc, char** argv);

}  // namespace streamflow::app
