// `streamflow demo`: the guided tour. Starts a server of its own, loads real data, asks six questions, pulls the plug.
// Invariants: every step checks itself against something known; with `once`, the exit code says whether all held. Only
//             a folder that an earlier demo made is ever replaced.
// Errors:     kFailed when a check fails or a step cannot be done.
#pragma once

#include <cstdint>
#include <filesystem>

#include "app/command/exit_code.h"

namespace streamflow::app {

struct DemoOptions {
  std::filesystem::path datasets;  // holds sp500-2000.csv, seattle-weather.csv, ...
  std::filesystem::path data_folder = "./demo-data";
  std::uint16_t port = 8080;  // 0: any free one
  bool once = false;
};

ExitCode run_demo(const DemoOptions& options);

}  // namespace streamflow::app
