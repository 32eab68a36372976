// A log over a simulated disk, for the tests of the log: opens it, keeps what it replays, looks at its frames.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/environment/simulated_file_system.h"
#include "storage/wal/log_record_test_data.h"
#include "storage/wal/wal.h"
#include "storage/wal/wal_file.h"

namespace streamflow::storage::testing {

inline const std::filesystem::path kFolder = "wal/0";

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

inline WalOptions options_with(std::uint64_t file_bytes_max = 64U << 20U) {
  WalOptions options;
  options.file_bytes_max = file_bytes_max;
  options.database_id = "00112233445566778899aabbccddeeff";
  options.shard.value = 3;
  return options;
}

// A log over the simulated disk, and what it replayed when it was opened.
struct TestLog {
  std::unique_ptr<Wal> wal;
  std::vector<LogRecord> replayed;
  std::string error;
  ErrorCode code = ErrorCode::kInternal;

  explicit TestLog(SimulatedFileSystem& files, WalOptions options = options_with(), SequenceNumber after = {0}) {
    auto opened = Wal::open(files, kFolder, std::move(options), after, [&](LogRecord record) -> Status {
      replayed.push_back(std::move(record));
      return Ok{};
    });
    if (opened.has_value()) {
      wal = std::move(*opened);
    } else {
      error = opened.error().message;
      code = opened.error().code;
    }
  }
  std::vector<std::uint64_t> sequences() const {
    std::vector<std::uint64_t> all;
    for (const LogRecord& record : replayed) { all.push_back(record.sequence.value); }
    return all;
  }
};

inline LogRecord record_at(std::uint64_t sequence) {
  std::mt19937_64 random(sequence);
  return random_record(random, sequence, 8);
}

inline std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = first; i <= last; ++i) { all.push_back(i); }
  return all;
}

// Appends and syncs records first to last, one sync each.
inline void fill(TestLog& log, std::uint64_t first, std::uint64_t last) {
  ASSERT_NE(log.wal, nullptr) << log.error;
  for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
    ASSERT_TRUE(log.wal->append(record_at(sequence)).has_value());
    ASSERT_TRUE(log.wal->sync().has_value());
  }
}

inline std::filesystem::path only_file(SimulatedFileSystem& files) {
  return kFolder / files.list(kFolder)->front();
}

// The frames of a file, as the format's own scanner sees them.
inline std::vector<WalFrame> record_frames(const std::vector<std::byte>& bytes) {
  const auto identity = decode_wal_header(bytes);
  std::vector<WalFrame> frames = scan_wal_file(bytes, wal_frame_seed(*identity)).frames;
  std::erase_if(frames, [](const WalFrame& frame) {
    return frame.header.kind != static_cast<std::uint8_t>(WalFrameKind::kRecord);
  });
  return frames;
}

}  // namespace streamflow::storage::testing
