// The metadata schema's history: each entry brings a database from version i to i + 1, forward only.
// Invariants: an entry that was released is never edited; a change is a new entry at the end.
// Threads:    immutable.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace streamflow::metadata {

// One migration is a list of statements, run in one transaction together with the new `PRAGMA user_version`.
// Times are int64 nanoseconds since the Unix epoch.
inline constexpr std::array<std::string_view, 2> kMigration1 = {
    R"(CREATE TABLE api_keys (
         id           TEXT PRIMARY KEY NOT NULL,
         name         TEXT NOT NULL,
         secret_hmac  TEXT NOT NULL,
         organization TEXT NOT NULL,
         project      TEXT,
         role         TEXT NOT NULL,
         created      INTEGER NOT NULL,
         expires      INTEGER,
         last_used    INTEGER,
         revoked      INTEGER))",
    "CREATE INDEX api_keys_by_organization ON api_keys (organization)"};

inline constexpr std::array<std::span<const std::string_view>, 1> kMigrations = {kMigration1};

}  // namespace streamflow::metadata
