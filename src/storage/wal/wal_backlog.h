// The records that opening a log delivered as outlines, read again with their rows: later, in order, a file at a time.
// Format:     docs/format/wal.md, "Recovery".
// Invariants: delivers each record that the opening delivered, once; what the opening had found rotten is not told
//             again. The files must stay until they are read: Wal::remove_through() removes none whose records are not
//             in segments, so not one of these.
// Threads:    one.
// Errors:     kIo when the disk fails, kCorrupt when a file is not as opening left it. After an error: the same again.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "storage/environment/file_system.h"
#include "storage/wal/wal.h"
#include "storage/wal/wal_file.h"

namespace streamflow::storage {

struct WalBacklogFile {
  std::filesystem::path path;
  std::uint64_t end = 0;   // frames from here on do not count
  std::uint32_t seed = 0;  // of its frames' checksums
};

class WalBacklog {
 public:
  WalBacklog(FileSystem& files, std::deque<WalBacklogFile> pending, SequenceNumber after);

  // The next record, or nothing when all were delivered.
  Result<std::optional<LogRecord>> next();
  std::uint64_t bytes_left() const { return bytes_left_; }
  // Records whose frames are good and whose rows make no sense: known only now.
  const std::vector<WalLoss>& losses() const { return losses_; }

 private:
  Status open_next();
  Result<std::optional<LogRecord>> decode(const WalFrame& frame);

  FileSystem& files_;
  std::deque<WalBacklogFile> pending_;  // the front is the one being read
  SequenceNumber last_;                 // delivered, or not asked for
  std::vector<std::byte> bytes_;        // of the file being read
  std::optional<WalFileScan> scan_;
  std::size_t next_frame_ = 0;
  std::vector<std::byte> scratch_;
  std::uint64_t bytes_left_ = 0;
  std::vector<WalLoss> losses_;
};

}  // namespace streamflow::storage
