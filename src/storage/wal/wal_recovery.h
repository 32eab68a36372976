// Opening a log after whatever happened: replays what is intact, tells a torn tail from rot, mends the last file.
// Format:     docs/format/wal.md, "Recovery".
// Invariants: the disk is changed only after every record was applied, and each change may be interrupted and repeated.
//             When it returns, everything replayed is durable.
// Threads:    one.
// Errors:     as Wal::open.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "storage/environment/file_system.h"
#include "storage/wal/wal.h"
#include "storage/wal/wal_backlog.h"
#include "storage/wal/wal_file.h"

namespace streamflow::storage {

struct WalFileEntry {
  std::filesystem::path path;
  SequenceNumber first_sequence;
  std::uint64_t bytes = 0;
};

struct WalRecovered {
  WalReplay replay;
  std::vector<WalFileEntry> files;     // oldest first, as they are now
  std::deque<WalBacklogFile> backlog;  // where the records lie that were delivered
};

std::filesystem::path wal_file_path(const std::filesystem::path& folder, SequenceNumber first_sequence);
// What the options say about the file that begins with `first_sequence`; kInvalidArgument for a bad database id.
Result<WalFileIdentity> wal_identity(const WalOptions& options, SequenceNumber first_sequence);

Result<WalRecovered> recover_wal(FileSystem& files, const std::filesystem::path& folder, const WalOptions& options,
                                 SequenceNumber after, const std::function<Status(LogRecord)>& apply);

}  // namespace streamflow::storage
