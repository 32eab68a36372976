#include "storage/engine/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

class FixedClock final : public Clock {
 public:
  Timestamp now() const override { return timestamp_from_ns(1'700'000'000'000'000'000); }
};

EngineOptions options_on(SimulatedFileSystem& files) {
  static const FixedClock clock;
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  options.clock = &clock;
  options.admission_wait = Duration(0);
  return options;
}

std::unique_ptr<Engine> open(const EngineOptions& options) {
  auto engine = Engine::open(options);
  EXPECT_TRUE(engine.has_value()) << engine.error().message;
  return engine.has_value() ? std::move(engine).value() : nullptr;
}

RowBatch one_row(const std::string& table, const std::string& host, std::int64_t time, const std::string& field,
                 FieldType type, std::uint64_t bits) {
  RowBatch batch;
  batch.table = table;
  batch.tags = {"host"};
  batch.series = {host};
  batch.series_count = 1;
  batch.series_of_row = {0};
  batch.times = {time};
  FieldVector vector;
  vector.name = field;
  vector.type = type;
  if (type == FieldType::kString) {
    vector.strings.push_back(std::to_string(bits));
  } else {
    vector.bits = {bits};
  }
  batch.fields = {vector};
  return batch;
}

void expect_same(Engine& engine, const EngineOracle& oracle, std::mt19937_64& random) {
  for (const std::string& table : oracle.tables()) {
    SCOPED_TRACE("table " + table);
    ScanWanted wanted;
    ASSERT_EQ(scan_rows(engine, table, random, wanted), oracle.rows(table));
    const auto begin = static_cast<std::int64_t>(random() % 900), width = static_cast<std::int64_t>(random() % 300);
    wanted.range = {timestamp_from_ns(begin * 1'000'000'000'000),
                    timestamp_from_ns((begin + width) * 1'000'000'000'000)};
    ASSERT_EQ(scan_rows(engine, table, random, wanted), filtered(oracle.rows(table), wanted));
    if (engine.reader({})->snapshot()->table(table)->tag_index("host")) {
      wanted.host = "host" + std::to_string(random() % 5);
      ASSERT_EQ(scan_rows(engine, table, random, wanted), filtered(oracle.rows(table), wanted));
    }
  }
}

TEST(Engine, ScansAgreeWithThePlainRulesAcrossFlushesAndRestarts) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    SimulatedFileSystem files(seed);
    EngineOptions options = options_on(files);
    options.shard_count = 1 + static_cast<std::uint32_t>(seed % 3);
    if (seed % 4 == 0) { options.flush_bytes = 20'000; }
    auto engine = open(options);
    EngineOracle oracle;
    for (int step = 0; step < 12; ++step) {
      for (std::uint64_t n = random() % 6; n > 0; --n) {
        RowBatch batch = random_batch(random, seed % 5 == 0 ? 900 : 40);
        oracle.write(batch);
        const auto receipt = engine->write(request_of(std::move(batch)));
        ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
        ASSERT_TRUE(receipt->rejected.empty()) << receipt->rejected[0].reason;
      }
      if (random() % 4 == 0) { ASSERT_TRUE(engine->flush().has_value()); }
      if (random() % 4 == 0) {
        engine.reset();
        files.kill();
        engine = open(options);
      }
      expect_same(*engine, oracle, random);
      if (HasFatalFailure()) { return; }
    }
  }
}

