// `streamflow key create|list|revoke`: API keys of a data folder; works beside a running server.
// Invariants: a token is printed once, on standard output, and stored nowhere.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "access/api_keys.h"
#include "app/command/exit_code.h"

namespace streamflow::app {

struct KeyCommandOptions {
  std::filesystem::path data_folder = "./streamflow-data";
  bool json = false;
  access::NewKey key;  // create
  std::string id;      // revoke
};

ExitCode run_key_create(const KeyCommandOptions& options);
ExitCode run_key_list(const KeyCommandOptions& options);
ExitCode run_key_revoke(const KeyCommandOptions& options);

}  // namespace streamflow::app
