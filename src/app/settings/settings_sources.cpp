// Where settings come from: the YAML file, the environment, flags.
#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <iterator>

#include "app/settings/settings.h"

namespace streamflow::app {

namespace {

constexpr std::size_t kFileBytesMax = 1U << 20U;

// Client-side variables of the same prefix: no settings of the server, and no mistakes.
bool is_client_variable(std::string_view name) {
  return name == "STREAMFLOW_URL" || name == "STREAMFLOW_TOKEN" || name == "STREAMFLOW_CONFIG" ||
         name == "STREAMFLOW_DEPS";
}

Error at(const std::string& file, const YAML::Mark& mark, std::string message) {
  return {ErrorCode::kInvalidArgument, fmt::format("{}:{}: {}", file, mark.line + 1, message)};
}

std::string known_keys_hint(std::string_view key) {
  std::vector<std::string> known;
  for (const Setting& setting : all_settings()) known.emplace_back(setting.name);
  const auto near = suggestion(key, known);
  return near ? fmt::format("; did you mean {}?", *near) : std::string("; `streamflow doctor` lists the settings");
}

bool is_section(std::string_view prefix) {
  for (const Setting& setting : all_settings()) {
    if (setting.name.starts_with(std::string(prefix) + ".")) return true;
  }
  return false;
}

// One level of the file: `prefix` is "" or the section's name.
Status apply_map(Configuration& configuration, const YAML::Node& map, const std::string& prefix,
                 const std::string& file) {
  std::map<std::string, int> seen;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) return at(file, entry.first.Mark(), "a key must be a word");
    const std::string key = prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
    const int line = entry.first.Mark().line + 1;
    if (const auto [first, fresh] = seen.emplace(key, line); !fresh) {
      return at(file, entry.first.Mark(), fmt::format("{} is given twice, first in line {}", key, first->second));
    }
    if (entry.second.IsMap() && is_section(key)) {
      SF_CHECK(apply_map(configuration, entry.second, key, file));
      continue;
    }
    const Setting* setting = find_setting(key);
    if (setting == nullptr) {
      return at(file, entry.first.Mark(), fmt::format("unknown setting {}{}", key, known_keys_hint(key)));
    }
    if (!entry.second.IsScalar()) {
      return at(file, entry.first.Mark(), fmt::format("{}: wanted one value, {}", key, setting->values));
    }
    if (const Status status = setting->set(configuration.settings, entry.second.Scalar()); !status) {
      return at(file, entry.second.Mark(), fmt::format("{}: {}", key, status.error().message));
    }
    configuration.origins[key] = fmt::format("{}:{}", file, line);
  }
  return Ok{};
}

}  // namespace

Status apply_yaml(Configuration& configuration, const std::string& text, const std::string& file) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (root.IsNull()) return Ok{};  // an empty file says nothing
    if (!root.IsMap()) return at(file, root.Mark(), "wanted lines of the form `key: value`");
    return apply_map(configuration, root, "", file);
  } catch (const YAML::Exception& error) { return at(file, error.mark, error.msg); }
}

Status apply_yaml_file(Configuration& configuration, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kNotFound, fmt::format("cannot read the configuration file {}", file.string())};
  std::string text(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>{});
  if (text.size() > kFileBytesMax) {
    return Error{ErrorCode::kTooLarge, fmt::format("{} is larger than {} bytes", file.string(), kFileBytesMax)};
  }
  return apply_yaml(configuration, text, file.string());
}

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !text.starts_with("STREAMFLOW_")) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

Status apply_environment(Configuration& configuration, const Environment& environment) {
  std::map<std::string, const Setting*> settings;
  std::vector<std::string> names;
  for (const Setting& setting : all_settings()) {
    settings.emplace(environment_name(setting), &setting);
    names.push_back(environment_name(setting));
  }
  for (const auto& [name, value] : environment) {
    const auto found = settings.find(name);
    if (found == settings.end()) {
      if (is_client_variable(name)) continue;
      const auto near = suggestion(name, names);
      configuration.warnings.push_back(fmt::format("the environment variable {} names no setting{}", name,
                                                   near ? "; did you mean " + *near + "?" : ""));
      continue;
    }
    if (const Status status = found->second->set(configuration.settings, value); !status) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("environment variable {}: {}", name, status.error().message)};
    }
    configuration.origins[std::string(found->second->name)] = name;
  }
  return Ok{};
}

Status apply_flags(Configuration& configuration, const std::map<std::string, std::string>& flags) {
  for (const auto& [name, value] : flags) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr) return Error{ErrorCode::kInvalidArgument, fmt::format("unknown setting {}", name)};
    if (const Status status = setting->set(configuration.settings, value); !status) {
      return Error{ErrorCode::kInvalidArgument, fmt::format("{}: {}", flag_name(*setting), status.error().message)};
    }
    configuration.origins[name] = flag_name(*setting);
  }
  return Ok{};
}

}  // namespace streamflow::app
