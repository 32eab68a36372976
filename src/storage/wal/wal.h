// The write-ahead log of one shard: append, sync, replay. An acknowledged row is one whose record was synced here.
// Format:     docs/format/wal.md, version 1. Files wal/<shard>/<first sequence, 16 hex digits>.wal in the data folder.
// Invariants: records have consecutive sequence numbers across files. A torn tail of the *last* file is cut on open; a
//             bad record that had been synced is rot: the file is copied to the folder's quarantine/, every intact
//             record is delivered, and the lost range is reported (`strict` refuses to open instead).
//             docs/format/wal.md says how the two are told apart.
// Threads:    one writer thread calls append/sync/roll/remove_through; nothing else may run beside them.
// Errors:     after a failed append, sync or roll every later call answers kUnavailable: the shard stops, the disk is
//             never retried as if it had worked. kTooLarge and kInvalidArgument refuse a record and change nothing; so
//             does kOverloaded, a full disk: what it had taken of the record is cut off again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/strong_id.h"
#include "storage/environment/file_system.h"
#include "storage/wal/log_record.h"

namespace streamflow::storage {

struct WalOptions {
  std::uint64_t file_bytes_max = 64U << 20U;  // a new file is begun past this size
  bool strict = false;                        // refuse to open a log with rot
  bool compress = true;                       // LZ4 frames of at least 4 KiB when that saves an eighth
  // What open() delivers. After outlines, take_backlog() has the records themselves.
  RecordDetail deliver = RecordDetail::kWhole;
  // Whose log it is: written to every file and checked on open, so that a file from elsewhere is not replayed. With an
  // empty database_id nothing is checked, and a file whose header has rotted loses all its records.
  std::string database_id;  // 32 hex digits, as in the manifest
  ShardIndex shard;
  std::uint32_t generation = 1;  // of the shard layout
};

struct WalLoss {  // what rot cost
  std::filesystem::path file;
  std::uint64_t offset_begin = 0, offset_end = 0;  // bytes of the file
  SequenceNumber sequence_after, sequence_before;  // records strictly between these are lost (there may be none)
};

struct WalReplay {
  std::uint64_t record_count = 0;
  std::uint64_t bytes = 0;
  std::uint64_t torn_bytes = 0;  // cut from the tail of the last file; none of them was ever acknowledged
  SequenceNumber last_sequence;
  std::vector<WalLoss> losses;
};

class WalBacklog;  // wal_backlog.h

class Wal {
 public:
  // Replays every intact record with sequence > `after`, oldest first, into `apply`, cuts the torn tail and is then
  // ready to append. What was replayed is durable when it returns. An error of `apply` stops the opening and is
  // returned; the files are then as they were. kConflict: the log belongs to another database or shard. kUnsupported:
  // a newer version wrote it.
  static Result<std::unique_ptr<Wal>> open(FileSystem& files, std::filesystem::path folder, WalOptions options,
                                           SequenceNumber after, const std::function<Status(LogRecord)>& apply);
  ~Wal();

  // With RecordDetail::kOutline: what was delivered, to be read again with its rows. Once.
  std::unique_ptr<WalBacklog> take_backlog();

  const WalReplay& replay() const;
  SequenceNumber last_sequence() const;

  // Buffers a record in the operating system; not durable before sync(). `record.sequence` must be last + 1.
  Status append(const LogRecord& record);
  Status append_encoded(SequenceNumber sequence, std::span<const std::byte> payload);  // encode_record()'s bytes
  Status sync();
  // Begins a new file, so that the older ones can go once their rows are in segments.
  Status roll();
  // Deletes files that hold only records with sequence <= `sequence`; never the current one.
  Status remove_through(SequenceNumber sequence);
  std::uint64_t bytes() const;  // of all files, quarantine aside

 private:
  struct State;
  explicit Wal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace streamflow::storage
