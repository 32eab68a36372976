// Opening a log with a torn tail, with rot, from elsewhere: what is kept, what is cut, what is said.
#include "storage/wal/wal_recovery.h"

#include <algorithm>
#include <cstring>

#include "encoding/crc32c.h"
#include "storage/testing/wal_test_log.h"

namespace streamflow::storage {
namespace {

using namespace storage::testing;

// The record being written when the process died, cut at every byte: it goes, all before it stays.
TEST(WalRecovery, CutsATornTailAtEveryByte) {
  SimulatedFileSystem original(1);
  {
    TestLog log(original);
    fill(log, 1, 3);
    ASSERT_TRUE(log.wal->append(record_at(4)).has_value());
  }
  const std::filesystem::path path = only_file(original);
  const std::vector<std::byte> whole = original.bytes_of(path);
  const std::vector<WalFrame> frames = record_frames(whole);
  ASSERT_EQ(frames.size(), 4U);
  for (std::uint64_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE("cut at " + std::to_string(size));
    SimulatedFileSystem files(size);
    files.put(path, std::span(whole).first(size));
    const auto intact = static_cast<std::uint64_t>(
        std::count_if(frames.begin(), frames.end(), [&](const WalFrame& f) { return f.end <= size; }));
    {
      TestLog log(files);
      ASSERT_NE(log.wal, nullptr) << log.error;
      ASSERT_EQ(log.sequences(), range(1, intact));
      EXPECT_TRUE(log.wal->replay().losses.empty());
      fill(log, intact + 1, intact + 1);
    }
    TestLog again(files);
    ASSERT_EQ(again.sequences(), range(1, intact + 1));
    EXPECT_EQ(again.wal->replay().torn_bytes, 0U);
    EXPECT_TRUE(again.wal->replay().losses.empty());
  }
}

TEST(WalRecovery, CutsATailOfGarbageOrZeros) {
  for (const int filler : {0, -1}) {
    SimulatedFileSystem files(1);
    {
      TestLog log(files);
      fill(log, 1, 5);
    }
    const auto path = only_file(files);
    std::vector<std::byte> bytes = files.bytes_of(path);
    std::mt19937_64 random(5);
    for (int i = 0; i < 10'001; ++i) { bytes.push_back(filler == 0 ? std::byte{0} : static_cast<std::byte>(random())); }
    files.put(path, bytes);
    TestLog log(files);
    EXPECT_EQ(log.sequences(), range(1, 5));
    EXPECT_EQ(log.wal->replay().torn_bytes, 10'001U);
    EXPECT_TRUE(log.wal->replay().losses.empty());
  }
}

// Several records were being written and the disk kept a later one but not an earlier one: neither was acknowledged,
// and keeping the later one would make a retry of the earlier look like a duplicate.
TEST(WalRecovery, CutsAHoleInUnsyncedRecords) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 2);
    ASSERT_TRUE(log.wal->append(record_at(3)).has_value());
    ASSERT_TRUE(log.wal->append(record_at(4)).has_value());
  }
  const auto path = only_file(files);
  files.flip_bits(path, record_frames(files.bytes_of(path))[2].offset + 50, 1);
  WalOptions strict = options_with();
  strict.strict = true;
  TestLog log(files, strict);
  ASSERT_NE(log.wal, nullptr) << log.error;
  EXPECT_EQ(log.sequences(), range(1, 2));
  EXPECT_GT(log.wal->replay().torn_bytes, 0U);
  EXPECT_TRUE(log.wal->replay().losses.empty());
  EXPECT_EQ(files.list(kFolder / "quarantine")->size(), 1U);  // an intact record was cut off: somebody may want it
}

// Every byte of a synced log but the last mark, flipped: exactly the record it belongs to is lost and reported.
TEST(WalRecovery, ReportsExactlyWhatRotCost) {
  SimulatedFileSystem original(1);
  {
    TestLog log(original);
    fill(log, 1, 5);
  }
  const auto path = only_file(original);
  const std::vector<std::byte> whole = original.bytes_of(path);
  const std::vector<WalFrame> frames = record_frames(whole);
  for (std::uint64_t at = 0; at < frames.back().end; ++at) {
    SCOPED_TRACE("byte " + std::to_string(at));
    SimulatedFileSystem files(1);
    files.put(path, whole);
    files.flip_bits(path, at, static_cast<std::uint8_t>(1U << (at % 8)));
    TestLog log(files);
    ASSERT_NE(log.wal, nullptr) << log.error;
    EXPECT_EQ(log.wal->replay().torn_bytes, 0U);
    EXPECT_EQ(log.wal->last_sequence().value, 5U);
    const auto hit = std::find_if(frames.begin(), frames.end(), [&](const WalFrame& frame) {
      return frame.offset <= at && at < frame.offset + kWalFrameHeaderBytes + frame.stored.size();
    });
    std::vector<std::uint64_t> expected = range(1, 5);
    if (hit != frames.end()) { std::erase(expected, hit->header.sequence); }
    ASSERT_EQ(log.sequences(), expected);
    for (const WalLoss& loss : log.wal->replay().losses) {
      EXPECT_EQ(loss.file, path);
      EXPECT_TRUE(loss.offset_begin <= at && at < loss.offset_end);
      const std::uint64_t lost = loss.sequence_before.value - loss.sequence_after.value - 1;
      EXPECT_EQ(lost, hit == frames.end() ? 0U : 1U);
      if (hit == frames.end()) { continue; }
      EXPECT_EQ(loss.sequence_after.value + 1, hit->header.sequence);
      EXPECT_EQ(loss.offset_begin, hit->offset);
      EXPECT_EQ(loss.offset_end, hit->end);
    }
    if (hit != frames.end()) {
      ASSERT_EQ(log.wal->replay().losses.size(), 1U);
      EXPECT_EQ(files.list(kFolder / "quarantine")->size(), 1U);
    }
  }
}

TEST(WalRecovery, KeepsRotOutOfTheWayOfLaterOpens) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 5);
  }
  const auto path = only_file(files);
  files.flip_bits(path, record_frames(files.bytes_of(path))[1].offset + 45, 4);
  for (int round = 0; round < 3; ++round) {
    TestLog log(files);
    ASSERT_EQ(log.wal->replay().losses.size(), 1U);
    EXPECT_EQ(log.replayed.size(), 4U + static_cast<std::size_t>(round));
    EXPECT_EQ(files.list(kFolder / "quarantine")->size(), 1U);
    const std::uint64_t next = log.wal->last_sequence().value + 1;
    fill(log, next, next);
  }
  EXPECT_TRUE(TestLog(files, options_with(), {2}).wal->replay().losses.size() ==
              1);  // still rot, though nothing is lost
  TestLog flushed(files, options_with(), {8});
  ASSERT_TRUE(flushed.wal->remove_through({8}).has_value());
  EXPECT_TRUE(TestLog(files, options_with(), {8}).wal->replay().losses.empty());
}

