#include <fcntl.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "metadata/database.h"
#include "metadata/migrations.h"

namespace streamflow::metadata {
namespace {

// SQLite's primary result codes, https://www.sqlite.org/rescode.html.
constexpr int kSqliteBusy = 5;
constexpr int kSqliteLocked = 6;
constexpr int kSqliteCorrupt = 11;
constexpr int kSqliteConstraint = 19;
constexpr int kSqliteNotADatabase = 26;

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case kSqliteBusy:
    case kSqliteLocked: return ErrorCode::kUnavailable;
    case kSqliteConstraint: return ErrorCode::kConflict;
    case kSqliteCorrupt:
    case kSqliteNotADatabase: return ErrorCode::kCorrupt;
    default: return ErrorCode::kIo;
  }
}

// Runs `body` and turns SOCI's exceptions into an Error that starts with `what`.
template <class Body>
auto guarded(const std::string& what, Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const soci::sqlite3_soci_error& error) {
    return Error{code_of(error.result()), what + ": " + error.what()};
  } catch (const std::exception& error) { return Error{ErrorCode::kIo, what + ": " + error.what()}; }
}

// An optional time as SOCI binds it.
struct BoundTime {
  long long ns = 0;
  soci::indicator indicator = soci::i_null;

  BoundTime() = default;
  explicit BoundTime(const std::optional<Timestamp>& time) {
    if (time.has_value()) {
      ns = to_ns(*time);
      indicator = soci::i_ok;
    }
  }
  std::optional<Timestamp> time() const {
    if (indicator != soci::i_ok) { return std::nullopt; }
    return timestamp_from_ns(ns);
  }
};

// One row's variables while SOCI fills them.
struct BoundKey {
  ApiKeyRow row;
  std::string project;
  soci::indicator project_indicator = soci::i_null;
  long long created = 0;
  BoundTime expires, last_used, revoked;

  ApiKeyRow take() {
    row.project = project_indicator == soci::i_ok ? std::optional(project) : std::nullopt;
    row.created = timestamp_from_ns(created);
    row.expires = expires.time();
    row.last_used = last_used.time();
    row.revoked = revoked.time();
    return row;
  }
};

constexpr const char* kSelectKeys =
    "SELECT id, name, secret_hmac, organization, project, role, created, expires, last_used, revoked FROM api_keys ";

class SqliteDatabase final : public Database {
 public:
  explicit SqliteDatabase(const std::string& connect) : session_(*soci::factory_sqlite3(), connect) {}

  Status prepare() {
    return guarded("opening the metadata database", [&]() -> Status {
      session_ << "PRAGMA busy_timeout = 5000";
      session_ << "PRAGMA journal_mode = WAL";
      session_ << "PRAGMA synchronous = FULL";  // a revoked key stays revoked after a power cut
      session_ << "PRAGMA foreign_keys = ON";
      return migrate();
    });
  }

  Status insert_api_key(const ApiKeyRow& row) override {
    const std::scoped_lock lock(mutex_);
    return guarded("storing API key " + row.id, [&]() -> Status {
      const std::string project = row.project.value_or("");
      soci::indicator project_indicator = row.project.has_value() ? soci::i_ok : soci::i_null;
      const long long created = to_ns(row.created);
      BoundTime expires(row.expires), last_used(row.last_used), revoked(row.revoked);
      session_ << "INSERT INTO api_keys (id, name, secret_hmac, organization, project, role, created, expires, "
                  "last_used, revoked) VALUES (:id, :name, :hmac, :org, :project, :role, :created, :expires, :used, "
                  ":revoked)",
          soci::use(row.id), soci::use(row.name), soci::use(row.secret_hmac), soci::use(row.organization),
          soci::use(project, project_indicator), soci::use(row.role), soci::use(created),
          soci::use(expires.ns, expires.indicator), soci::use(last_used.ns, last_used.indicator),
          soci::use(revoked.ns, revoked.indicator);
      return Ok{};
    });
  }

  Result<std::optional<ApiKeyRow>> find_api_key(const std::string& id) override {
    const std::scoped_lock lock(mutex_);
    return guarded("looking up API key " + id, [&]() -> Result<std::optional<ApiKeyRow>> {
      BoundKey key;
      soci::statement statement = (into(session_.prepare << kSelectKeys << "WHERE id = :id", key), soci::use(id));
      if (!statement.execute(true)) { return std::optional<ApiKeyRow>(); }
      return std::optional(key.take());
    });
  }

