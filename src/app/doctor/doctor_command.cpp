#include "app/doctor/doctor_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/sql/result_table.h"
#include "app/sql/terminal.h"

namespace streamflow::app {

namespace {

using nlohmann::json;

std::string origin_of(const Configuration& configuration, std::string_view name) {
  const auto found = configuration.origins.find(name);
  return found == configuration.origins.end() ? "default" : found->second;
}

void print_configuration(const Configuration& configuration, const Terminal& terminal) {
  ResultTable table;
  table.columns = {{"setting", "VARCHAR"}, {"value", "VARCHAR"}, {"from", "VARCHAR"}, {"accepts", "VARCHAR"}};
  for (const Setting& setting : all_settings()) {
    table.rows.push_back({std::string(setting.name), setting.get(configuration.settings),
                          origin_of(configuration, setting.name), std::string(setting.values)});
  }
  std::cout << terminal.bold("Configuration") << "\n\n"
            << format_table(table, {.terminal = terminal, .types = false}) << "\n";
  for (const std::string& warning : configuration.warnings)
    std::cout << terminal.yellow("warning: ") << warning << "\n";
}

void print_report(const std::filesystem::path& folder, const FolderReport& report, const Terminal& terminal) {
  std::cout << terminal.bold("Data folder ") << folder.string() << "\n\n";
  if (!report.exists) {
    std::cout << "  does not exist yet: the server makes it\n";
    return;
  }
  std::cout << fmt::format("  manifest  generation {}, {} tables\n", report.manifest_generation, report.table_count);
  std::cout << fmt::format("  segments  {} files, {}, {} rows, every byte read\n", with_thousands(report.segment_count),
                           readable_bytes(report.segment_bytes), with_thousands(report.segment_rows));
  std::cout << fmt::format("  log       {} records not yet in segments, {} rows, {}\n\n",
                           with_thousands(report.log_records), with_thousands(report.log_rows),
                           readable_bytes(report.log_bytes));
  for (const Finding& finding : report.findings) {
    const bool damage = finding.severity == Finding::Severity::kDamage;
    std::cout << (damage ? terminal.red("damage: ") : terminal.yellow("note: ")) << printable(finding.what) << "\n";
    if (!finding.lost.empty()) std::cout << "  lost: " << printable(finding.lost) << "\n";
    std::cout << "  what to do: " << finding.advice << "\n";
  }
  std::cout << (report.damaged() ? terminal.red("This folder is damaged.") : terminal.green("This folder is sound."))
            << "\n";
}

void print_repair(const FolderRepair& repair, const Terminal& terminal) {
  std::cout << terminal.bold("Repair") << "\n\n";
  for (const Finding& finding : repair.lost) {
    std::cout << "  " << printable(finding.what) << "\n  lost: " << printable(finding.lost) << "\n";
  }
  for (const std::string& file : repair.quarantined) std::cout << "  kept as " << printable(file) << "\n";
  if (repair.lost.empty()) std::cout << "  there was nothing to put aside\n";
  std::cout << "\n";
}

json json_of(const Configuration& configuration) {
  json settings = json::object();
  for (const Setting& setting : all_settings()) {
    settings[std::string(setting.name)] = {{"value", setting.get(configuration.settings)},
                                           {"from", origin_of(configuration, setting.name)}};
  }
  return settings;
}

json json_of(const std::vector<Finding>& findings) {
  json array = json::array();
  for (const Finding& finding : findings) {
    array.push_back({{"severity", finding.severity == Finding::Severity::kDamage ? "damage" : "note"},
                     {"what", finding.what},
                     {"lost", finding.lost},
                     {"advice", finding.advice}});
  }
  return array;
}

json json_of(const FolderRepair& repair) {
  return {{"lost", json_of(repair.lost)}, {"quarantined", repair.quarantined}};
}

json json_of(const FolderReport& report) {
  return {
      {"exists", report.exists},
      {"damaged", report.damaged()},
      {"manifest_generation", report.manifest_generation},
      {"tables", report.table_count},
      {"segments", {{"count", report.segment_count}, {"bytes", report.segment_bytes}, {"rows", report.segment_rows}}},
      {"log",
       {{"records", report.log_records},
        {"rows", report.log_rows},
        {"bytes", report.log_bytes},
        {"torn_bytes", report.torn_bytes}}},
      {"findings", json_of(report.findings)}};
}

// Checked, and with options.repair mended. A check is a repair that lost and moved nothing.
Result<FolderRepair> look_at(const DoctorCommandOptions& options, const std::filesystem::path& folder) {
  storage::FileSystem& files = storage::local_file_system();
  if (options.repair) { return repair_folder(files, folder); }
  SF_TRY(report, check_folder(files, folder));
  FolderRepair repair;
  repair.before = report;
  repair.after = std::move(report);
  return repair;
}

ExitCode say_failure(const Error& error, bool repair) {
  std::cout << std::flush;
  std::cerr << terminal_of(STDERR_FILENO).red("error:") << " the data folder is not "
            << (repair ? "repaired: " : "checked: ") << error.message << "\n";
  if (error.code == ErrorCode::kUnavailable) std::cerr << "Stop the server that uses it, then run doctor again.\n";
  return error.code == ErrorCode::kCorrupt ? ExitCode::kDamaged : exit_code_of(error);
}

}  // namespace

ExitCode run_doctor(const DoctorCommandOptions& options) {
  const Configuration& configuration = options.configuration;
  const std::filesystem::path& folder = configuration.settings.server.data_folder;
  const Terminal out = terminal_of(STDOUT_FILENO);
  const auto repair = look_at(options, folder);
  if (options.json) {
    json document{
        {"configuration", json_of(configuration)}, {"warnings", configuration.warnings}, {"data_dir", folder.string()}};
    document[repair ? "folder" : "error"] = repair ? json_of(repair->after) : json(repair.error().message);
    if (repair && options.repair) { document["repair"] = json_of(*repair); }
    std::cout << document.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  } else {
    print_configuration(configuration, out);
    if (repair && options.repair) print_repair(*repair, out);
    if (repair) print_report(folder, repair->after, out);
  }
  if (!repair) { return say_failure(repair.error(), options.repair); }
  return repair->after.damaged() ? ExitCode::kDamaged : ExitCode::kOk;
}

}  // namespace streamflow::app
