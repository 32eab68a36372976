#include "access/api_keys.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "access/token.h"

namespace streamflow::access {
namespace {

constexpr std::size_t kPepperBytesMin = 32;

struct KnownKey {
  SecretHash hash{};
  Subject subject;
  std::optional<Timestamp> expires;
  bool revoked = false;

  bool usable(Timestamp now) const { return !revoked && (!expires.has_value() || now < *expires); }
};
using KnownKeys = std::unordered_map<std::string, KnownKey>;

Error refused() {
  return {ErrorCode::kUnauthenticated,
          "the API key is unknown, expired or revoked: ask an administrator for a new one (`streamflow key create`)"};
}

Result<KnownKey> known_key(const metadata::ApiKeyRow& row) {
  const std::optional<SecretHash> hash = hash_from_hex(row.secret_hmac);
  const std::optional<Role> role = role_from(row.role);
  if (!hash.has_value() || !role.has_value()) {
    return Error{ErrorCode::kCorrupt, "API key " + row.id + " is stored with a role or hash that this StreamFlow " +
                                          "does not know: role \"" + row.role + "\""};
  }
  Subject subject{Subject::Kind::kApiKey, row.id, row.organization, row.project, *role};
  return KnownKey{*hash, std::move(subject), row.expires, row.revoked.has_value()};
}

KeyInfo info_of(const metadata::ApiKeyRow& row) {
  return {row.id,      row.name,    row.organization, row.project, role_from(row.role).value_or(Role::kReader),
          row.created, row.expires, row.last_used,    row.revoked};
}

bool visible_to(const Subject& caller, const std::string& organization, const std::optional<std::string>& project) {
  if (caller.kind == Subject::Kind::kLocalUser) { return true; }
  return caller.organization == organization && (!caller.project.has_value() || caller.project == project);
}

// Names become parts of paths, SQL catalogs and addresses: printable, without a slash.
Status check_scope_name(std::string_view what, std::string_view name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c != '/' && c != 0x7f; });
  if (!name.empty() && name.size() <= kNameBytesMax && printable) { return Ok{}; }
  return Error{
      ErrorCode::kInvalidArgument,
      "a key's " + std::string(what) + " must be 1 to 255 bytes without spaces, " + "control characters or slashes"};
}

class DatabaseKeys final : public ApiKeys {
 public:
  DatabaseKeys(metadata::Database& database, std::string pepper, Now now)
      : database_(database), pepper_(std::move(pepper)), now_(std::move(now)) {
    recorder_ = std::thread([this] { record_use(); });
  }
  ~DatabaseKeys() override {
    {
      const std::scoped_lock lock(used_mutex_);
      closing_ = true;
    }
    used_changed_.notify_all();
    recorder_.join();
  }

  // The first look; everything later is by refresh().
  Status load() {
    SF_TRY(changes, database_.foreign_changes());
    return reload(changes);
  }

  Result<CreatedKey> create(const Subject& creator, const NewKey& key) override {
    SF_CHECK(check(creator, key));
    SF_TRY(token, new_token());
    metadata::ApiKeyRow row;
    row.id = token.id;
    row.name = key.name;
    row.secret_hmac = to_hex(hash_secret(pepper_, token.secret));
    row.organization = key.organization;
    row.project = key.project;
    row.role = std::string(name_of(key.role));
    row.created = now_();
    row.expires = key.expires;
    SF_TRY(known, known_key(row));
    const std::scoped_lock change_lock(change_mutex_);
    SF_CHECK(database_.insert_api_key(row));
    const std::scoped_lock lock(mutex_);
    known_.insert_or_assign(row.id, known);
    return CreatedKey{info_of(row), to_string(token)};
  }

  Result<Subject> verify(std::string_view text) override {
    const std::optional<Token> token = parse_token(text);
    if (!token.has_value()) { return refused(); }
    const SecretHash offered = hash_secret(pepper_, token->secret);
    const Timestamp now = now_();
    SF_CHECK(refresh(now));
    Subject subject;
    {
      const std::scoped_lock lock(mutex_);
      const auto found = known_.find(token->id);
      if (found == known_.end() || !equal(found->second.hash, offered) || !found->second.usable(now)) {
        return refused();
      }
      subject = found->second.subject;
    }
    const std::scoped_lock lock(used_mutex_);
    used_.insert_or_assign(subject.id, now);
    return subject;
  }

  Result<std::vector<KeyInfo>> list(const Subject& caller) override {
    SF_CHECK(authorize(caller, Action::kManageKeys, own_scope(caller)));
    SF_TRY(rows, database_.api_keys());
    std::vector<KeyInfo> keys;
    for (const auto& row : rows) {
      if (visible_to(caller, row.organization, row.project)) { keys.push_back(info_of(row)); }
    }
    return keys;
  }

