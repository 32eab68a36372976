// What people own (keys now; users, rules, dashboards, workflows later), in SQLite through SOCI; PostgreSQL is its
// twin. Invariants: migrations run on open, each in a transaction, forward only; a newer schema than this program knows
// is refused. Threads:    safe from any thread; calls are serialised. Errors:     kIo, kConflict (unique), kUnavailable
// (busy longer than 5 s), kCorrupt (not a database), kUnsupported (made
//             by a newer StreamFlow). SOCI's exceptions never leave this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/time.h"

namespace streamflow::metadata {

struct ApiKeyRow {
  std::string id, name, secret_hmac;  // hmac in hex
  std::string organization;
  std::optional<std::string> project;
  std::string role;
  Timestamp created;
  std::optional<Timestamp> expires, last_used, revoked;
};

class Database {
 public:
  // Creates the file (mode 0600) when there is none. Several processes may have it open.
  static Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& path);
  virtual ~Database() = default;
  virtual Status insert_api_key(const ApiKeyRow& row) = 0;
  virtual Result<std::optional<ApiKeyRow>> find_api_key(const std::string& id) = 0;
  virtual Result<std::vector<ApiKeyRow>> api_keys() = 0;
  // Sets the times that are given and leaves the others; kNotFound for an unknown id.
  virtual Status update_api_key_times(const std::string& id, std::optional<Timestamp> last_used,
                                      std::optional<Timestamp> revoked) = 0;
  // Another number than before whenever another process has changed the database; touches shared memory, not the disk.
  virtual Result<std::uint64_t> foreign_changes() = 0;
};

}  // namespace streamflow::metadata
