// Deletes through the engine: refusals, what is hidden when, what is left on disk. The rules themselves:
// engine_life_test.
#include <gtest/gtest.h>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/testing/engine_simulation.h"

namespace streamflow::storage {
namespace {

class EngineDeletes : public ::testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    engine_.reset();
    EngineOptions options;
    options.data_folder = "/data";
    options.files = &files_;
    options.clock = &clock_;
    options.background = Background::kStepped;
    options.shard_count = 2;
    options.admission_wait = Duration(0);
    auto opened = Engine::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    engine_ = std::move(opened).value();
  }

  // Rows at `times` of each of these hosts.
  void write(const std::vector<std::string>& hosts, const std::vector<std::int64_t>& times) {
    RowBatch batch;
    batch.table = "cpu";
    batch.tags = {"host"};
    batch.series = hosts;
    batch.series_count = static_cast<std::uint32_t>(hosts.size());
    FieldVector value{"v", FieldType::kFloat64, {}, {}, {}};
    for (std::uint32_t s = 0; s < batch.series_count; ++s) {
      for (const std::int64_t time : times) {
        batch.series_of_row.push_back(s);
        batch.times.push_back(time);
        value.bits.push_back(0);
      }
    }
    batch.fields = {value};
    WriteRequest request;
    request.batches.push_back(std::move(batch));
    ASSERT_TRUE(engine_->write(std::move(request)).has_value());
  }

  void erase(std::vector<TagTerm> terms, const TimeRange& range = {}) {
    const auto receipt = engine_->delete_rows({}, {"cpu", range, std::move(terms)});
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
    EXPECT_NE(receipt->position.find("1="), std::string::npos) << "every shard has a part";
  }
  std::size_t rows() { return try_scan(*engine_, "cpu")->size(); }

  SimulatedFileSystem files_;
  testing::SimulatedClock clock_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(EngineDeletes, RefusesUnknownNamesAndEmptyRanges) {
  write({"a"}, {1});
  const struct {
    Deletion deletion;
    ErrorCode code;
    const char* says;
  } cases[] = {{{"nothing", {}, {}}, ErrorCode::kNotFound, "no table \"nothing\""},
               {{"cpu", {}, {{"rack", {"r"}}}}, ErrorCode::kNotFound, "no tag \"rack\""},
               {{"cpu", {timestamp_from_ns(5), timestamp_from_ns(5)}, {}}, ErrorCode::kInvalidArgument, "before"}};
  for (const auto& [deletion, code, says] : cases) {
    const auto receipt = engine_->delete_rows({}, deletion);
    ASSERT_FALSE(receipt.has_value());
    EXPECT_EQ(receipt.error().code, code);
    EXPECT_NE(receipt.error().message.find(says), std::string::npos) << receipt.error().message;
  }
  EXPECT_EQ(rows(), 1U);
  EXPECT_TRUE(engine_->deletes({}).empty());
}

TEST_F(EngineDeletes, HidesOneSeriesAtOnceAndTakesItBackWhenItIsWrittenAgain) {
  write({"a", "b", "c"}, {1, 2, 3});
  erase({{"host", {"b"}}});
  EXPECT_EQ(rows(), 6U);
  write({"b"}, {2});
  EXPECT_EQ(rows(), 7U);
  erase({}, {timestamp_from_ns(3), timestamp_from_ns(4)});
  EXPECT_EQ(rows(), 5U);
  ASSERT_TRUE(engine_->flush().has_value());
  EXPECT_EQ(rows(), 5U);
  open();
  EXPECT_EQ(rows(), 5U);
}

TEST_F(EngineDeletes, ASnapshotFromBeforeStillSeesTheRows) {
  write({"a", "b"}, {1, 2});
  ASSERT_TRUE(engine_->flush().has_value());
  const auto before = engine_->reader({})->snapshot();
  erase({});
  ScanRequest request;
  request.table = "cpu";
  const auto scan = before->scan(request);
  ASSERT_TRUE(scan.has_value());
  EXPECT_EQ((*scan)->extent().rows, 4U);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(EngineDeletes, LeavesAReceiptOnceTheRowsAreInNoFile) {
  write({"a", "b"}, {1, 2});
  ASSERT_TRUE(engine_->flush().has_value());
  erase({{"host", {"a"}}});
  ASSERT_EQ(engine_->deletes({}).size(), 1U) << "one for both shards";
  EXPECT_FALSE(engine_->deletes({})[0].applied.has_value());
  clock_.advance(std::chrono::minutes(30));
  ASSERT_TRUE(engine_->flush().has_value());
  ASSERT_TRUE(engine_->step().has_value());
  EXPECT_EQ(engine_->statistics().segment_rows, 4U) << "hidden, and still on disk";
  clock_.advance(std::chrono::minutes(31));
  for (int i = 0; i < 4; ++i) { ASSERT_TRUE(engine_->step().has_value()); }
  EXPECT_EQ(engine_->statistics().segment_rows, 2U) << "an hour is over";
  EXPECT_TRUE(engine_->deletes({})[0].applied.has_value());
  write({"a"}, {9});
  ASSERT_TRUE(engine_->flush().has_value());  // publishes what is known of deletes
  open();
  ASSERT_EQ(engine_->deletes({}).size(), 1U);
  EXPECT_TRUE(engine_->deletes({})[0].applied.has_value());
  EXPECT_EQ(rows(), 3U);
}

TEST_F(EngineDeletes, ADeleteOfEverythingLeavesNoSegment) {
  write({"a", "b"}, {1, 2});
  erase({});
  ASSERT_TRUE(engine_->flush().has_value());
  ASSERT_TRUE(engine_->compact({}).has_value());
  EXPECT_EQ(engine_->statistics().segment_count, 0U);
  EXPECT_EQ(rows(), 0U);
  ASSERT_NE(engine_->table({}, "cpu"), nullptr) << "the table itself stays";
}

TEST_F(EngineDeletes, AStoppedShardRefuses) {
  write({"a", "b"}, {1});
  files_.fail_call(SimulatedFileSystem::Operation::kSync, 1, SimulatedFileSystem::Fault::kOnce);
  const auto receipt = engine_->delete_rows({}, {"cpu", {}, {}});
  ASSERT_FALSE(receipt.has_value());
  EXPECT_EQ(receipt.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace streamflow::storage
