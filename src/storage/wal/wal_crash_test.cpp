// The log under crashes at random points, crashes during recovery included, and under a failure of every single call.
// The oracle lives outside: which records were appended, and up to which one a sync had returned.
#include <gtest/gtest.h>

#include "storage/environment/simulated_file_system.h"
#include "storage/wal/log_record_test_data.h"
#include "storage/wal/wal.h"

namespace streamflow::storage {
namespace {

using testing::random_record;
using testing::same;

const std::filesystem::path kFolder = "wal/0";

WalOptions small_files() {
  WalOptions options;
  options.file_bytes_max = 3000;
  options.database_id = "00112233445566778899aabbccddeeff";
  options.strict = true;  // nothing rots here: whatever a crash leaves must open
  return options;
}

// Appends random records and remembers what it was promised.
class Workload {
 public:
  explicit Workload(std::uint64_t seed) : random_(seed), files_(seed) {}

  // Opens the log and checks what it replays. False when a call failed and the log did not open.
  bool open() {
    wal_.reset();
    std::uint64_t next = flushed_ + 1;
    bool as_written = true;
    auto opened = Wal::open(files_, kFolder, small_files(), {flushed_}, [&](LogRecord record) -> Status {
      as_written =
          as_written && record.sequence.value == next && next <= written_.size() && same(record, written_[next - 1]);
      ++next;
      return Ok{};
    });
    EXPECT_TRUE(as_written) << "record " << next - 1 << " is not what was written, or not in its place";
    if (!opened.has_value()) {
      EXPECT_EQ(opened.error().code, ErrorCode::kIo) << opened.error().message;
      return false;
    }
    wal_ = std::move(*opened);
    EXPECT_GE(next, synced_ + 1) << "an acknowledged record is missing";
    EXPECT_TRUE(wal_->replay().losses.empty());
    EXPECT_EQ(wal_->last_sequence().value, std::max(next - 1, flushed_));
    written_.resize(wal_->last_sequence().value);
    synced_ = written_.size();  // what was replayed is durable
    return true;
  }

  // One random step. False when a call failed: the log is then to be opened again.
  bool step() {
    const std::uint64_t choice = random_() % 20;
    if (choice < 12) {
      LogRecord record = random_record(random_, wal_->last_sequence().value + 1, 6);
      written_.push_back(record);  // possible from here on: a failed append may have reached the disk whole
      return wal_->append(record).has_value();
    }
    if (choice < 17) {
      const std::uint64_t last = wal_->last_sequence().value;
      if (!wal_->sync().has_value()) { return false; }
      synced_ = last;
      return true;
    }
    if (choice < 19) {
      const std::uint64_t last = wal_->last_sequence().value;
      if (!wal_->roll().has_value()) { return false; }
      synced_ = std::max(synced_, last);
      return true;
    }
    flushed_ = synced_ - random_() % (synced_ - flushed_ + 1);  // rows up to here are in segments now
    return wal_->remove_through({flushed_}).has_value();
  }

  bool append_and_sync() {
    LogRecord record = random_record(random_, wal_->last_sequence().value + 1, 6);
    written_.push_back(record);
    if (!wal_->append(record).has_value() || !wal_->sync().has_value()) { return false; }
    synced_ = wal_->last_sequence().value;
    return true;
  }

  void close() { wal_.reset(); }
  SimulatedFileSystem& files() { return files_; }
  std::mt19937_64& random() { return random_; }
  std::size_t synced() const { return synced_; }

 private:
  std::mt19937_64 random_;
  SimulatedFileSystem files_;
  std::vector<LogRecord> written_;
  std::uint64_t synced_ = 0, flushed_ = 0;
  std::unique_ptr<Wal> wal_;
};

TEST(WalCrash, KeepsEverySyncedRecordThroughRandomCrashes) {
  std::uint64_t crashes = 0;
  std::uint64_t recovery_crashes = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Workload workload(seed);
    std::mt19937_64& random = workload.random();
    for (int round = 0; round < 6; ++round) {
      if (random() % 4 == 0) { workload.files().fail_call(1 + random() % 12, SimulatedFileSystem::Fault::kFromThenOn); }
      while (!workload.open()) {  // the power went during recovery
        ++recovery_crashes;
        workload.files().crash();
        if (random() % 3 == 0) {
          workload.files().fail_call(1 + random() % 12, SimulatedFileSystem::Fault::kFromThenOn);
        }
      }
      workload.files().clear_faults();
      workload.files().fail_call(1 + random() % 60, SimulatedFileSystem::Fault::kFromThenOn);
      const std::uint64_t steps = random() % 40;
      for (std::uint64_t step = 0; step < steps && workload.step(); ++step) {}
      if (random() % 3 == 0) {
        workload.files().kill();
      } else {
        workload.files().crash();
      }
      ++crashes;
      if (::testing::Test::HasFailure()) { return; }
    }
    ASSERT_TRUE(workload.open());
  }
  EXPECT_EQ(crashes, 12'000U);
  EXPECT_GT(recovery_crashes, 1000U);  // the test reaches what it is for
}

// Fails the first call of a run, then the second, and so on, until a run needs no more calls.
TEST(WalCrash, SurvivesAFailureOfEveryCall) {
  for (const auto fault : {SimulatedFileSystem::Fault::kOnce, SimulatedFileSystem::Fault::kFromThenOn}) {
    std::uint64_t n = 1;
    for (bool reached = true; reached && !::testing::Test::HasFailure(); ++n) {
      SCOPED_TRACE("call " + std::to_string(n));
      Workload workload(7);  // the same steps each time, until the failure
      workload.files().fail_call(n, fault);
      bool running = workload.open();
      for (int step = 0; step < 60 && running; ++step) { running = workload.step(); }
      for (int round = 0; round < 2 && running; ++round) { running = workload.open(); }
      reached = workload.files().call_count() >= n;
      workload.close();
      if (n % 2 == 0) {
        workload.files().crash();
      } else {
        workload.files().kill();
      }
      ASSERT_TRUE(workload.open());
    }
    EXPECT_GT(n, 100U);
  }
}

TEST(WalCrash, NeverAcknowledgesAfterAFailedSync) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Workload workload(seed);
    ASSERT_TRUE(workload.open());
    for (int step = 0; step < 10; ++step) { ASSERT_TRUE(workload.step()); }
    workload.files().fail_syncs(true);
    EXPECT_FALSE(workload.append_and_sync());
    workload.files().fail_syncs(false);
    EXPECT_FALSE(workload.append_and_sync());
    workload.close();
    workload.files().crash();
    ASSERT_TRUE(workload.open());
  }
}

}  // namespace
}  // namespace streamflow::storage