  Status revoke(const Subject& caller, std::string_view id) override {
    SF_CHECK(authorize(caller, Action::kManageKeys, own_scope(caller)));
    SF_TRY(row, database_.find_api_key(std::string(id)));
    if (!row.has_value() || !visible_to(caller, row->organization, row->project)) {
      return Error{ErrorCode::kNotFound, "no API key has the id " + std::string(id)};
    }
    if (row->revoked.has_value()) { return Ok{}; }
    const std::scoped_lock change_lock(change_mutex_);
    SF_CHECK(database_.update_api_key_times(row->id, std::nullopt, now_()));
    const std::scoped_lock lock(mutex_);
    if (const auto found = known_.find(row->id); found != known_.end()) { found->second.revoked = true; }
    return Ok{};
  }

  bool any() override {
    const Timestamp now = now_();
    // Without an answer the safe one is "yes": authentication stays on.
    if (!refresh(now).has_value()) { return true; }
    const std::scoped_lock lock(mutex_);
    return std::any_of(known_.begin(), known_.end(), [&](const auto& entry) { return entry.second.usable(now); });
  }

 private:
  static Resource own_scope(const Subject& caller) { return {{caller.organization, caller.project.value_or("")}, ""}; }

  Status check(const Subject& creator, const NewKey& key) const {
    SF_CHECK(check_scope_name("organization", key.organization));
    if (key.project.has_value()) { SF_CHECK(check_scope_name("project", *key.project)); }
    if (key.name.size() > kKeyNameBytesMax) {
      return Error{ErrorCode::kTooLarge, "a key's name has at most 255 bytes, got " + std::to_string(key.name.size())};
    }
    SF_CHECK(authorize(creator, Action::kManageKeys, {{key.organization, key.project.value_or("")}, ""}));
    if (!visible_to(creator, key.organization, key.project)) {
      return Error{ErrorCode::kForbidden, "key " + creator.id + " is limited to " + creator.organization + "/" +
                                              creator.project.value_or("*") + ": name that project for the new key"};
    }
    if (key.expires.has_value() && *key.expires <= now_()) {
      return Error{ErrorCode::kInvalidArgument, "the new key's expiry lies in the past"};
    }
    return Ok{};
  }

  // Looks at most every kForeignChangeDelay whether another process changed the keys.
  Status refresh(Timestamp now) {
    {
      const std::scoped_lock lock(mutex_);
      const bool clock_went_back = looked_.has_value() && now < *looked_;
      if (looked_.has_value() && !clock_went_back && now - *looked_ < kForeignChangeDelay) { return Ok{}; }
      looked_ = now;
    }
    auto changes = database_.foreign_changes();
    Status status = changes ? Status(Ok{}) : Status(std::move(changes).error());
    if (status) {
      bool changed = false;
      {
        const std::scoped_lock lock(mutex_);
        changed = *changes != changes_seen_;
      }
      if (changed) { status = reload(*changes); }
    }
    if (!status) {  // so that the next caller looks again, and fails closed as long as the database does
      const std::scoped_lock lock(mutex_);
      looked_.reset();
    }
    return status;
  }

  // `changes` was read before the rows: a change in between is seen again by the next look.
  Status reload(std::uint64_t changes) {
    const std::scoped_lock change_lock(change_mutex_);
    SF_TRY(rows, database_.api_keys());
    KnownKeys fresh;
    for (const auto& row : rows) {
      auto known = known_key(row);
      if (known) { fresh.emplace(row.id, std::move(*known)); }  // an unreadable key opens nothing
    }
    const std::scoped_lock lock(mutex_);
    known_ = std::move(fresh);
    changes_seen_ = changes;
    return Ok{};
  }

  void record_use() {
    std::unique_lock lock(used_mutex_);
    bool last = false;
    while (!last) {
      used_changed_.wait_for(lock, kLastUsedDelay, [&] { return closing_; });
      last = closing_;
      auto used = std::exchange(used_, {});
      lock.unlock();
      // A failure loses a time that is information only; the next use stores a later one.
      for (const auto& [id, when] : used) { (void)database_.update_api_key_times(id, when, std::nullopt); }
      lock.lock();
    }
  }

  metadata::Database& database_;  // immutable after construction
  const std::string pepper_;
  const Now now_;

  std::mutex change_mutex_;  // held from a change or read of the rows until known_ agrees; taken before mutex_
  std::mutex mutex_;
  KnownKeys known_;                  // guarded by mutex_; every key that is not removed from the database
  std::uint64_t changes_seen_ = 0;   // guarded by mutex_
  std::optional<Timestamp> looked_;  // guarded by mutex_

  std::mutex used_mutex_;
  std::condition_variable used_changed_;
  std::unordered_map<std::string, Timestamp> used_;  // guarded by used_mutex_; ids of known keys only
  bool closing_ = false;                             // guarded by used_mutex_
  std::thread recorder_;
};

Timestamp wall_clock() {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

}  // namespace

Result<std::unique_ptr<ApiKeys>> ApiKeys::open(metadata::Database& database, const std::string& pepper, Now now) {
  if (pepper.size() < kPepperBytesMin) {
    return Error{ErrorCode::kInvalidArgument,
                 "the pepper has " + std::to_string(pepper.size()) + " bytes, wanted at least 32"};
  }
  auto keys = std::make_unique<DatabaseKeys>(database, pepper, now ? std::move(now) : Now(wall_clock));
  SF_CHECK(keys->load());
  return std::unique_ptr<ApiKeys>(std::move(keys));
}

}  // namespace streamflow::access
