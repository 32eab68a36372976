#include "storage/wal/log_record.h"

#include <gtest/gtest.h>

#include <limits>

#include "storage/wal/log_record_test_data.h"

namespace streamflow::storage {
namespace {

using testing::random_record;
using testing::same;

LogRecord record_of(RowBatch batch) {
  LogRecord record;
  record.sequence.value = 1;
  record.batches.push_back(std::make_shared<const RowBatch>(std::move(batch)));
  return record;
}

RowBatch batch_of(std::vector<std::uint64_t> bits, FieldType type) {
  RowBatch batch;
  batch.table = "t";
  batch.series_count = 1;
  batch.series_of_row.assign(bits.size(), 0);
  batch.times.assign(bits.size(), 5);
  FieldVector field;
  field.name = "f";
  field.type = type;
  field.bits = std::move(bits);
  batch.fields.push_back(std::move(field));
  return batch;
}

TEST(LogRecord, RoundTripsRandomRecords) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const LogRecord record = random_record(random, random(), seed % 10 == 0 ? 3000 : 70);
    ASSERT_TRUE(check_record(record).has_value());
    const Result<LogRecord> decoded = decode_record(encode_record(record));
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
    ASSERT_TRUE(same(record, *decoded));
  }
}

// The record without its rows, in the order and with the types that the whole has.
LogRecord outline_of(const LogRecord& record) {
  LogRecord outline = record;
  for (auto& batch : outline.batches) {
    auto bare = std::make_shared<RowBatch>();
    bare->table = batch->table;
    bare->duplicates = batch->duplicates;
    bare->tags = batch->tags;
    for (const FieldVector& field : batch->fields) { bare->fields.push_back({field.name, field.type, {}, {}, {}}); }
    batch = bare;
  }
  return outline;
}

TEST(LogRecord, AnOutlineIsTheRecordWithoutItsRows) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const LogRecord record = random_record(random, random(), 70);
    const std::vector<std::byte> payload = encode_record(record);
    const Result<LogRecord> outline = decode_record(payload, RecordDetail::kOutline);
    ASSERT_TRUE(outline.has_value()) << outline.error().message;
    ASSERT_TRUE(same(outline_of(record), *outline));
    // What is cut short is refused by both.
    const auto cut = std::span(payload).first(random() % payload.size());
    ASSERT_FALSE(decode_record(cut, RecordDetail::kOutline).has_value());
  }
}

TEST(LogRecord, RoundTripsEdgeValues) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  constexpr std::uint64_t kLeastSigned = std::uint64_t{1} << 63U;
  const struct {
    const char* name;
    std::vector<std::uint64_t> bits;
  } cases[] = {{"none", {}},
               {"one", {7}},
               {"signed extremes", {kLeastSigned, kLeastSigned - 1, 0}},
               {"unsigned extremes", {kMost, 0, kMost}},
               {"spread of a byte", {10, 265, 10}},
               {"of a byte and one", {10, 266, 10}},
               {"of two bytes", {1, 65536, 1}},
               {"of two bytes and one", {1, 65537, 1}},
               {"of four bytes", {3, 3 + 0xFFFFFFFFULL, 3}},
               {"of four bytes and one", {3, 4 + 0xFFFFFFFFULL, 3}},
               {"around zero", {kMost, 1, kMost - 1}},
               {"NaN with payload and -0.0", {0x7FF8000000000123ULL, 0x8000000000000000ULL, 0xFFF0000000000001ULL}},
               {"steps that wrap", {kMost, 1, 3, 5}}};
  for (const auto& [name, bits] : cases) {
    for (const FieldType type : {FieldType::kFloat64, FieldType::kInt64, FieldType::kUint64, FieldType::kBool}) {
      SCOPED_TRACE(std::string(name) + ", " + std::string(name_of(type)));
      const LogRecord record = record_of(batch_of(bits, type));
      const Result<LogRecord> decoded = decode_record(encode_record(record));
      ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
      EXPECT_TRUE(same(record, *decoded));
    }
  }
}

