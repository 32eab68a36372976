#include "storage/wal/wal.h"

#include "storage/testing/wal_test_log.h"

namespace streamflow::storage {
namespace {

using namespace storage::testing;

TEST(Wal, ReplaysWhatWasAppended) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    EXPECT_EQ(log.wal->last_sequence().value, 0U);
    fill(log, 1, 20);
    EXPECT_EQ(log.wal->last_sequence().value, 20U);
  }
  TestLog again(files);
  ASSERT_NE(again.wal, nullptr) << again.error;
  ASSERT_EQ(again.sequences(), range(1, 20));
  for (const LogRecord& record : again.replayed) { EXPECT_TRUE(same(record, record_at(record.sequence.value))); }
  EXPECT_EQ(again.wal->replay().record_count, 20U);
  EXPECT_EQ(again.wal->replay().torn_bytes, 0U);
  EXPECT_TRUE(again.wal->replay().losses.empty());
  fill(again, 21, 22);
  EXPECT_EQ(TestLog(files).sequences(), range(1, 22));
}

TEST(Wal, ReplaysOnlyWhatComesAfter) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files, options_with(2000));
    fill(log, 1, 40);
  }
  for (std::uint64_t after = 0; after <= 40; ++after) {
    EXPECT_EQ(TestLog(files, options_with(), {after}).sequences(), range(after + 1, 40)) << after;
  }
}

TEST(Wal, ContinuesBehindWhatSegmentsHoldAlready) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 3);
  }
  {
    TestLog log(files, options_with(), {10});  // segments were written from records that the log then lost unsynced
    EXPECT_EQ(log.wal->last_sequence().value, 10U);
    EXPECT_TRUE(log.wal->replay().losses.empty());
    fill(log, 11, 12);
  }
  TestLog again(files, options_with(), {10});
  EXPECT_EQ(again.sequences(), range(11, 12));
  EXPECT_TRUE(again.wal->replay().losses.empty());
}

TEST(Wal, CompressesLargeRecordsWhenItHelps) {
  LogRecord record = record_at(1);
  RowBatch batch;
  batch.table = "t";
  batch.series_count = 1;
  FieldVector field;
  field.type = FieldType::kString;
  for (int i = 0; i < 2000; ++i) {
    batch.series_of_row.push_back(0);
    batch.times.push_back(i);
    field.strings.push_back("the same words in every row");
  }
  batch.fields.push_back(field);
  record.batches = {std::make_shared<const RowBatch>(batch)};
  std::uint64_t bytes[2] = {};
  for (const bool compress : {false, true}) {
    SimulatedFileSystem files(1);
    WalOptions options = options_with();
    options.compress = compress;
    TestLog log(files, options);
    ASSERT_TRUE(log.wal->append(record).has_value());
    ASSERT_TRUE(log.wal->sync().has_value());
    bytes[compress ? 1 : 0] = log.wal->bytes();
    TestLog again(files);
    ASSERT_EQ(again.replayed.size(), 1U);
    EXPECT_TRUE(same(again.replayed[0], record));
  }
  EXPECT_LT(bytes[1] * 10, bytes[0]);
}

TEST(Wal, RollsAndRemoves) {
  SimulatedFileSystem files(1);
  TestLog log(files);
  ASSERT_TRUE(log.wal->roll().has_value());  // nothing to roll yet
  fill(log, 1, 3);
  ASSERT_TRUE(log.wal->roll().has_value());
  fill(log, 4, 6);
  ASSERT_TRUE(log.wal->roll().has_value());
  EXPECT_EQ(files.list(kFolder)->size(), 3U);
  ASSERT_TRUE(log.wal->remove_through({2}).has_value());
  EXPECT_EQ(files.list(kFolder)->size(), 3U);  // record 3 is still needed
  ASSERT_TRUE(log.wal->remove_through({5}).has_value());
  EXPECT_EQ(files.list(kFolder)->size(), 2U);
  const std::uint64_t before = log.wal->bytes();
  ASSERT_TRUE(log.wal->remove_through({100}).has_value());
  EXPECT_EQ(files.list(kFolder)->size(), 1U);  // never the current one
  EXPECT_LT(log.wal->bytes(), before);
  fill(log, 7, 7);
  EXPECT_EQ(TestLog(files, options_with(), {6}).sequences(), range(7, 7));
}

