#include "app/command/key_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "app/import/time_text.h"
#include "app/sql/result_table.h"
#include "app/sql/terminal.h"

namespace streamflow::app {

namespace {

using nlohmann::json;

ExitCode fail(const Error& error) {
  std::cerr << terminal_of(STDERR_FILENO).red("error:") << " " << error.message << "\n";
  return error.code == ErrorCode::kNotFound ? ExitCode::kFailed : exit_code_of(error);
}

// Who holds the data folder may do everything: the person at this machine.
access::Subject local_user() {
  access::Subject subject;
  subject.kind = access::Subject::Kind::kLocalUser;
  subject.id = "local";
  subject.role = access::Role::kAdmin;
  return subject;
}

// Keys of a folder that is there: a mistyped --data-dir must not make one.
Result<access::KeyStore> open_store(const std::filesystem::path& folder, bool create) {
  std::error_code unknown;
  if (!std::filesystem::is_directory(folder, unknown)) {
    if (!create) return Error{ErrorCode::kNotFound, fmt::format("there is no data folder {}", folder.string())};
    std::filesystem::create_directories(folder, unknown);
    if (unknown) return Error{ErrorCode::kIo, fmt::format("cannot make {}: {}", folder.string(), unknown.message())};
  }
  return access::open_key_store(folder);
}

json json_of(const access::KeyInfo& key) {
  const auto time = [](const std::optional<Timestamp>& t) { return t ? json(format_time(*t)) : json(nullptr); };
  return {{"id", key.id},
          {"name", key.name},
          {"organization", key.organization},
          {"project", key.project ? json(*key.project) : json(nullptr)},
          {"role", std::string(name_of(key.role))},
          {"created", format_time(key.created)},
          {"expires", time(key.expires)},
          {"last_used", time(key.last_used)},
          {"revoked", time(key.revoked)}};
}

}  // namespace

ExitCode run_key_create(const KeyCommandOptions& options) {
  auto store = open_store(options.data_folder, true);
  if (!store) return fail(store.error());
  const auto created = store->keys->create(local_user(), options.key);
  if (!created) return fail(created.error());
  if (options.json) {
    json out = json_of(created->info);
    out["token"] = created->token;
    std::cout << out.dump(2) << "\n";
    return ExitCode::kOk;
  }
  std::cerr << fmt::format("Key {} ({}) is made. This is the only time its token is shown:\n", created->info.id,
                           name_of(created->info.role));
  std::cout << created->token << std::endl;
  std::cerr << "Use it as `Authorization: Bearer <token>`, --token or STREAMFLOW_TOKEN. From now on every request "
               "needs a key.\n";
  return ExitCode::kOk;
}

ExitCode run_key_list(const KeyCommandOptions& options) {
  auto store = open_store(options.data_folder, false);
  if (!store) return fail(store.error());
  const auto keys = store->keys->list(local_user());
  if (!keys) return fail(keys.error());
  if (options.json) {
    json out = json::array();
    for (const access::KeyInfo& key : *keys) out.push_back(json_of(key));
    std::cout << out.dump(2) << "\n";
    return ExitCode::kOk;
  }
  ResultTable table;
  for (const char* name : {"id", "name", "scope", "role", "created", "expires", "last used", "state"}) {
    table.columns.push_back({name, "VARCHAR"});
  }
  const auto time = [](const std::optional<Timestamp>& t) { return t ? format_time(*t) : std::string("never"); };
  const Timestamp now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  for (const access::KeyInfo& key : *keys) {
    const char* state = key.revoked ? "revoked" : key.expires && *key.expires <= now ? "expired" : "in force";
    table.rows.push_back({key.id, key.name, key.organization + "/" + key.project.value_or("*"),
                          std::string(name_of(key.role)), format_time(key.created), time(key.expires),
                          time(key.last_used), state});
  }
  std::cout << format_table(table, {.terminal = terminal_of(STDOUT_FILENO), .types = false});
  if (keys->empty()) std::cerr << "No keys: every local request is allowed, no other is.\n";
  return ExitCode::kOk;
}

ExitCode run_key_revoke(const KeyCommandOptions& options) {
  auto store = open_store(options.data_folder, false);
  if (!store) return fail(store.error());
  const Status status = store->keys->revoke(local_user(), options.id);
  if (!status) return fail(status.error());
  if (options.json) {
    std::cout << json{{"id", options.id}, {"revoked", true}}.dump() << "\n";
  } else {
    std::cerr << fmt::format("Key {} is revoked.\n", options.id);
  }
  return ExitCode::kOk;
}

}  // namespace streamflow::app
