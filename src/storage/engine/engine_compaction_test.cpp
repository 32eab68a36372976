// Compaction through the engine: whatever it merges, and whenever, a scan answers the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/scan/aggregate.h"
#include "storage/segment/segment_reader.h"
#include "storage/testing/engine_simulation.h"

namespace streamflow::storage {
namespace {

EngineOptions stepped_options(SimulatedFileSystem& files) {
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  options.background = Background::kStepped;
  options.admission_wait = Duration(0);
  options.shard_count = 1;
  return options;
}

std::unique_ptr<Engine> open(const EngineOptions& options) {
  auto engine = Engine::open(options);
  EXPECT_TRUE(engine.has_value()) << engine.error().message;
  return engine.has_value() ? std::move(engine).value() : nullptr;
}

std::vector<std::filesystem::path> segment_files(const SimulatedFileSystem& files) {
  std::vector<std::filesystem::path> found;
  for (const auto& path : files.paths()) {
    if (path.string().starts_with("/data/segments/")) { found.push_back(path); }
  }
  return found;
}

void write(Engine& engine, RowBatch batch, EngineOracle* oracle = nullptr) {
  if (oracle != nullptr) { oracle->write(batch); }
  WriteRequest request;
  request.batches.push_back(std::move(batch));
  const auto receipt = engine.write(std::move(request));
  ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
}

void expect_same(Engine& engine, const EngineOracle& oracle, std::mt19937_64& random) {
  for (const std::string& table : oracle.tables()) {
    SCOPED_TRACE("table " + table);
    ASSERT_EQ(scan_rows(engine, table, random), oracle.rows(table));
  }
}

// Every segment reads back whole, and no two meet in time.
void expect_at_rest(SimulatedFileSystem& files) {
  std::vector<TimeRange> ranges;
  for (const auto& path : segment_files(files)) {
    const auto reader = SegmentReader::open(files, path);
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const Status verified = (*reader)->verify();
    ASSERT_TRUE(verified.has_value()) << verified.error().message;
    TimeRange range{kTimestampMax, kTimestampMin};
    for (const SegmentTable& table : (*reader)->tables()) {
      ASSERT_GT(table.row_count(), 0U);
      range = {std::min(range.begin, table.range().begin), std::max(range.end, table.range().end)};
    }
    for (const TimeRange& other : ranges) { EXPECT_FALSE(range.overlaps(other)); }
    ranges.push_back(range);
  }
}

TEST(EngineCompaction, ScansAgreeWithThePlainRulesWhateverIsMergedWhen) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 60; ++round) {
    SimulatedFileSystem files(0, {.mapping = round % 2 == 0});
    EngineOptions options = stepped_options(files);
    options.compaction.fan_out = 2 + static_cast<std::uint32_t>(random() % 4);
    options.compaction.quiet_after = random() % 2 == 0 ? Duration(0) : Duration(std::chrono::hours(1));
    options.compaction.partition_rows = std::vector<std::uint64_t>{20, 300, 100'000}[random() % 3];
    std::unique_ptr<Engine> engine = open(options);
    EngineOracle oracle;
    for (int i = 0; i < 40; ++i) {
      const std::uint64_t choice = random() % 10;
      if (choice < 5) { write(*engine, random_batch(random, 60), &oracle); }
      if (choice == 5) { ASSERT_TRUE(engine->flush().has_value()); }
      if (choice == 6) { ASSERT_TRUE(engine->step().has_value()); }
      if (choice == 7 && random() % 3 == 0) { ASSERT_TRUE(engine->compact({}).has_value()); }
      if (choice == 8 && random() % 3 == 0) {
        engine.reset();
        engine = open(options);
      }
    }
    expect_same(*engine, oracle, random);
    ASSERT_TRUE(engine->flush().has_value());
    const Status compacted = engine->compact({});
    ASSERT_TRUE(compacted.has_value()) << compacted.error().message;
    expect_same(*engine, oracle, random);
    expect_at_rest(files);
    EXPECT_EQ(engine->statistics().compaction_debt_segments, 0U);
    EXPECT_EQ(engine->statistics().segment_count, segment_files(files).size());
    engine.reset();
    engine = open(options);
    expect_same(*engine, oracle, random);
    if (HasFailure()) { return; }
  }
}

// A series longer than a part, beside short ones before and behind it, with every type and odd bit patterns.
RowBatch long_batch(std::mt19937_64& random, DuplicatePolicy duplicates, std::int64_t offset) {
  RowBatch batch;
  batch.table = "long";
  batch.duplicates = duplicates;
  batch.tags = {"host"};
  batch.series = {"a", "m", "z"};
  batch.series_count = 3;
  FieldVector number, text, rare;
  number.name = "number";
  number.type = FieldType::kUint64;
  text.name = "text";
  text.type = FieldType::kString;
  rare.name = "rare" + std::to_string(offset % 2);
  rare.type = FieldType::kFloat64;
  for (std::int64_t i = 0; i < 110'000; ++i) {
    batch.series_of_row.push_back(i % 1000 == 0 ? 0 : i % 1000 == 1 ? 2 : 1);
    batch.times.push_back((i * 3 + offset) * 1'000'000);
    number.bits.push_back(random());
    text.strings.push_back(std::string(random() % 12, 't'));
    rare.bits.push_back(i % 5 == 0 ? 0x7FF8000000000000ULL + static_cast<std::uint64_t>(i) : 0);
  }
  rare.validity.assign((batch.times.size() + 63) / 64, 0);
  for (std::size_t i = 0; i < batch.times.size(); i += 5) { rare.validity[i / 64] |= std::uint64_t{1} << (i % 64); }
  batch.fields = {number, text, rare};
  return batch;
}

TEST(EngineCompaction, MergesASeriesLongerThanAPart) {
  std::mt19937_64 random(7);
  for (const DuplicatePolicy duplicates : {DuplicatePolicy::kMerge, DuplicatePolicy::kLast, DuplicatePolicy::kKeep}) {
    SimulatedFileSystem files;
    const std::unique_ptr<Engine> engine = open(stepped_options(files));
    for (const std::int64_t offset : {0, 1, 3 * 50'000}) {
      write(*engine, long_batch(random, duplicates, offset));
      ASSERT_TRUE(engine->flush().has_value());
    }
    const auto before = try_scan(*engine, "long");
    ASSERT_TRUE(before.has_value());
    ASSERT_TRUE(engine->compact({}).has_value());
    EXPECT_EQ(engine->statistics().segment_count, 1U);
    expect_at_rest(files);
    const auto after = try_scan(*engine, "long");
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_TRUE(*before == *after);
  }
}

TEST(EngineCompaction, ASnapshotKeepsTheOldFilesUntilItGoes) {
  SimulatedFileSystem files(0, {.mapping = false});
  const std::unique_ptr<Engine> engine = open(stepped_options(files));
  std::mt19937_64 random(3);
  EngineOracle oracle;
  for (int i = 0; i < 3; ++i) {
    write(*engine, random_batch(random, 50), &oracle);
    ASSERT_TRUE(engine->flush().has_value());
  }
  const std::size_t old_files = segment_files(files).size();
  ASSERT_GT(old_files, 1U);
  auto snapshot = engine->reader({})->snapshot();
  ASSERT_TRUE(engine->compact({}).has_value());
  EXPECT_EQ(engine->statistics().segment_count, 1U);
  EXPECT_EQ(segment_files(files).size(), old_files + 1);
  for (const std::string& table : oracle.tables()) {
    ScanRequest request;
    request.table = table;
    const auto scan = snapshot->scan(request);
    ASSERT_TRUE(scan.has_value());
    std::uint64_t rows = 0;
    for (std::size_t task = 0; task < (*scan)->task_count(); ++task) {
      auto cursor = (*scan)->open(task);
      ScanChunk chunk;
      while (*(*cursor)->next(chunk)) { rows += chunk.row_count; }
    }
    EXPECT_EQ(rows, oracle.rows(table).size());
  }
  snapshot.reset();
  ASSERT_TRUE(engine->compact({}).has_value());
  EXPECT_EQ(segment_files(files).size(), 1U);
}

TEST(EngineCompaction, LeavesOtherProjectsAlone) {
  SimulatedFileSystem files;
  const std::unique_ptr<Engine> engine = open(stepped_options(files));
  std::mt19937_64 random(3);
  for (const char* project : {"one", "two"}) {
    for (int i = 0; i < 2; ++i) {
      WriteRequest request;
      request.project.project = project;
      request.batches.push_back(random_batch(random, 5));
      ASSERT_TRUE(engine->write(request).has_value());
      ASSERT_TRUE(engine->flush().has_value());
    }
  }
  const std::uint64_t segments = engine->statistics().segment_count;
  ASSERT_TRUE(engine->compact({"default", "one"}).has_value());
  EXPECT_LT(engine->statistics().segment_count, segments);
  EXPECT_GT(engine->statistics().compaction_debt_segments, 0U) << "the other project's";
  EXPECT_GT(engine->statistics().compaction_bytes_in, engine->statistics().compaction_bytes_out);
}

TEST(EngineCompaction, AFullDiskLeavesTheOldSegments) {
  SimulatedFileSystem files;
  EngineOptions options = stepped_options(files);
  options.disk_free_bytes_min = 0;
  std::unique_ptr<Engine> engine = open(options);
  std::mt19937_64 random(3);
  EngineOracle oracle;
  for (int i = 0; i < 3; ++i) {
    write(*engine, random_batch(random, 50), &oracle);
    ASSERT_TRUE(engine->flush().has_value());
  }
  std::uint64_t used = 0;
  for (const auto& path : files.paths()) { used += files.bytes_of(path).size(); }
  files.set_capacity(used + 100);
  const std::size_t before = segment_files(files).size();
  const Status compacted = engine->compact({});
  ASSERT_FALSE(compacted.has_value());
  EXPECT_EQ(compacted.error().code, ErrorCode::kOverloaded);
  EXPECT_EQ(engine->statistics().compaction_failures, 1U);
  EXPECT_EQ(segment_files(files).size(), before) << "the unfinished file is gone";
  expect_same(*engine, oracle, random);
  files.set_capacity(std::nullopt);
  ASSERT_TRUE(engine->compact({}).has_value());
  expect_same(*engine, oracle, random);
}

TEST(EngineCompaction, TheThreadMergesByItselfAndStopsAtOnce) {
  SimulatedFileSystem files;
  EngineOptions options = stepped_options(files);
  options.background = Background::kThreads;
  options.compaction.quiet_after = Duration(0);
  std::unique_ptr<Engine> engine = open(options);
  std::mt19937_64 random(3);
  EngineOracle oracle;
  for (int i = 0; i < 3; ++i) {
    write(*engine, random_batch(random, 50), &oracle);
    ASSERT_TRUE(engine->flush().has_value());
  }
  for (int i = 0; i < 1000 && engine->statistics().segment_count > 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(engine->statistics().segment_count, 1U);
  expect_same(*engine, oracle, random);
}

TEST(EngineCompaction, RefusesAFanOutThatMergesNothing) {
  SimulatedFileSystem files;
  EngineOptions options = stepped_options(files);
  options.compaction.fan_out = 1;
  const auto engine = Engine::open(options);
  ASSERT_FALSE(engine.has_value());
  EXPECT_EQ(engine.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace streamflow::storage
