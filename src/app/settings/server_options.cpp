// Options of the commands that work on a data folder: serve, doctor, key.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "app/command/command_options.h"
#include "app/command/key_command.h"
#include "app/command/serve_command.h"
#include "app/doctor/doctor_command.h"
#include "app/import/time_text.h"

namespace streamflow::app {

namespace {

// What was given for --config and for each setting's flag.
struct ConfigurationFlags {
  std::string config;
  std::map<std::string, std::string> values;  // by setting name
  bool collect_host_metrics = false;
};

std::shared_ptr<ConfigurationFlags> add_configuration(CLI::App& command) {
  auto flags = std::make_shared<ConfigurationFlags>();
  command.add_option("--config", flags->config, "YAML file with settings; STREAMFLOW_CONFIG names one too")
      ->type_name("FILE");
  for (const Setting& setting : all_settings()) {
    if (setting.name == "collect_host_metrics") {
      command.add_flag("--collect-host-metrics", flags->collect_host_metrics, std::string(setting.help));
      continue;
    }
    const auto keep = [flags, name = std::string(setting.name)](const std::string& value) {
      flags->values[name] = value;
    };
    command
        .add_option_function<std::string>(flag_name(setting), keep,
                                          std::string(setting.help) + " (" + std::string(setting.values) + ")")
        ->type_name(setting.get(Settings{}))
        ->group(setting.name.find('.') == std::string_view::npos ? "Options" : "Engine");
  }
  return flags;
}

// File, then environment, then flags.
Result<Configuration> configuration_of(const ConfigurationFlags& flags) {
  Configuration configuration;
  std::string file = flags.config;
  const char* named = std::getenv("STREAMFLOW_CONFIG");
  if (file.empty() && named != nullptr) file = named;
  if (!file.empty()) SF_CHECK(apply_yaml_file(configuration, file));
  SF_CHECK(apply_environment(configuration, process_environment()));
  auto values = flags.values;
  if (flags.collect_host_metrics) values["collect_host_metrics"] = "true";
  SF_CHECK(apply_flags(configuration, values));
  return configuration;
}

// Runs `command` with the configuration, or says what is wrong with that.
template <class Command>
ExitCode with_configuration(const ConfigurationFlags& flags, const Command& command) {
  auto configuration = configuration_of(flags);
  if (configuration) return command(std::move(*configuration));
  std::cerr << "error: " << configuration.error().message << "\n";
  return ExitCode::kUsage;
}

void add_key_create(CLI::App& key, const std::shared_ptr<KeyCommandOptions>& options, Action& action) {
  CLI::App* create = key.add_subcommand("create", "Make a key and show its token, once");
  auto role = std::make_shared<std::string>("editor");
  auto project = std::make_shared<std::string>();
  auto expires = std::make_shared<std::string>();
  create->add_option("--name", options->key.name, "what people call it")->type_name("TEXT");
  create->add_option("--role", *role, "what it may do: reader, writer, editor (both) or admin (and keys)")
      ->check(CLI::IsMember({"reader", "writer", "editor", "admin"}))
      ->capture_default_str()
      ->type_name("ROLE");
  create->add_option("--organization", options->key.organization, "whose")->capture_default_str()->type_name("NAME");
  create->add_option("--project", *project, "only this project of the organization; otherwise all")->type_name("NAME");
  create->add_option("--expires", *expires, "a duration such as 90d, or a date such as 2027-01-31")->type_name("WHEN");
  create->callback([=, &action] {
    action = [=] {
      options->key.role = access::role_from(*role).value_or(access::Role::kEditor);
      if (!project->empty()) options->key.project = *project;
      if (!expires->empty()) {
        const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
        const auto when = parse_expiry(*expires, now);
        if (!when) {
          std::cerr << "error: " << when.error().message << "\n";
          return ExitCode::kUsage;
        }
        options->key.expires = *when;
      }
      return run_key_create(*options);
    };
  });
}

}  // namespace

void add_serve(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("serve", "Run the server until Ctrl-C");
  const auto flags = add_configuration(*command);
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "say the address as one line of JSON");
  command->callback([=, &action] {
    action = [=] {
      return with_configuration(*flags, [&](Configuration configuration) {
        return run_serve({std::move(configuration), *json});
      });
    };
  });
}

void add_doctor(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("doctor", "Show the configuration in force and check the data folder");
  const auto flags = add_configuration(*command);
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "report as JSON");
  command
      ->add_option_function<std::string>(
          "folder", [flags](const std::string& folder) { flags->values["data_dir"] = folder; },
          "the data folder; short for --data-dir")
      ->type_name("DIR");
  auto repair = std::make_shared<bool>(false);
  command->add_flag("--repair", *repair, "put damaged segments aside, in quarantine/, so that the rest can be served");
  command->callback([=, &action] {
    action = [=] {
      return with_configuration(*flags, [&](Configuration configuration) {
        return run_doctor({std::move(configuration), *json, *repair});
      });
    };
  });
}

void add_key(CLI::App& program, Action& action) {
  CLI::App* key = program.add_subcommand("key", "API keys of a data folder; works beside a running server");
  key->require_subcommand(1);
  auto options = std::make_shared<KeyCommandOptions>();
  add_key_create(*key, options, action);
  CLI::App* list = key->add_subcommand("list", "Show the keys, without their tokens");
  list->callback([=, &action] { action = [=] { return run_key_list(*options); }; });
  CLI::App* revoke = key->add_subcommand("revoke", "Refuse a key from now on");
  revoke->add_option("id", options->id, "the key's id, as `key list` shows it")->required();
  revoke->callback([=, &action] { action = [=] { return run_key_revoke(*options); }; });
  for (CLI::App* command : key->get_subcommands({})) {
    command->add_option("--data-dir", options->data_folder, "the data folder")
        ->envname("STREAMFLOW_DATA_DIR")
        ->capture_default_str()
        ->type_name("DIR");
    command->add_flag("--json", options->json, "answer as JSON");
  }
}

}  // namespace streamflow::app
