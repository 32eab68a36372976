// `streamflow version`: what this program is made of.
#pragma once

#include "app/command/exit_code.h"

namespace streamflow::app {

inline constexpr const char* kVersion = "0.1.0";  // CMakeLists.txt's; a test compares them

ExitCode run_version(bool json);

}  // namespace streamflow::app