TEST(LogRecord, StoresSmallIntegersInOneByte) {
  std::mt19937_64 random(3);
  std::vector<std::uint64_t> bits(10'000);
  for (std::uint64_t& value : bits) { value = random() % 101; }
  EXPECT_LT(encode_record(record_of(batch_of(bits, FieldType::kInt64))).size(), 10'200U);
}

TEST(LogRecord, RejectsEveryTruncatedPrefix) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    const std::vector<std::byte> bytes = encode_record(random_record(random, 9, 20));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const Result<LogRecord> decoded = decode_record(std::span(bytes).first(length));
      ASSERT_FALSE(decoded.has_value()) << "seed " << seed << " length " << length;
      ASSERT_EQ(decoded.error().code, ErrorCode::kCorrupt);
      ASSERT_NE(decoded.error().message.find("at byte"), std::string::npos) << decoded.error().message;
    }
  }
}

// The frame's checksum finds flipped bytes; what gets past it by chance must still be safe and, decoded, valid.
TEST(LogRecord, DecodesEveryFlippedByteSafely) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<std::byte> bytes = encode_record(random_record(random, 9, 20));
    for (std::byte& byte : bytes) {
      const std::byte old = byte;
      byte ^= static_cast<std::byte>(1 + random() % 255);
      const Result<LogRecord> decoded = decode_record(bytes);
      if (decoded.has_value()) { ASSERT_TRUE(check_record(*decoded).has_value()) << "seed " << seed; }
      byte = old;
    }
  }
}

TEST(LogRecord, RejectsTrailingBytes) {
  std::vector<std::byte> bytes = encode_record(record_of(batch_of({1}, FieldType::kInt64)));
  bytes.push_back(std::byte{0});
  const Result<LogRecord> decoded = decode_record(bytes);
  ASSERT_FALSE(decoded.has_value());
  EXPECT_NE(decoded.error().message.find("follow the end"), std::string::npos);
}

TEST(LogRecord, RefusesNewerVersionsAndKinds) {
  const std::vector<std::byte> good = encode_record(record_of(batch_of({1}, FieldType::kInt64)));
  for (const std::size_t at : {16U, 17U}) {  // version, kind
    std::vector<std::byte> bytes = good;
    bytes[at] = std::byte{77};
    const Result<LogRecord> decoded = decode_record(bytes);
    ASSERT_FALSE(decoded.has_value());
    EXPECT_EQ(decoded.error().code, ErrorCode::kUnsupported);
  }
}

LogRecord delete_record() {
  LogRecord record;
  record.kind = RecordKind::kDelete;
  record.sequence = SequenceNumber{12};
  record.deletion = {"cpu", {timestamp_from_ns(-5), timestamp_from_ns(99)}, {{"host", {"a", ""}}, {"room", {"b"}}}};
  return record;
}

TEST(LogRecord, RoundTripsDeletesAndRefusesDamagedOnes) {
  const LogRecord record = delete_record();
  ASSERT_TRUE(check_record(record).has_value());
  std::vector<std::byte> bytes = encode_record(record);
  const Result<LogRecord> decoded = decode_record(bytes);
  ASSERT_TRUE(decoded.has_value()) << decoded.error().message;
  EXPECT_EQ(decoded->kind, RecordKind::kDelete);
  EXPECT_EQ(decoded->sequence, record.sequence);
  EXPECT_EQ(decoded->deletion, record.deletion);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_record(std::span(bytes).first(length)).has_value()) << length;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_record(bytes).has_value());
}