TEST(Engine, AcknowledgedRowsSurvivePowerLossAndNothingIsInvented) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    SimulatedFileSystem files(seed);
    EngineOptions options = options_on(files);
    if (seed % 2 == 0) { options.flush_bytes = 10'000; }
    std::map<std::pair<std::string, std::int64_t>, bool> sent;  // (host, time) -> acknowledged
    std::int64_t next_time = 1;
    for (int round = 0; round < 4; ++round) {
      if (random() % 3 == 0) { files.fail_call(1 + random() % 60, SimulatedFileSystem::Fault::kFromThenOn); }
      if (auto engine = Engine::open(options); engine.has_value()) {
        for (std::uint64_t n = random() % 40; n > 0; --n) {
          const std::string host = "host" + std::to_string(random() % 4);
          const std::int64_t time = next_time++;
          bool& acknowledged = sent[{host, time}];
          acknowledged = (*engine)
                             ->write(request_of(
                                 one_row("cpu", host, time, "v", FieldType::kInt64, static_cast<std::uint64_t>(time))))
                             .has_value();
          if (random() % 15 == 0) { (void)(*engine)->flush().has_value(); }
        }
        files.power_off();
      }
      files.crash();
    }
    auto engine = open(options);
    ASSERT_NE(engine, nullptr);
    if (engine->reader({})->snapshot()->table("cpu") == nullptr) {
      for (const auto& [key, acknowledged] : sent) { ASSERT_FALSE(acknowledged); }
      continue;
    }
    std::map<std::pair<std::string, std::int64_t>, int> found;
    for (const PlainRow& row : scan_rows(*engine, "cpu", random)) {
      ASSERT_EQ(row.fields.at("v"), "i" + std::to_string(row.time));
      ++found[{row.tags.at("host"), row.time}];
    }
    for (const auto& [key, count] : found) {
      ASSERT_EQ(count, 1);
      ASSERT_TRUE(sent.contains(key)) << "invented " << key.first << " " << key.second;
    }
    for (const auto& [key, acknowledged] : sent) {
      if (acknowledged) { ASSERT_TRUE(found.contains(key)) << "lost " << key.first << " " << key.second; }
    }
  }
}

TEST(Engine, ARetriedRequestCountsOnceAlsoAfterARestart) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  RowBatch event = one_row("events", "a", 10, "v", FieldType::kInt64, 1);
  event.duplicates = DuplicatePolicy::kKeep;
  ASSERT_FALSE(engine->write(request_of(event, {"p", 1, 1}))->duplicate);
  ASSERT_TRUE(engine->write(request_of(event, {"p", 1, 1}))->duplicate);
  engine.reset();
  engine = open(options_on(files));
  ASSERT_TRUE(engine->write(request_of(event, {"p", 1, 1}))->duplicate);
  ASSERT_TRUE(engine->flush().has_value());
  engine.reset();
  engine = open(options_on(files));
  ASSERT_TRUE(engine->write(request_of(event, {"p", 1, 1}))->duplicate);
  ASSERT_FALSE(engine->write(request_of(event, {"p", 1, 2}))->duplicate);
  ASSERT_FALSE(engine->write(request_of(event, {"p", 2, 1}))->duplicate);
  std::mt19937_64 random(1);
  EXPECT_EQ(scan_rows(*engine, "events", random).size(), 3U);
}

// Shards are replayed one after the other, so that a table's later batch may come before the one that made it.
TEST(Engine, ATableKeepsItsDuplicatePolicyWhateverLaterBatchesSay) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  for (int host = 0; host < 8; ++host) {  // of both shards
    RowBatch batch = one_row("cpu", "host" + std::to_string(host), 1, "v", FieldType::kInt64, 1);
    ASSERT_TRUE(engine->write(request_of(batch)).has_value());
    batch.duplicates = DuplicatePolicy::kKeep;
    for (int again = 0; again < 2; ++again) { ASSERT_TRUE(engine->write(request_of(batch)).has_value()); }
  }
  for (int host = 8; host < 16; ++host) {
    RowBatch batch = one_row("mem", "host" + std::to_string(host), 1, "v", FieldType::kInt64, 1);
    batch.duplicates = host == 8 ? DuplicatePolicy::kMerge : DuplicatePolicy::kKeep;
    for (int again = 0; again < 2; ++again) { ASSERT_TRUE(engine->write(request_of(batch)).has_value()); }
  }
  std::mt19937_64 random(1);
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(engine->table({}, "cpu")->duplicates, DuplicatePolicy::kMerge);
    EXPECT_EQ(engine->table({}, "mem")->duplicates, DuplicatePolicy::kMerge);
    EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), 8U);
    EXPECT_EQ(scan_rows(*engine, "mem", random).size(), 8U);
    engine.reset();
    engine = open(options_on(files));
  }
}

