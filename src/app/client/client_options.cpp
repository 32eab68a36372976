// Options of the commands that talk to a server, and of those that talk to nobody: sql, import, demo, version.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "app/command/command_options.h"
#include "app/command/completion_script.h"
#include "app/command/version_command.h"
#include "app/demo/demo.h"
#include "app/import/import_command.h"
#include "app/sql/sql_command.h"

namespace streamflow::app {

namespace {

void add_endpoint(CLI::App& command, Endpoint& endpoint) {
  command.add_option("--url", endpoint.url, "the server's address")
      ->envname("STREAMFLOW_URL")
      ->capture_default_str()
      ->type_name("URL");
  command.add_option("--token", endpoint.token, "API key; better in STREAMFLOW_TOKEN, where `ps` does not show it")
      ->envname("STREAMFLOW_TOKEN")
      ->type_name("KEY");
}

const std::map<std::string, OutputFormat> kOutputFormats{
    {"table", OutputFormat::kTable}, {"csv", OutputFormat::kCsv}, {"json", OutputFormat::kJson}};

const std::map<std::string, ImportFormat> kImportFormats{{"auto", ImportFormat::kAuto},
                                                         {"csv", ImportFormat::kCsv},
                                                         {"parquet", ImportFormat::kParquet},
                                                         {"line", ImportFormat::kLineProtocol}};

// The words of every command of `app`, for completion scripts.
void collect_words(const CLI::App& app, const std::string& name, std::vector<CommandWords>& out) {
  CommandWords words{name, app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& long_name : option->get_lnames()) words.options.push_back("--" + long_name);
  }
  out.push_back(std::move(words));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    collect_words(*command, name.empty() ? command->get_name() : name + " " + command->get_name(), out);
  }
}

void add_import_columns(CLI::App& command, ImportCommandOptions& options) {
  command.add_option("--time-column", options.time_column, "column with the time; found by itself when it can be")
      ->type_name("NAME");
  command.add_option("--time-unit", options.time_unit, "of whole-number times: s, ms, us or ns; guessed otherwise")
      ->check(CLI::IsMember({"s", "ms", "us", "ns"}))
      ->type_name("UNIT");
  command.add_option("--tag,--tags", options.tags, "columns that are tags: --tag a,b")
      ->delimiter(',')
      ->type_name("NAME,...");
  command
      .add_option("--duplicates", options.duplicates,
                  "rows of the same time and tags: keep, merge or last; for a table it creates")
      ->check(CLI::IsMember({"keep", "merge", "last"}))
      ->type_name("POLICY");
  command.add_option("--batch-rows", options.batch_rows, "rows read at once")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
}

}  // namespace

void add_sql(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("sql", "Ask in SQL: one statement, a file, standard input, or a shell");
  auto options = std::make_shared<SqlCommandOptions>();
  auto json = std::make_shared<bool>(false);
  auto format = std::make_shared<OutputFormat>(OutputFormat::kTable);
  add_endpoint(*command, options->endpoint);
  CLI::Option* statement =
      command->add_option("-c,--command", options->statement, "run this and leave; several with semicolons")
          ->type_name("SQL");
  command->add_option("--file", options->file, "run the statements of this file; - is standard input")
      ->type_name("FILE")
      ->excludes(statement);
  command->add_option("--format", *format, "table, csv or json")
      ->transform(CLI::CheckedTransformer(kOutputFormats))
      ->type_name("FORMAT");
  command->add_flag("--json", *json, "the same as --format json");
  command->add_option("--history-file", options->history_file, "where the shell keeps what was entered")
      ->type_name("FILE");
  command->callback([=, &action] {
    action = [=] {
      options->format = *json ? OutputFormat::kJson : *format;
      return run_sql(*options);
    };
  });
}

void add_import(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("import", "Load CSV, Parquet and line-protocol files into a server");
  auto options = std::make_shared<ImportCommandOptions>();
  auto types = std::make_shared<std::vector<std::string>>();
  add_endpoint(*command, options->endpoint);
  command->add_option("files", options->files, "what to load; .gz too")->required()->type_name("FILE...");
  command->add_option("--table", options->table, "into this table; otherwise named after each file")->type_name("NAME");
  command->add_option("--format", options->format, "auto, csv, parquet or line")
      ->transform(CLI::CheckedTransformer(kImportFormats))
      ->type_name("FORMAT");
  command->add_option("--type", *types, "a column's type: --type count=int64")->delimiter(',')->type_name("NAME=TYPE");
  add_import_columns(*command, *options);
  command->add_flag("--json", options->json, "one line of JSON per file");
  command->callback([=, &action] {
    action = [=] {
      auto parsed = parse_types(*types);
      if (!parsed) {
        std::cerr << "error: " << parsed.error().message << "\n";
        return ExitCode::kUsage;
      }
      options->types = std::move(*parsed);
      return run_import_command(*options);
    };
  });
}

void add_demo(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("demo", "A guided tour on real data; `./run demo` fetches the data first");
  auto options = std::make_shared<DemoOptions>();
  command->add_option("--datasets", options->datasets, "folder with the files of vega-datasets")
      ->required()
      ->type_name("DIR");
  command->add_option("--port", options->port, "HTTP port")->check(CLI::Range(0, 65535))->capture_default_str();
  command->add_option("--data-dir", options->data_folder, "data folder; an earlier demo's is replaced")
      ->capture_default_str()
      ->type_name("DIR");
  command->add_flag("--once", options->once, "leave after the tour instead of serving on");
  command->callback([=, &action] { action = [=] { return run_demo(*options); }; });
}

void add_version(CLI::App& program, Action& action) {
  CLI::App* command = program.add_subcommand("version", "Show the versions of StreamFlow and its SQL engine");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  command->callback([=, &action] { action = [=] { return run_version(*json); }; });
}

void add_completion(CLI::App& program, Action& action) {
  CLI::App* command =
      program.add_subcommand("completion", "Print a completion script: source <(streamflow completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([=, &action, &program] {
    action = [=, &program] {
      std::vector<CommandWords> words;
      collect_words(program, "", words);
      std::cout << completion_script(*shell, words);
      return ExitCode::kOk;
    };
  });
}

}  // namespace streamflow::app
