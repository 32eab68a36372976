// `streamflow doctor`: the configuration in force and where it came from, and an offline check of the data folder.
// Errors: kUsage for a wrong configuration, kDamaged when the folder is (with repair: still) damaged, kConnection when
// a server holds it.
#pragma once

#include <optional>

#include "app/command/exit_code.h"
#include "app/doctor/folder_repair.h"
#include "app/settings/settings.h"

namespace streamflow::app {

struct DoctorCommandOptions {
  Configuration configuration;
  bool json = false;
  bool repair = false;  // put damaged segments aside
};

ExitCode run_doctor(const DoctorCommandOptions& options);

}  // namespace streamflow::app
