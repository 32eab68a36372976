#include "storage/wal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "encoding/crc32c.h"
#include "storage/log_record_test_data.h"
#include "storage/simulated_file_system.h"
#include "storage/wal_file.h"

namespace streamflow::storage {
namespace {

using testing::random_record;
using testing::same;

const std::filesystem::path kFolder = "wal/0";

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

WalOptions options_with(std::uint64_t file_bytes_max = 64U << 20U) {
  WalOptions options;
  options.file_bytes_max = file_bytes_max;
  options.database_id = "00112233445566778899aabbccddeeff";
  options.shard.value = 3;
  return options;
}

// A log over the simulated disk, and what it replayed when it was opened.
struct TestLog {
  std::unique_ptr<Wal> wal;
  std::vector<LogRecord> replayed;
  std::string error;
  ErrorCode code = ErrorCode::kInternal;

  explicit TestLog(SimulatedFileSystem& files, WalOptions options = options_with(), SequenceNumber after = {0}) {
    auto opened = Wal::open(files, kFolder, std::move(options), after, [&](LogRecord record) -> Status {
      replayed.push_back(std::move(record));
      return Ok{};
    });
    if (opened.has_value()) {
      wal = std::move(*opened);
    } else {
      error = opened.error().message;
      code = opened.error().code;
    }
  }
  std::vector<std::uint64_t> sequences() const {
    std::vector<std::uint64_t> all;
    for (const LogRecord& record : replayed) {
      all.push_back(record.sequence.value);
    }
    return all;
  }
};

LogRecord record_at(std::uint64_t sequence) {
  std::mt19937_64 random(sequence);
  return random_record(random, sequence, 8);
}

std::vector<std::uint64_t> range(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = first; i <= last; ++i) {
    all.push_back(i);
  }
  return all;
}

// Appends and syncs records first to last, one sync each.
void fill(TestLog& log, std::uint64_t first, std::uint64_t last) {
  ASSERT_NE(log.wal, nullptr) << log.error;
  for (std::uint64_t sequence = first; sequence <= last; ++sequence) {
    ASSERT_TRUE(log.wal->append(record_at(sequence)).has_value());
    ASSERT_TRUE(log.wal->sync().has_value());
  }
}

std::filesystem::path only_file(SimulatedFileSystem& files) {
  return kFolder / files.list(kFolder)->front();
}

// The frames of a file, as the format's own scanner sees them.
std::vector<WalFrame> record_frames(const std::vector<std::byte>& bytes) {
  const auto identity = decode_wal_header(bytes);
  std::vector<WalFrame> frames = scan_wal_file(bytes, wal_frame_seed(*identity)).frames;
  std::erase_if(frames, [](const WalFrame& frame) {
    return frame.header.kind != static_cast<std::uint8_t>(WalFrameKind::kRecord);
  });
  return frames;
}

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
  for (const LogRecord& record : again.replayed) {
    EXPECT_TRUE(same(record, record_at(record.sequence.value)));
  }
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

// The record being written when the process died, cut at every byte: it goes, all before it stays.
TEST(Wal, CutsATornTailAtEveryByte) {
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

TEST(Wal, CutsATailOfGarbageOrZeros) {
  for (const int filler : {0, -1}) {
    SimulatedFileSystem files(1);
    {
      TestLog log(files);
      fill(log, 1, 5);
    }
    const auto path = only_file(files);
    std::vector<std::byte> bytes = files.bytes_of(path);
    std::mt19937_64 random(5);
    for (int i = 0; i < 10'001; ++i) {
      bytes.push_back(filler == 0 ? std::byte{0} : static_cast<std::byte>(random()));
    }
    files.put(path, bytes);
    TestLog log(files);
    EXPECT_EQ(log.sequences(), range(1, 5));
    EXPECT_EQ(log.wal->replay().torn_bytes, 10'001U);
    EXPECT_TRUE(log.wal->replay().losses.empty());
  }
}

// Several records were being written and the disk kept a later one but not an earlier one: neither was acknowledged,
// and keeping the later one would make a retry of the earlier look like a duplicate.
TEST(Wal, CutsAHoleInUnsyncedRecords) {
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
TEST(Wal, ReportsExactlyWhatRotCost) {
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
    if (hit != frames.end()) {
      std::erase(expected, hit->header.sequence);
    }
    ASSERT_EQ(log.sequences(), expected);
    for (const WalLoss& loss : log.wal->replay().losses) {
      EXPECT_EQ(loss.file, path);
      EXPECT_TRUE(loss.offset_begin <= at && at < loss.offset_end);
      const std::uint64_t lost = loss.sequence_before.value - loss.sequence_after.value - 1;
      EXPECT_EQ(lost, hit == frames.end() ? 0U : 1U);
      if (hit == frames.end()) {
        continue;
      }
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

TEST(Wal, KeepsRotOutOfTheWayOfLaterOpens) {
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

TEST(Wal, FindsFramesBehindALargeRottenStretch) {
  SimulatedFileSystem files(1);
  {
    TestLog log(files);
    fill(log, 1, 30);
  }
  const auto path = only_file(files);
  std::vector<std::byte> bytes = files.bytes_of(path);
  const std::vector<WalFrame> frames = record_frames(bytes);
  for (std::uint64_t at = frames[4].offset + 3; at < frames[9].offset + 5; ++at) {
    bytes[at] = std::byte{0xEE};
  }
  files.put(path, bytes);
  TestLog log(files);
  std::vector<std::uint64_t> expected = range(1, 4);
  for (const std::uint64_t sequence : range(11, 30)) {
    expected.push_back(sequence);
  }
  EXPECT_EQ(log.sequences(), expected);
  ASSERT_EQ(log.wal->replay().losses.size(), 1U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_after.value, 4U);
  EXPECT_EQ(log.wal->replay().losses[0].sequence_before.value, 11U);
}

TEST(Wal, ReportsAMissingFile) {
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

TEST(Wal, ReportsTheEndOfAnOlderFileAsRotNotTorn) {
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

TEST(Wal, StrictRefusesRotAndChangesNothing) {
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

TEST(Wal, RefusesALogFromElsewhere) {
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

TEST(Wal, RefusesNewerVersionsAndEncryption) {
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
TEST(Wal, DoesNotReplayFramesInsideAPayload) {
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
  for (const std::string& name : names) {
    total += files.bytes_of(kFolder / name).size();
  }
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

TEST(Wal, StopsWhenTheDiskIsFullAndKeepsWhatWasSynced) {
  SimulatedFileSystem files(1);
  std::uint64_t acknowledged = 0;
  {
    TestLog log(files);
    files.set_capacity(40'000);
    while (log.wal->append(record_at(acknowledged + 1)).has_value() && log.wal->sync().has_value()) {
      ++acknowledged;
    }
    EXPECT_GT(acknowledged, 2U);
    EXPECT_EQ(log.wal->sync().error().code, ErrorCode::kUnavailable);
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

TEST(Wal, RemovesWhatAnInterruptedMendingLeft) {
  SimulatedFileSystem files(1);
  files.put(kFolder / "0000000000000001.wal.tmp", bytes_of("half a file"));
  TestLog log(files);
  ASSERT_NE(log.wal, nullptr) << log.error;
  EXPECT_EQ(*files.list(kFolder), std::vector<std::string>{"0000000000000001.wal"});
}

TEST(Wal, IgnoresForeignNames) {
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
