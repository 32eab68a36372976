// The log on a full disk: records are refused one by one, nothing stops, and it goes on when there is room.
#include <gtest/gtest.h>

#include "storage/testing/wal_test_log.h"

namespace streamflow::storage {
namespace {

using namespace testing;

std::uint64_t used_bytes(const SimulatedFileSystem& files) {
  std::uint64_t used = 0;
  for (const auto& path : files.paths()) { used += files.bytes_of(path).size(); }
  return used;
}

WalOptions strict_options(std::uint64_t file_bytes_max = 64U << 20U) {
  WalOptions options = options_with(file_bytes_max);
  options.strict = true;
  return options;
}

// Every number of free bytes, so that the disk is full in the middle of a frame, of a mark, of a header.
TEST(WalFullDisk, RefusesARecordAndGoesOnWhenThereIsRoom) {
  for (std::uint64_t free = 0; free < 1200; free += 7) {
    for (const bool power_loss : {false, true}) {
      SCOPED_TRACE(std::to_string(free) + " bytes free");
      SimulatedFileSystem files(free);
      TestLog log(files, strict_options());
      fill(log, 1, 3);
      files.set_capacity(used_bytes(files) + free);
      std::uint64_t next = 4;
      Status appended = Ok{};
      while ((appended = log.wal->append(record_at(next))).has_value()) {
        ASSERT_TRUE(log.wal->sync().has_value());
        ++next;
      }
      ASSERT_EQ(appended.error().code, ErrorCode::kOverloaded) << appended.error().message;
      EXPECT_EQ(log.wal->append(record_at(next)).error().code, ErrorCode::kOverloaded);
      files.set_capacity(std::nullopt);
      fill(log, next, next + 3);
      log.wal.reset();
      if (power_loss) { files.crash(); }
      TestLog again(files, strict_options());
      ASSERT_NE(again.wal, nullptr) << again.error;
      EXPECT_EQ(again.sequences(), range(1, next + 3));
      EXPECT_TRUE(again.wal->replay().losses.empty());
    }
  }
}

TEST(WalFullDisk, KeepsTheOldFileWhenANewOneFindsNoRoom) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SimulatedFileSystem files(seed);
    TestLog log(files, strict_options());
    fill(log, 1, 3);
    files.set_capacity(used_bytes(files) + seed);  // a header has 64 bytes
    ASSERT_EQ(log.wal->roll().error().code, ErrorCode::kOverloaded);
    files.set_capacity(std::nullopt);
    fill(log, 4, 5);
    ASSERT_TRUE(log.wal->append(record_at(6)).has_value());  // unsynced: a torn tail, in the last file
    files.crash();
    TestLog again(files, strict_options());
    ASSERT_NE(again.wal, nullptr) << again.error;
    EXPECT_GE(again.sequences().size(), 5U);
    EXPECT_TRUE(again.wal->replay().losses.empty());
  }
}

TEST(WalFullDisk, StopsWhenTheTornRecordCannotBeCutOff) {
  SimulatedFileSystem files(1);
  TestLog log(files, strict_options());
  fill(log, 1, 3);
  files.set_capacity(used_bytes(files) + 10);
  files.fail_call(SimulatedFileSystem::Operation::kTruncate, 1, SimulatedFileSystem::Fault::kOnce);
  EXPECT_EQ(log.wal->append(record_at(4)).error().code, ErrorCode::kIo);
  files.set_capacity(std::nullopt);
  EXPECT_EQ(log.wal->append(record_at(4)).error().code, ErrorCode::kUnavailable);
  log.wal.reset();
  EXPECT_EQ(TestLog(files, strict_options()).sequences(), range(1, 3));
}

}  // namespace
}  // namespace streamflow::storage