TEST(WalRecovery, FindsFramesBehindALargeRottenStretch) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 30);
  }
  const auto path = only_file(files);
  std::vector<std::byte> bytes = files.bytes_of(path);
  const std::vector<WalFrame> frames = record_frames(bytes);
  for (std::uint64_t at = frames[4].offset + 3; at < frames[9].offset + 5; ++at) { bytes[at] = std::byte{0xEE}; }
  files.put(path, bytes);
  TestLog log(files);
  std::vector<std::uint64_t> expected = range(1, 4);
  for (const std::uint64_t sequence : range(11, 30)) { expected.push_back(sequence); }
  EXPECT_EQ(log.sequences(), expected);
  ASSERT_EQ(log.wal->replay().losses.size(), 1U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_after.value, 4U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_before.value, 11U);
}

TEST(WalRecovery, ReportsAMissingFile) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files, options_with(2000));
    fill(log, 1, 40);
  }
  const std::vector<std::string> names = *files.list(kFolder);
  ASSERT_GT(names.size(), 3U);
  ASSERT_TRUE(files.remove(kFolder / names[1]).has_value());
  TestLog log(files);
  ASSERT_EQ(log.wal->replay().losses.size(), 1U);
  const WalLoss loss = log.wal->replay().losses[0];
  EXPECT_EQ(loss.file, kFolder / names[2]);
  EXPECT_EQ(log.replayed.size(), 40 - (loss.sequence_before.value - loss.sequence_after.value - 1));
  EXPECT_EQ(log.wal->last_sequence().value, 40U);
}

TEST(WalRecovery, ReportsTheEndOfAnOlderFileAsRotNotTorn) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 5);
    ASSERT_TRUE(log.wal->roll().has_value());
    fill(log, 6, 8);
  }
  const auto path = only_file(files);
  const std::vector<std::byte> whole = files.bytes_of(path);
  files.put(path, std::span(whole).first(record_frames(whole)[3].offset + 17));
  TestLog log(files);
  EXPECT_EQ(log.sequences(), (std::vector<std::uint64_t>{1, 2, 3, 6, 7, 8}));
  ASSERT_EQ(log.wal->replay().losses.size(), 1U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_after.value, 3U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_before.value, 6U);
}

