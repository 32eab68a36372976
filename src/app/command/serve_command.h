// `streamflow serve`: runs the server until SIGINT or SIGTERM.
// Errors: kUsage for the configuration, kConnection when the port or the folder is taken, kDamaged when recovery says
// so.
#pragma once

#include "app/command/exit_code.h"
#include "app/settings/settings.h"

namespace streamflow::app {

struct ServeCommandOptions {
  Configuration configuration;
  bool json = false;  // one JSON line instead of the greeting
};

ExitCode run_serve(const ServeCommandOptions& options);

}  // namespace streamflow::app
