// Writing while the log's older rows are still being applied: order, duplicates and crashes in between.
#include <gtest/gtest.h>

#include <future>
#include <iostream>
#include <random>

#include "storage/engine/engine.h"
#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

EngineOptions options_on(SimulatedFileSystem& files, Background background) {
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  options.background = background;
  options.admission_wait = std::chrono::seconds(60);
  return options;
}

void expect_same(Engine& engine, const EngineOracle& oracle, std::mt19937_64& random) {
  for (const std::string& table : oracle.tables()) {
    SCOPED_TRACE("table " + table);
    ASSERT_EQ(scan_rows(engine, table, random), oracle.rows(table));
  }
}

// Restarts follow each other with few reads in between, so that writes, flushes and the next crash meet rows that are
// not applied yet.
void run_against_oracle(std::uint64_t seed, Background background) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  SimulatedFileSystem files(seed);
  EngineOptions options = options_on(files, background);
  options.shard_count = 1 + static_cast<std::uint32_t>(seed % 3);
  if (seed % 3 != 0) { options.flush_bytes = 2'000 << (seed % 5); }
  EngineOracle oracle;
  for (int restart = 0; restart < 6; ++restart) {
    auto engine = Engine::open(options);
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    for (std::uint64_t n = random() % 10; n > 0; --n) {
      RowBatch batch = random_batch(random, 60);
      oracle.write(batch);
      const auto receipt = (*engine)->write(request_of(std::move(batch)));
      ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
      if (random() % 8 == 0) { ASSERT_TRUE((*engine)->flush().has_value()); }
      if (random() % 6 == 0 && background == Background::kStepped) { ASSERT_TRUE((*engine)->step().has_value()); }
    }
    if (random() % 4 == 0) { expect_same(**engine, oracle, random); }
    if (::testing::Test::HasFatalFailure()) { return; }
    files.power_off();
    engine->reset();
    if (random() % 2 == 0) {
      files.power_on();
    } else {
      files.kill();
    }
  }
  auto engine = Engine::open(options);
  ASSERT_TRUE(engine.has_value()) << engine.error().message;
  expect_same(**engine, oracle, random);
}

TEST(EngineReplay, NewRowsWriteOverRowsThatAreStillBeingReplayed) {
  for (std::uint64_t seed = 0; seed < 400 && !HasFailure(); ++seed) { run_against_oracle(seed, Background::kStepped); }
}

TEST(EngineReplay, TheSameWithThreads) {
  for (std::uint64_t seed = 0; seed < 60 && !HasFailure(); ++seed) { run_against_oracle(seed, Background::kThreads); }
}

RowBatch long_batch(std::int64_t first, std::size_t rows) {
  RowBatch batch;
  batch.table = "long";
  batch.series_count = 1;
  batch.series_of_row.assign(rows, 0);
  batch.fields = {{"v", FieldType::kInt64, {}, {}, {}}};
  for (std::size_t i = 0; i < rows; ++i) {
    batch.times.push_back(first + static_cast<std::int64_t>(i));
    batch.fields[0].bits.push_back(i * i);
  }
  return batch;
}

// Memtables that fill up while older rows are replayed wait for those; those must not wait for them.
TEST(EngineReplay, ManyNewMemtablesDoNotStopIt) {
  constexpr std::size_t kOldRows = 200'000, kNewRows = 200;
  constexpr std::int64_t kBatches = 15;
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files, Background::kThreads);
  options.shard_count = 1;
  options.compaction.enabled = false;
  {
    auto engine = Engine::open(options);
    for (std::int64_t n = 0; n < kBatches; ++n) {
      ASSERT_TRUE((*engine)->write(request_of(long_batch(n * 1'000'000, kOldRows))).has_value());
    }
  }
  options.flush_bytes = 1'000;  // every batch is a memtable
  auto engine = Engine::open(options);
  for (std::int64_t n = 0; n < kBatches; ++n) {
    ASSERT_TRUE((*engine)->write(request_of(long_batch(-1'000'000 * (n + 1), kNewRows))).has_value());
  }
  auto flushed = std::async(std::launch::async, [&] { return (*engine)->flush().has_value(); });
  if (flushed.wait_for(std::chrono::seconds(120)) != std::future_status::ready) {
    std::cerr << "the replay stands still\n";
    std::abort();  // nothing would ever end
  }
  EXPECT_TRUE(flushed.get());
  EXPECT_EQ((*engine)->statistics().segment_rows, kBatches * (kOldRows + kNewRows));
}

