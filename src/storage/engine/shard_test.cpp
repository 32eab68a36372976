#include "storage/engine/shard.h"

#include <gtest/gtest.h>

#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

class SteppedClock final : public Clock {
 public:
  Timestamp now() const override { return timestamp_from_ns(1'700'000'000'000'000'000); }
  Duration steady() const override { return steady_; }
  void advance(Duration by) { steady_ += by; }

 private:
  Duration steady_{0};
};

// A shard without a thread: step() does its work.
class SteppedShard {
 public:
  explicit SteppedShard(SimulatedFileSystem& files, LogSync sync = LogSync::kAlways)
      : catalog_(1), shard_({0}, context_on(files, sync)) {
    EXPECT_TRUE(shard_.recover({}).has_value());
  }

  Shard& shard() { return shard_; }
  void advance(Duration by) { clock_.advance(by); }
  const EngineOptions& options() const { return options_; }
  EngineStatistics statistics() const {
    EngineStatistics statistics;
    shard_.add_to(statistics);
    return statistics;
  }

 private:
  Shard::Context context_on(SimulatedFileSystem& files, LogSync sync) {
    options_.files = &files;
    options_.clock = &clock_;
    options_.data_folder = "/data";
    options_.shard_count = 1;
    options_.sync = sync;
    return {&options_, &catalog_, std::string(32, 'a'), {}, {}};
  }

  SteppedClock clock_;
  EngineOptions options_;
  TableCatalog catalog_;
  Shard shard_;
};

class PendingWrite {
 public:
  explicit PendingWrite(Producer producer) {
    auto batch = std::make_shared<RowBatch>();
    batch->table = "cpu";
    batch->series_count = 1;
    batch->series_of_row = {0};
    batch->times = {1};
    write_.record.batches.push_back(std::move(batch));
    write_.record.producer = std::move(producer);
    write_.payload = encode_record(write_.record);
    write_.done = &done_;
  }
  ShardWrite& write() { return write_; }
  bool is_done() const { return done_.try_wait(); }

 private:
  std::latch done_{1};
  ShardWrite write_;
};

TEST(Shard, ARetryInTheSameGroupIsADuplicateOnceTheGroupIsSynced) {
  SimulatedFileSystem files(1);
  SteppedShard stepped(files);
  PendingWrite first({"p", 1, 1}), again({"p", 1, 1});
  stepped.shard().submit(first.write());
  stepped.shard().submit(again.write());
  stepped.shard().step();
  ASSERT_TRUE(first.is_done() && again.is_done());
  EXPECT_FALSE(first.write().error.has_value());
  EXPECT_FALSE(first.write().duplicate);
  EXPECT_FALSE(again.write().error.has_value());
  EXPECT_TRUE(again.write().duplicate);
}

TEST(Shard, ARetryInAGroupWhoseSyncFailsFailsToo) {
  SimulatedFileSystem files(1);
  SteppedShard stepped(files);
  PendingWrite first({"p", 1, 1}), again({"p", 1, 1});
  stepped.shard().submit(first.write());
  stepped.shard().submit(again.write());
  files.fail_syncs(true);
  stepped.shard().step();
  ASSERT_TRUE(first.is_done() && again.is_done());
  ASSERT_TRUE(first.write().error.has_value());
  ASSERT_TRUE(again.write().error.has_value()) << "acknowledged as a duplicate of what was never stored";
  EXPECT_EQ(again.write().error->code, ErrorCode::kUnavailable);
}

TEST(Shard, WithAnIntervalItSyncsThatMuchLaterAndOnce) {
  SimulatedFileSystem files(1);
  SteppedShard stepped(files, LogSync::kInterval);
  PendingWrite writes[] = {PendingWrite({}), PendingWrite({})};
  for (PendingWrite& write : writes) {
    stepped.shard().submit(write.write());
    stepped.shard().step();
    ASSERT_TRUE(write.is_done());
    EXPECT_FALSE(write.write().error.has_value());
    stepped.advance(stepped.options().sync_interval - Duration(1));
    if (&write == writes) { EXPECT_EQ(stepped.statistics().wal_syncs, 0U); }
  }
  stepped.shard().step();  // the first write has waited longer than the interval
  EXPECT_EQ(stepped.statistics().wal_syncs, 1U);
  stepped.advance(stepped.options().sync_interval * 10);
  stepped.shard().step();  // nothing new
  EXPECT_EQ(stepped.statistics().wal_syncs, 1U);
}

TEST(Shard, WithAnIntervalAFailedSyncStopsIt) {
  SimulatedFileSystem files(1);
  SteppedShard stepped(files, LogSync::kInterval);
  PendingWrite first({}), second({});
  stepped.shard().submit(first.write());
  stepped.shard().step();
  files.fail_syncs(true);
  stepped.advance(stepped.options().sync_interval);
  stepped.shard().step();
  stepped.shard().submit(second.write());
  ASSERT_TRUE(second.is_done());
  EXPECT_EQ(second.write().error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(stepped.statistics().shard_errors.size(), 1U);
}

TEST(Shard, CountsNothingAsQueuedAfterAFailure) {
  SimulatedFileSystem files(1);
  SteppedShard stepped(files);
  PendingWrite writes[] = {PendingWrite({}), PendingWrite({}), PendingWrite({})};
  for (PendingWrite& write : writes) { stepped.shard().submit(write.write()); }
  EXPECT_GT(stepped.shard().queued_bytes(), 0U);
  files.fail_call(SimulatedFileSystem::Operation::kAppend, 1, SimulatedFileSystem::Fault::kFromThenOn);
  stepped.shard().step();
  EXPECT_EQ(stepped.shard().queued_bytes(), 0U);
}

}  // namespace
}  // namespace streamflow::storage