TEST(Wal, BeginsANewFileWhenOneIsFull) {
  SimulatedFileSystem files(1);
  TestLog log(files, options_with(5000));
  fill(log, 1, 60);
  const std::vector<std::string> names = *files.list(kFolder);
  EXPECT_GT(names.size(), 3U);
  std::uint64_t total = 0;
  for (const std::string& name : names) { total += files.bytes_of(kFolder / name).size(); }
  EXPECT_EQ(log.wal->bytes(), total);
  EXPECT_EQ(TestLog(files).sequences(), range(1, 60));
}

TEST(Wal, RefusesBadRecordsAndGoesOn) {
  SimulatedFileSystem files(1);
  TestLog log(files);
  EXPECT_EQ(log.wal->append(record_at(2)).error().code, ErrorCode::kInvalidArgument);
  LogRecord record = record_at(1);
  record.producer.id.assign(300, 'p');
  EXPECT_EQ(log.wal->append(record).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(log.wal->append_encoded({1}, encode_record(record_at(2))).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(log.wal->append_encoded({1}, {}).error().code, ErrorCode::kInvalidArgument);
  const std::vector<std::byte> huge(kRecordBytesMax + 1);
  EXPECT_EQ(log.wal->append_encoded({1}, huge).error().code, ErrorCode::kTooLarge);
  fill(log, 1, 1);
}

TEST(Wal, StopsAfterAFailedCallForEver) {
  const struct {
    const char* name;
    Status (*call)(Wal&);
  } calls[] = {{"append", [](Wal& wal) { return wal.append(record_at(3)); }},
               {"sync", [](Wal& wal) { return wal.sync(); }},
               {"roll", [](Wal& wal) { return wal.roll(); }}};
  for (const auto& [name, call] : calls) {
    SCOPED_TRACE(name);
    SimulatedFileSystem files(1);
    {
      TestLog log(files);
      fill(log, 1, 1);
      ASSERT_TRUE(log.wal->append(record_at(2)).has_value());
      files.fail_call(1, SimulatedFileSystem::Fault::kOnce);
      const Status failed = call(*log.wal);
      ASSERT_FALSE(failed.has_value());
      EXPECT_EQ(failed.error().code, ErrorCode::kIo);
      for (const auto& [other_name, other] : calls) {
        const Status later = other(*log.wal);
        ASSERT_FALSE(later.has_value());
        EXPECT_EQ(later.error().code, ErrorCode::kUnavailable);
        EXPECT_NE(later.error().message.find("simulated"), std::string::npos) << later.error().message;
      }
    }
    files.crash();
    EXPECT_EQ(TestLog(files).replayed.at(0).sequence.value, 1U);
  }
}

TEST(Wal, KeepsWhatWasSyncedWhenTheDiskIsFull) {
  SimulatedFileSystem files(1);
  std::uint64_t acknowledged = 0;
  {
    TestLog log(files);
    files.set_capacity(40'000);
    while (log.wal->append(record_at(acknowledged + 1)).has_value() && log.wal->sync().has_value()) { ++acknowledged; }
    EXPECT_GT(acknowledged, 2U);
    EXPECT_TRUE(log.wal->sync().has_value());
  }
  files.set_capacity(std::nullopt);
  files.kill();
  EXPECT_EQ(TestLog(files).sequences(), range(1, acknowledged));
}

TEST(Wal, ReturnsTheErrorOfApply) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 3);
  }
  const auto opened = Wal::open(files, kFolder, options_with(), {0}, [](const LogRecord&) -> Status {
    return Error{ErrorCode::kOverloaded, "no memory left"};
  });
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kOverloaded);
  EXPECT_EQ(TestLog(files).sequences(), range(1, 3));
}

}  // namespace
}  // namespace streamflow::storage
