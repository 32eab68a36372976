// `streamflow doctor`: the configuration in force and where it came from, and an offline check of the data folder.
// Errors: kUsage for a wrong configuration, kDamaged when the folder is damaged, kConnection when a server holds it.
#pragma once

#include <optional>

#include "app/exit_code.h"
#include "app/folder_check.h"
#include "app/settings.h"

namespace streamflow::app {

struct DoctorCommandOptions {
  Configuration configuration;
  bool json = false;
};

ExitCode run_doctor(const DoctorCommandOptions& options);

}  // namespace streamflow::app