TEST(LogRecord, RefusesDeletesPastTheLimits) {
  const struct {
    const char* name;
    void (*spoil)(Deletion&);
    ErrorCode code;
  } cases[] = {
      {"no table", [](Deletion& d) { d.table.clear(); }, ErrorCode::kInvalidArgument},
      {"nothing between start and stop", [](Deletion& d) { d.range.end = d.range.begin; }, ErrorCode::kInvalidArgument},
      {"a long table", [](Deletion& d) { d.table.assign(256, 't'); }, ErrorCode::kTooLarge},
      {"a long tag", [](Deletion& d) { d.terms[0].tag.assign(256, 't'); }, ErrorCode::kTooLarge},
      {"a long value", [](Deletion& d) { d.terms[0].values[0].assign(4097, 'v'); }, ErrorCode::kTooLarge},
      {"many values", [](Deletion& d) { d.terms[0].values.assign(70'000, "v"); }, ErrorCode::kTooLarge},
      {"many tags",
       [](Deletion& d) {
         d.terms.assign(129, {"t", {"v"}});
       },
       ErrorCode::kTooLarge}};
  for (const auto& [name, spoil, code] : cases) {
    SCOPED_TRACE(name);
    LogRecord record = delete_record();
    spoil(record.deletion);
    const Status checked = check_record(record);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, code);
    EXPECT_FALSE(decode_record(encode_record(record)).has_value());
  }
}

TEST(LogRecord, RefusesRecordsThatUnfoldTooFar) {
  // A few bytes that say "four billion rows, all equal".
  std::vector<std::byte> bytes =
      encode_record(record_of(batch_of(std::vector<std::uint64_t>(100, 7), FieldType::kInt64)));
  bool refused = false;
  for (std::size_t at = 18; at + 1 < bytes.size(); ++at) {
    if (bytes[at] != std::byte{100}) { continue; }
    std::vector<std::byte> bomb = bytes;
    const std::byte huge[] = {std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0xFF}, std::byte{0x0F}};
    bomb.erase(bomb.begin() + static_cast<std::ptrdiff_t>(at));
    bomb.insert(bomb.begin() + static_cast<std::ptrdiff_t>(at), std::begin(huge), std::end(huge));
    const Result<LogRecord> decoded = decode_record(bomb);
    ASSERT_FALSE(decoded.has_value());
    refused = refused || decoded.error().message.find("more memory") != std::string::npos;
  }
  EXPECT_TRUE(refused);
}

TEST(LogRecord, StampsSequenceAndTime) {
  LogRecord record = record_of(batch_of({1, 2, 4}, FieldType::kUint64));
  std::vector<std::byte> bytes = encode_record(record);
  stamp_record(bytes, {77}, timestamp_from_ns(-5));
  record.sequence.value = 77;
  record.commit_time = timestamp_from_ns(-5);
  EXPECT_EQ(bytes, encode_record(record));
}

TEST(LogRecord, ChecksWhatItCannotEncode) {
  const struct {
    const char* name;
    void (*spoil)(LogRecord&, RowBatch&);
    ErrorCode code;
  } cases[] = {
      {"producer", [](LogRecord& r, RowBatch&) { r.producer.id.assign(256, 'p'); }, ErrorCode::kTooLarge},
      {"organization", [](LogRecord& r, RowBatch&) { r.project.organization.assign(256, 'p'); }, ErrorCode::kTooLarge},
      {"table name", [](LogRecord&, RowBatch& b) { b.table.assign(256, 't'); }, ErrorCode::kTooLarge},
      {"tag count", [](LogRecord&, RowBatch& b) { b.tags.resize(129); }, ErrorCode::kTooLarge},
      {"series of row", [](LogRecord&, RowBatch& b) { b.series_of_row[1] = 1; }, ErrorCode::kInvalidArgument},
      {"series list", [](LogRecord&, RowBatch& b) { b.series.resize(3); }, ErrorCode::kInvalidArgument},
      {"two series without tags", [](LogRecord&, RowBatch& b) { b.series_count = 2; }, ErrorCode::kInvalidArgument},
      {"times", [](LogRecord&, RowBatch& b) { b.times.pop_back(); }, ErrorCode::kInvalidArgument},
      {"values", [](LogRecord&, RowBatch& b) { b.fields[0].bits.pop_back(); }, ErrorCode::kInvalidArgument},
      {"validity", [](LogRecord&, RowBatch& b) { b.fields[0].validity.resize(2); }, ErrorCode::kInvalidArgument}};
  for (const auto& [name, spoil, code] : cases) {
    SCOPED_TRACE(name);
    RowBatch batch = batch_of({1, 2}, FieldType::kInt64);
    LogRecord record;
    spoil(record, batch);
    record.batches.push_back(std::make_shared<const RowBatch>(std::move(batch)));
    const Status status = check_record(record);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, code);
  }
}

TEST(LogRecord, RefusesMoreMemoryThanDecodingAllows) {
  RowBatch batch;
  batch.table = "wide";
  batch.series_count = 1;
  const std::size_t rows = 1'000'000;
  batch.series_of_row.assign(rows, 0);
  batch.times.assign(rows, 0);
  FieldVector field;
  field.bits.assign(rows, 0);
  batch.fields.push_back(std::move(field));
  const auto shared = std::make_shared<const RowBatch>(std::move(batch));
  LogRecord record;
  record.batches.assign(kRecordMemoryBytesMax / (rows * 20) + 1, shared);
  const Status status = check_record(record);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kTooLarge);
  record.batches.pop_back();
  EXPECT_TRUE(check_record(record).has_value());
}

}  // namespace
}  // namespace streamflow::storage