TEST(Engine, ARowOfAnotherTypeIsRejectedAndTheRestIsKept) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
  RowBatch batch = one_row("cpu", "a", 2, "v", FieldType::kString, 5);
  batch.times = {2, 3};
  batch.series_of_row = {0, 0};
  batch.fields[0].strings.push_back("");
  batch.fields[0].validity = {0b01};
  batch.fields.push_back({"w", FieldType::kFloat64, {0, 0}, {}, {}});
  const auto receipt = engine->write(request_of(batch));
  ASSERT_TRUE(receipt.has_value());
  ASSERT_EQ(receipt->rejected.size(), 1U);
  EXPECT_EQ(receipt->rejected[0].rows, std::vector<std::uint32_t>{0});
  EXPECT_EQ(
      receipt->rejected[0].reason,
      "field type conflict: input field \"v\" on measurement \"cpu\" is type string, already exists as type int64");
  EXPECT_EQ(receipt->rows, 1U);
  std::mt19937_64 random(1);
  const auto rows = scan_rows(*engine, "cpu", random);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].fields.count("v"), 0U);
}

TEST(Engine, WithoutAWindowEveryStorableTimeIsTaken) {
  SimulatedFileSystem files(1);
  const auto engine = open(options_on(files));
  for (const std::int64_t time :
       {to_ns(kTimestampMin), std::int64_t{-9'000'000'000'000'000'000}, to_ns(kTimestampMax)}) {
    auto receipt = engine->write(request_of(one_row("t", "a", time, "x", FieldType::kInt64, 1)));
    ASSERT_TRUE(receipt.has_value()) << receipt.error().message;
    EXPECT_EQ(receipt->rows, 1U) << time;
  }
}

TEST(Engine, TimesOutsideTheWindowAreRejectedByName) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.time_past_max = std::chrono::hours(1);
  auto engine = open(options);
  const std::int64_t now = to_ns(options.clock->now());
  const auto old = engine->write(request_of(one_row("cpu", "a", now - 7'200'000'000'000, "v", FieldType::kInt64, 1)));
  ASSERT_TRUE(old.has_value());
  ASSERT_EQ(old->rejected.size(), 1U);
  EXPECT_NE(old->rejected[0].reason.find("points beyond retention policy"), std::string::npos);
  EXPECT_EQ(engine->write(request_of(one_row("cpu", "a", now, "v", FieldType::kInt64, 1)))->rows, 1U);
}

TEST(Engine, AFailedSyncStopsTheShardAndReadsGoOn) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.shard_count = 1;
  auto engine = open(options);
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
  files.fail_syncs(true);
  const auto failed = engine->write(request_of(one_row("cpu", "a", 2, "v", FieldType::kInt64, 2)));
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  files.fail_syncs(false);
  EXPECT_FALSE(engine->write(request_of(one_row("cpu", "a", 3, "v", FieldType::kInt64, 3))).has_value());
  std::mt19937_64 random(1);
  EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), 1U);
  EXPECT_EQ(engine->statistics().shard_errors.size(), 1U);
}

TEST(Engine, AFlushAfterAFailedSyncDoesNotCoverTheRecordThatFailed) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.shard_count = 1;
  auto engine = open(options);
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1), {"p", 1, 1})).has_value());
  files.fail_syncs(true);
  const WriteRequest unanswered = request_of(one_row("cpu", "a", 2, "v", FieldType::kInt64, 2), {"p", 1, 2});
  ASSERT_FALSE(engine->write(unanswered).has_value());
  files.fail_syncs(false);
  ASSERT_TRUE(engine->flush().has_value());
  engine.reset();
  files.crash();
  engine = open(options);
  ASSERT_TRUE(engine->write(unanswered).has_value());  // the client asks again: stored now or before, not forgotten
  std::mt19937_64 random(1);
  EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), 2U);
}

