// The server's configuration: defaults, then one YAML file, then STREAMFLOW_… in the environment, then flags.
// Source:     docs/cli.md, "Configuration". One table of settings feeds the file, the environment, the flags and
// doctor. Invariants: an unknown key or a value out of range is refused, never ignored, and the message names file and
// line. Threads:    values; environment variables are read once, at start. Errors:     kInvalidArgument with
// "file:line: key: what is wrong"; kIo and kNotFound for the file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "server/server.h"

namespace streamflow::app {

struct Settings {
  server::ServerOptions server;
  std::string log_level = "info";
  bool collect_host_metrics = false;
  Settings();  // the defaults
};

// One setting. `name` is its key in the file ("log.sync": key `sync` inside `log`), "STREAMFLOW_LOG_SYNC" in the
// environment and "--log-sync" as a flag.
struct Setting {
  std::string_view name;
  std::string_view values;  // what it accepts, for messages and documentation
  std::string_view help;
  std::function<Status(Settings&, std::string_view)> set;
  std::function<std::string(const Settings&)> get;
};
const std::vector<Setting>& all_settings();
const Setting* find_setting(std::string_view name);
std::string environment_name(const Setting& setting);
std::string flag_name(const Setting& setting);  // with the two dashes

// Settings in force, and where each that is no default came from ("streamflow.yaml:3", "STREAMFLOW_HOST", "--host").
struct Configuration {
  Settings settings;
  std::map<std::string, std::string, std::less<>> origins;
  std::vector<std::string> warnings;  // e.g. STREAMFLOW_ variables that name nothing
};

using Environment = std::map<std::string, std::string>;
Environment process_environment();  // only names that begin with STREAMFLOW_

Status apply_yaml(Configuration& configuration, const std::string& text, const std::string& file);
Status apply_yaml_file(Configuration& configuration, const std::filesystem::path& file);
Status apply_environment(Configuration& configuration, const Environment& environment);
Status apply_flags(Configuration& configuration, const std::map<std::string, std::string>& flags);  // by setting name

// "64MiB", "1.5 GiB", "1000" (bytes), "10s", "100ms", "2h", "30d".
Result<std::uint64_t> parse_bytes(std::string_view text);
Result<Duration> parse_duration(std::string_view text);
std::string format_bytes(std::uint64_t bytes);   // what parse_bytes reads back
std::string format_duration(Duration duration);  // what parse_duration reads back

// The known name nearest to `name`, when it is near enough to be meant.
std::optional<std::string> suggestion(std::string_view name, std::span<const std::string> known);

}  // namespace streamflow::app
