// API keys: made once, shown once, stored as an HMAC; verified on every request.
// Format:     sfk_<key id, 12 base32 characters>_<secret, 256 bits as base64url>; the database holds the id and
//             HMAC-SHA-256(pepper, secret), never the secret. The pepper is a file of the data folder, mode 0600.
// Invariants: a revoked or expired key is refused at once by the process that revoked it, and within
// kForeignChangeDelay by
//             every other process on the same data folder. `last_used` is stored at most once a minute, and on closing.
// Threads:    safe from any thread; verify() answers from memory, known key or not.
// Errors:     kUnauthenticated for an unknown, expired or revoked key (one message for all), kForbidden when a key is
//             asked to be broader than its creator.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access.h"
#include "metadata/database.h"
#include "model/result.h"
#include "model/time.h"

namespace streamflow::access {

struct NewKey {
  std::string name;  // for people
  std::string organization = "default";
  std::optional<std::string> project;
  Role role = Role::kEditor;
  std::optional<Timestamp> expires;
};

struct KeyInfo {
  std::string id, name, organization;
  std::optional<std::string> project;
  Role role = Role::kReader;
  Timestamp created;
  std::optional<Timestamp> expires, last_used, revoked;
};

struct CreatedKey {
  KeyInfo info;
  std::string token;
};  // the token is shown once

inline constexpr Duration kForeignChangeDelay = std::chrono::milliseconds(250);
inline constexpr Duration kLastUsedDelay = std::chrono::minutes(1);
inline constexpr std::size_t kKeyNameBytesMax = 255;

class ApiKeys {
 public:
  using Now = std::function<Timestamp()>;
  // `database` must outlive the result. `pepper`: at least 32 bytes. `now` is replaced by tests.
  static Result<std::unique_ptr<ApiKeys>> open(metadata::Database& database, const std::string& pepper, Now now = {});
  virtual ~ApiKeys() = default;
  virtual Result<CreatedKey> create(const Subject& creator, const NewKey& key) = 0;
  virtual Result<Subject> verify(std::string_view token) = 0;
  virtual Result<std::vector<KeyInfo>> list(const Subject& caller) = 0;
  virtual Status revoke(const Subject& caller, std::string_view id) = 0;
  virtual bool any() = 0;  // is there a usable key? (then authentication is on)
};

// The keys of a data folder, as the server and `streamflow key` open them: metadata.sqlite and pepper, both made (mode
// 0600) when both are missing. kCorrupt when one of them is gone, or the pepper is too short.
struct KeyStore {
  std::unique_ptr<metadata::Database> database;
  std::unique_ptr<ApiKeys> keys;  // uses `database`: destroyed first
};
Result<KeyStore> open_key_store(const std::filesystem::path& data_folder);

}  // namespace streamflow::access