TEST(Engine, WithASyncIntervalOnlyAPowerLossTakesRowsAndNotAfterACleanStop) {
  for (const bool clean : {false, true}) {
    SimulatedFileSystem files(1);
    EngineOptions options = options_on(files);
    options.sync = LogSync::kInterval;
    options.sync_interval = std::chrono::hours(1);
    auto engine = open(options);
    ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
    if (!clean) { files.power_off(); }
    engine.reset();
    clean ? files.crash() : files.kill();
    engine = open(options);
    std::mt19937_64 random(1);
    EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), 1U) << clean;
  }
}

// With the engine's own threads and the machine's clock: it does not take another write for the sync to happen.
TEST(Engine, SyncsByItselfWhenTheIntervalIsOver) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.sync = LogSync::kInterval;
  options.sync_interval = std::chrono::milliseconds(1);
  auto engine = open(options);
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
  while (engine->statistics().wal_syncs == 0) { std::this_thread::yield(); }
  files.power_off();
  engine.reset();
  files.crash();
  engine = open(options);
  std::mt19937_64 random(1);
  EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), 1U);
}

TEST(Engine, ASnapshotStaysReadableAndUnchangedWhileEverythingElseMoves) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
  const auto snapshot = engine->reader({})->snapshot();
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "b", 2, "v", FieldType::kInt64, 2))).has_value());
  ASSERT_TRUE(engine->flush().has_value());
  auto scan = snapshot->scan({"cpu", {}, {}, {}});
  ASSERT_TRUE(scan.has_value());
  std::size_t rows = 0;
  ScanChunk chunk;
  for (std::size_t task = 0; task < (*scan)->task_count(); ++task) {
    auto cursor = (*scan)->open(task);
    while (*(*cursor)->next(chunk)) { rows += chunk.row_count; }
  }
  EXPECT_EQ(rows, 1U);
}

TEST(Engine, ConcurrentWritersLoseNothing) {
  SimulatedFileSystem files(1);
  EngineOptions options = options_on(files);
  options.flush_bytes = 200'000;
  options.admission_wait = std::chrono::seconds(30);
  auto engine = open(options);
  constexpr int kThreads = 4, kRows = 400;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRows; ++i) {
        const auto written =
            engine->write(request_of(one_row("cpu", "host" + std::to_string(t), i, "v" + std::to_string(i % 7),
                                             FieldType::kInt64, static_cast<std::uint64_t>(i))));
        EXPECT_TRUE(written.has_value());
      }
    });
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 10 && engine->reader({})->snapshot()->table("cpu") != nullptr; ++i) {
    scan_rows(*engine, "cpu", random);
  }
  for (std::thread& thread : threads) { thread.join(); }
  EXPECT_EQ(scan_rows(*engine, "cpu", random).size(), std::size_t{kThreads} * kRows);
}

TEST(Engine, UnknownTablesAndColumnsAreNamed) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  ASSERT_TRUE(engine->write(request_of(one_row("cpu", "a", 1, "v", FieldType::kInt64, 1))).has_value());
  const auto snapshot = engine->reader({})->snapshot();
  EXPECT_EQ(snapshot->scan({"mem", {}, {}, {}}).error().message, "there is no table \"mem\"");
  EXPECT_EQ(snapshot->scan({"cpu", {}, {"w"}, {}}).error().message, "table \"cpu\" has no column \"w\"");
}

TEST(Engine, RefusesASecondProcessOnTheSameFolder) {
  SimulatedFileSystem files(1);
  auto engine = open(options_on(files));
  const auto second = Engine::open(options_on(files));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace streamflow::storage