TEST(WalRecovery, StrictRefusesRotAndChangesNothing) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 5);
  }
  const auto path = only_file(files);
  files.flip_bits(path, record_frames(files.bytes_of(path))[2].offset + 1, 1);
  const auto before = files.bytes_of(path);
  WalOptions strict = options_with();
  strict.strict = true;
  TestLog log(files, strict);
  ASSERT_EQ(log.wal, nullptr);
  EXPECT_EQ(log.code, ErrorCode::kCorrupt);
  EXPECT_NE(log.error.find("between sequence 2 and 4"), std::string::npos) << log.error;
  EXPECT_EQ(files.bytes_of(path), before);
  EXPECT_EQ(files.list(kFolder)->size(), 1U);
}

TEST(WalRecovery, RefusesALogFromElsewhere) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 2);
  }
  WalOptions other = options_with();
  other.shard.value = 4;
  TestLog wrong_shard(files, other);
  EXPECT_EQ(wrong_shard.code, ErrorCode::kConflict);
  EXPECT_NE(wrong_shard.error.find("another database"), std::string::npos) << wrong_shard.error;
  other = options_with();
  other.database_id.back() = '0';
  EXPECT_EQ(TestLog(files, other).code, ErrorCode::kConflict);
  other.database_id = "not hex";
  EXPECT_EQ(TestLog(files, other).code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(files.rename(only_file(files), kFolder / "0000000000000009.wal").has_value());
  EXPECT_EQ(TestLog(files).code, ErrorCode::kConflict);
}

TEST(WalRecovery, RefusesNewerVersionsAndEncryption) {
  for (const std::uint64_t at : {8U, 48U}) {  // version, cipher
    SimulatedFileSystem files(1);
    {
      TestLog log(files);
      fill(log, 1, 2);
    }
    const auto path = only_file(files);
    std::vector<std::byte> bytes = files.bytes_of(path);
    bytes[at] = std::byte{9};
    const std::uint32_t crc = encoding::crc32c(std::span(bytes).first(60));
    std::memcpy(bytes.data() + 60, &crc, sizeof crc);
    files.put(path, bytes);
    EXPECT_EQ(TestLog(files).code, ErrorCode::kUnsupported);
  }
}

// A record in which somebody stored the bytes of a log file: when its own frame rots, they are not taken for records.
TEST(WalRecovery, DoesNotReplayFramesInsideAPayload) {
  SimulatedFileSystem donor(1);
  {
    WalOptions options = options_with();
    options.database_id = "ffffffffffffffffffffffffffffffff";
    TestLog log(donor, options);
    fill(log, 1, 3);
  }
  const std::vector<std::byte> planted = donor.bytes_of(only_file(donor));
  RowBatch batch;
  batch.table = "t";
  batch.series_count = 1;
  FieldVector field;
  field.type = FieldType::kString;
  for (std::size_t shift = 0; shift < 8; ++shift) {  // at every alignment
    batch.series_of_row.push_back(0);
    batch.times.push_back(0);
    field.strings.push_back(std::string(shift, 'x') +
                            std::string(reinterpret_cast<const char*>(planted.data()), planted.size()));
  }
  batch.fields.push_back(field);
  LogRecord record = record_at(2);
  record.batches = {std::make_shared<const RowBatch>(batch)};
  SimulatedFileSystem files(1);
  {
    WalOptions options = options_with();
    options.compress = false;
    TestLog log(files, options);
    fill(log, 1, 1);
    ASSERT_TRUE(log.wal->append(record).has_value());
    ASSERT_TRUE(log.wal->sync().has_value());
    fill(log, 3, 4);
  }
  const auto path = only_file(files);
  files.flip_bits(path, record_frames(files.bytes_of(path))[1].offset + 9, 1);  // its length
  EXPECT_EQ(TestLog(files).sequences(), (std::vector<std::uint64_t>{1, 3, 4}));
}

TEST(WalRecovery, RemovesWhatAnInterruptedMendingLeft) {
  SimulatedFileSystem files(1);
  files.put(kFolder / "0000000000000001.wal.tmp", bytes_of("half a file"));
  TestLog log(files);
  ASSERT_NE(log.wal, nullptr) << log.error;
  EXPECT_EQ(*files.list(kFolder), std::vector<std::string>{"0000000000000001.wal"});
}

TEST(WalRecovery, IgnoresForeignNames) {
  SimulatedFileSystem files(1);
  for (const char* name : {"notes.txt", "1.wal", "000000000000000G.wal", "000000000000000A.wal"}) {
    files.put(kFolder / name, bytes_of("x"));
  }
  TestLog log(files);
  ASSERT_NE(log.wal, nullptr) << log.error;
  EXPECT_EQ(log.wal->last_sequence().value, 0U);
}

}  // namespace
}  // namespace streamflow::storage