TEST(EngineReplay, TypesAndRetriesAreJudgedBeforeAnyRowIsBack) {
  SimulatedFileSystem files(1);
  const EngineOptions options = options_on(files, Background::kStepped);
  RowBatch row;
  row.table = "cpu";
  row.series_count = 1;
  row.series_of_row = {0};
  row.times = {1};
  row.fields = {{"v", FieldType::kInt64, {7}, {}, {}}};
  {
    auto engine = Engine::open(options);
    ASSERT_TRUE((*engine)->write(request_of(row, {"p", 1, 5})).has_value());
  }
  auto engine = Engine::open(options);
  EXPECT_GT((*engine)->statistics().replay_backlog_bytes, 0U);
  ASSERT_NE((*engine)->table({}, "cpu"), nullptr);
  EXPECT_TRUE((*engine)->write(request_of(row, {"p", 1, 5}))->duplicate);
  RowBatch wrong = row;
  wrong.fields[0].type = FieldType::kFloat64;
  const auto receipt = (*engine)->write(request_of(wrong));
  ASSERT_TRUE(receipt.has_value());
  ASSERT_EQ(receipt->rejected.size(), 1U);
  std::mt19937_64 random(1);
  EXPECT_EQ(scan_rows(**engine, "cpu", random).size(), 1U);
  EXPECT_EQ((*engine)->statistics().replay_backlog_bytes, 0U);
}

TEST(EngineReplay, AFlushSaysWhyItCannotHappenWhenTheRowsCannotBeRead) {
  SimulatedFileSystem files(1);
  const EngineOptions options = options_on(files, Background::kStepped);
  std::mt19937_64 random(3);
  {
    auto engine = Engine::open(options);
    for (int n = 0; n < 4; ++n) { ASSERT_TRUE((*engine)->write(request_of(random_batch(random, 60))).has_value()); }
  }
  auto engine = Engine::open(options);
  files.fail_call(SimulatedFileSystem::Operation::kRead, 1, SimulatedFileSystem::Fault::kOnce);
  const Status flushed = (*engine)->flush();
  ASSERT_FALSE(flushed.has_value());
  EXPECT_EQ(flushed.error().code, ErrorCode::kIo);
}

TEST(EngineReplay, ADiskThatFailsTheRowsStopsWritesAndReadsAndLosesNothing) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files, Background::kStepped);
  options.shard_count = 1;
  std::mt19937_64 random(3);
  EngineOracle oracle;
  {
    auto engine = Engine::open(options);
    const RowBatch batch = random_batch(random, 60);
    oracle.write(batch);
    ASSERT_TRUE((*engine)->write(request_of(batch)).has_value());
  }
  const RowBatch late = random_batch(random, 60);
  {
    auto engine = Engine::open(options);
    files.fail_call(SimulatedFileSystem::Operation::kRead, 1, SimulatedFileSystem::Fault::kOnce);
    (void)(*engine)->step();
    EXPECT_EQ((*engine)->statistics().shard_errors.size(), 1U);
    const auto refused = (*engine)->write(request_of(late));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
    ScanRequest request;
    request.table = oracle.tables().front();
    EXPECT_FALSE((*engine)->reader({})->snapshot()->scan(request).has_value());
  }
  auto engine = Engine::open(options);
  expect_same(**engine, oracle, random);
}

}  // namespace
}  // namespace streamflow::storage
