// Flushes that fail: nothing is lost, nothing is left behind, and the next one starts afresh.
#include <gtest/gtest.h>

#include "storage/testing/engine_simulation.h"

namespace streamflow::storage {
namespace {

using Operation = SimulatedFileSystem::Operation;
using Fault = SimulatedFileSystem::Fault;

class EngineFlush : public ::testing::Test {
 protected:
  void SetUp() override {
    EngineOptions options;
    options.data_folder = "/data";
    options.files = &files_;
    options.background = Background::kStepped;
    options.shard_count = 1;
    auto opened = Engine::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    engine_ = std::move(opened).value();
    std::mt19937_64 random(1);
    WriteRequest request;
    request.batches.push_back(random_batch(random, 1));
    ASSERT_TRUE(engine_->write(request).has_value());
  }

  std::size_t segment_files() const {
    std::size_t count = 0;
    for (const auto& path : files_.paths()) { count += path.string().starts_with("/data/segments/") ? 1U : 0U; }
    return count;
  }

  SimulatedFileSystem files_{1};
  std::unique_ptr<Engine> engine_;
};

// The first flush creates the next log file, the segment, the manifest, in this order.
TEST_F(EngineFlush, LeavesNoFileBehindWhenWritingASegmentFails) {
  files_.fail_call(Operation::kCreate, 2, Fault::kOnce);
  ASSERT_FALSE(engine_->flush().has_value());
  for (const Operation operation : {Operation::kAppend, Operation::kSync, Operation::kSyncFolder, Operation::kOpen}) {
    files_.fail_call(operation, 1, Fault::kOnce);
    ASSERT_FALSE(engine_->flush().has_value()) << static_cast<int>(operation);
    EXPECT_EQ(segment_files(), 0U) << static_cast<int>(operation);
  }
  ASSERT_TRUE(engine_->flush().has_value());
  EXPECT_EQ(segment_files(), 1U);
  EXPECT_EQ(engine_->statistics().segment_count, 1U);
}

TEST_F(EngineFlush, LeavesNoFileBehindWhenTheManifestCannotBeWritten) {
  files_.fail_call(Operation::kCreate, 3, Fault::kOnce);
  ASSERT_FALSE(engine_->flush().has_value());
  EXPECT_EQ(segment_files(), 0U);
  ASSERT_TRUE(engine_->flush().has_value());
  EXPECT_EQ(segment_files(), 1U);
}

// Nobody knows whether a restart will find the manifest, so its segments stay; writing them again and again in the hope
// of publishing would fill the disk.
TEST_F(EngineFlush, WritesNothingMoreAfterAPublishWhoseOutcomeIsUnknown) {
  files_.fail_call(Operation::kRename, 1, Fault::kOnce);
  ASSERT_FALSE(engine_->flush().has_value());
  const std::size_t left = segment_files();
  EXPECT_GT(left, 0U);
  for (int again = 0; again < 3; ++again) {
    const Status flushed = engine_->flush();
    ASSERT_FALSE(flushed.has_value());
    EXPECT_EQ(flushed.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(segment_files(), left);
  }
}

}  // namespace
}  // namespace streamflow::storage