  Result<std::vector<ApiKeyRow>> api_keys() override {
    const std::scoped_lock lock(mutex_);
    return guarded("listing API keys", [&]() -> Result<std::vector<ApiKeyRow>> {
      BoundKey key;
      std::vector<ApiKeyRow> rows;
      soci::statement statement = into(session_.prepare << kSelectKeys << "ORDER BY created, id", key);
      statement.execute();
      while (statement.fetch()) { rows.push_back(key.take()); }
      return rows;
    });
  }

  Status update_api_key_times(const std::string& id, std::optional<Timestamp> last_used,
                              std::optional<Timestamp> revoked) override {
    const std::scoped_lock lock(mutex_);
    return guarded("updating API key " + id, [&]() -> Status {
      BoundTime used(last_used), gone(revoked);
      soci::statement statement =
          (session_.prepare << "UPDATE api_keys SET last_used = COALESCE(:used, last_used), "
                               "revoked = COALESCE(:revoked, revoked) WHERE id = :id",
           soci::use(used.ns, used.indicator), soci::use(gone.ns, gone.indicator), soci::use(id));
      statement.execute(true);
      if (statement.get_affected_rows() == 0) { return Error{ErrorCode::kNotFound, "no API key has the id " + id}; }
      return Ok{};
    });
  }

  Result<std::uint64_t> foreign_changes() override {
    const std::scoped_lock lock(mutex_);
    return guarded("asking for changes of the metadata database", [&]() -> Result<std::uint64_t> {
      long long version = 0;
      session_ << "PRAGMA data_version", soci::into(version);
      return static_cast<std::uint64_t>(version);
    });
  }

 private:
  // Appends the targets of kSelectKeys' columns, in its order.
  static soci::details::prepare_temp_type into(soci::details::prepare_temp_type prepare, BoundKey& key) {
    return prepare, soci::into(key.row.id), soci::into(key.row.name), soci::into(key.row.secret_hmac),
           soci::into(key.row.organization), soci::into(key.project, key.project_indicator), soci::into(key.row.role),
           soci::into(key.created), soci::into(key.expires.ns, key.expires.indicator),
           soci::into(key.last_used.ns, key.last_used.indicator), soci::into(key.revoked.ns, key.revoked.indicator);
  }

  // Another process may be migrating too: the version is read again inside each transaction.
  Status migrate() {
    for (;;) {
      session_ << "BEGIN IMMEDIATE";
      soci::session& session = session_;
      long long version = 0;
      session << "PRAGMA user_version", soci::into(version);
      const auto known = static_cast<long long>(kMigrations.size());
      if (version >= known || version < 0) {
        session << "ROLLBACK";
        if (version == known) { return Ok{}; }
        return Error{ErrorCode::kUnsupported, "the metadata database has schema version " + std::to_string(version) +
                                                  ", this StreamFlow knows versions up to " + std::to_string(known) +
                                                  ": start the newer StreamFlow that wrote it, or restore a backup"};
      }
      for (const std::string_view statement : kMigrations[static_cast<std::size_t>(version)]) {
        session << std::string(statement);
      }
      session << "PRAGMA user_version = " << version + 1;
      session << "COMMIT";
    }
  }

  std::mutex mutex_;
  soci::session session_;  // guarded by mutex_
};

// SQLite would create the file by the umask; key hashes are nobody else's business.
Status create_private_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    return Error{ErrorCode::kIo, "opening the metadata database " + path.string() + ": " + std::strerror(errno)};
  }
  ::close(fd);
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open_sqlite(const std::filesystem::path& path) {
  if (path.native().find('"') != std::string::npos) {
    return Error{ErrorCode::kInvalidArgument,
                 "the data folder's path must not contain a double quote: " + path.string()};
  }
  SF_CHECK(create_private_file(path));
  auto opened = guarded("opening the metadata database", [&]() -> Result<std::unique_ptr<SqliteDatabase>> {
    return std::make_unique<SqliteDatabase>("dbname=\"" + path.string() + "\" timeout=5");
  });
  if (!opened) { return with_context(std::move(opened).error(), path.string()); }
  if (auto prepared = (*opened)->prepare(); !prepared) {
    return with_context(std::move(prepared).error(), path.string());
  }
  return std::unique_ptr<Database>(std::move(*opened));
}

}  // namespace streamflow::metadata
