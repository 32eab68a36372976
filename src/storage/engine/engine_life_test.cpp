// The life of data: writes, late rows, deletes, flushes, compactions, restarts and power losses in any order give what
// the acknowledged operations give when recomputed from nothing. `./run test` runs 2,000 sequences, nightly 50,000.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/scan/aggregate.h"
#include "storage/segment/segment_reader.h"
#include "storage/testing/engine_simulation.h"

namespace streamflow::storage {
namespace {

std::uint64_t sequences_wanted() {
  const char* nightly = std::getenv("STREAMFLOW_NIGHTLY");
  if (nightly != nullptr && *nightly != '\0') { return 50'000; }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 200;
#else
  return 2'000;
#endif
}

std::uint64_t count_by_statistics(Engine& engine, const std::string& table) {
  const auto snapshot = engine.reader({})->snapshot();
  ScanRequest request;
  request.table = table;
  request.columns = {"time"};
  const auto scan = snapshot->scan(request);
  EXPECT_TRUE(scan.has_value());
  AggregateSpec spec;
  spec.time = 0;
  Groups groups(spec);
  ScanCounters counters;
  for (std::size_t task = 0; task < (*scan)->task_count(); ++task) {
    EXPECT_TRUE((*scan)->aggregate(task, groups, counters).has_value());
  }
  std::uint64_t rows = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) { rows += groups.rows(g); }
  return rows;
}

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed), files_(seed, {.mapping = seed % 2 == 0}), randomness_(seed) {
    options_.data_folder = "/data";
    options_.files = &files_;
    options_.clock = &clock_;
    options_.randomness = &randomness_;
    options_.background = Background::kStepped;
    options_.admission_wait = Duration(0);
    options_.shard_count = 1 + static_cast<std::uint32_t>(random_() % 2);
    options_.flush_bytes = random_() % 2 == 0 ? 4'000 : 1'000'000;
    options_.compaction.fan_out = 2 + static_cast<std::uint32_t>(random_() % 3);
    options_.compaction.quiet_after = std::chrono::seconds(random_() % 2 * 100);
    options_.compaction.deletes_after = std::chrono::seconds(random_() % 2 * 100);
    options_.compaction.partition_rows = std::vector<std::uint64_t>{5, 50, 100'000}[random_() % 3];
    open();
  }

  void run(int operations) {
    for (int i = 0; i < operations && !::testing::Test::HasFailure(); ++i) { operate(); }
    check();
  }

  // Everything written out, merged and read again: the deleted rows are in no file any more.
  void settle() {
    ASSERT_TRUE(engine_->flush().has_value());
    const Status compacted = engine_->compact({});
    ASSERT_TRUE(compacted.has_value()) << compacted.error().message;
    check();
    for (const DeleteRecord& record : engine_->deletes({})) { EXPECT_TRUE(record.applied.has_value()); }
    std::uint64_t rows = 0, wanted = 0;
    for (const auto& path : files_.paths()) {
      if (!path.string().starts_with("/data/segments/")) { continue; }
      const auto reader = SegmentReader::open(files_, path);
      ASSERT_TRUE(reader.has_value()) << reader.error().message;
      for (const SegmentTable& table : (*reader)->tables()) { rows += table.row_count(); }
    }
    for (const std::string& table : oracle_.tables()) { wanted += oracle_.rows(table).size(); }
    EXPECT_EQ(rows, wanted);
  }

  void restart() {
    engine_.reset();
    open();
  }
  void check() {
    for (const std::string& table : oracle_.tables()) {
      SCOPED_TRACE("table " + table);
      ASSERT_EQ(scan_rows(*engine_, table, random_), oracle_.rows(table));
      ASSERT_EQ(count_by_statistics(*engine_, table), oracle_.rows(table).size());
    }
  }
  std::uint64_t deletes() const { return deletes_; }

 private:
  void open() {
    auto opened = Engine::open(options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    engine_ = std::move(opened).value();
  }

  void operate() {
    clock_.advance(std::chrono::seconds(random_() % 200));
    switch (random_() % 12) {
      case 0: ASSERT_TRUE(engine_->flush().has_value()); break;
      case 1:
      case 2: ASSERT_TRUE(engine_->step().has_value()); break;
      case 3: ASSERT_TRUE(engine_->compact({}).has_value()); break;
      case 4: restart(); break;
      case 5:
        files_.power_off();
        engine_.reset();
        files_.power_on();
        open();
        break;
      case 6:
      case 7: erase(); break;
      default: write();
    }
    if (random_() % 4 == 0) { check(); }
  }

  void write() {
    RowBatch batch = random_batch(random_, 10);
    oracle_.write(batch);
    WriteRequest request;
    request.batches.push_back(std::move(batch));
    const auto receipt = engine_->write(std::move(request));
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
  }

  void erase() {
    const std::vector<std::string> tables = oracle_.tables();
    if (tables.empty()) { return; }
    Deletion deletion;
    deletion.table = tables[random_() % tables.size()];
    if (random_() % 3 != 0) {
      const auto begin = static_cast<std::int64_t>(random_() % 900), width = static_cast<std::int64_t>(random_() % 300);
      deletion.range = {timestamp_from_ns(begin * 1'000'000'000'000),
                        timestamp_from_ns((begin + width + 1) * 1'000'000'000'000)};
    }
    for (const std::string& tag : engine_->table({}, deletion.table)->tags) {
      if (random_() % 2 == 0) { continue; }
      TagTerm term{tag, {}};
      for (std::uint64_t n = 1 + random_() % 2; n > 0; --n) {
        term.values.push_back(random_() % 4 == 0 ? "" : tag + std::to_string(random_() % 4));
      }
      deletion.terms.push_back(std::move(term));
    }
    const auto receipt = engine_->delete_rows({}, deletion);
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
    oracle_.erase(deletion);
    ++deletes_;
  }

  std::mt19937_64 random_;
  SimulatedFileSystem files_;
  testing::SimulatedClock clock_;
  testing::SeededRandomness randomness_;
  EngineOptions options_;
  EngineOracle oracle_;
  std::unique_ptr<Engine> engine_;
  std::uint64_t deletes_ = 0;
};

// STREAMFLOW_SEED=n runs that seed alone.
TEST(EngineLife, IsWhatTheAcknowledgedOperationsGiveInAnyOrder) {
  const char* only = std::getenv("STREAMFLOW_SEED");
  const std::uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 0;
  const std::uint64_t count = only != nullptr ? 1 : sequences_wanted();
  std::uint64_t deletes = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life life(seed);
    life.run(18);
    if (seed % 2 == 0) { life.settle(); }
    life.restart();
    life.check();
    deletes += life.deletes();
    if (HasFailure()) { return; }
  }
  std::cout << count << " lives, " << deletes << " deletes\n";
  if (only == nullptr) { EXPECT_GT(deletes, count); }
}

}  // namespace
}  // namespace streamflow::storage
