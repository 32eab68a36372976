// Segment files: round trips of random tables, damage, misuse, a golden file.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <iterator>
#include <random>

#include "encoding/crc32c.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_format.h"
#include "storage/segment/segment_layout.h"
#include "storage/segment/segment_reader.h"
#include "storage/segment/segment_test_tables.h"
#include "storage/segment/segment_writer.h"

namespace streamflow::storage {
namespace {

// Series as they come: single rows, packed crowds, one just past the packing limit, long ones, series without rows.
std::vector<std::uint32_t> random_row_counts(std::mt19937_64& random) {
  std::vector<std::uint32_t> counts;
  for (std::uint64_t i = random() % 30; i > 0; --i) {
    constexpr std::uint32_t kMost[] = {1, 3, 12, 255, 257, 600, 5000};
    counts.push_back(static_cast<std::uint32_t>(random() % (kMost[random() % 7] + 1)));
  }
  return counts;
}

TEST(Segment, RoundTripsRandomTables) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 12; ++round) {
    SimulatedFileSystem files(0, {.mapping = round % 2 == 0});
    std::vector<TestTable> tables;
    for (const char* name : {"cpu", "disk", "empty", "weather"}) {
      tables.push_back(random_table(
          name, std::string_view(name) == "empty" ? std::vector<std::uint32_t>{} : random_row_counts(random), random));
    }
    const auto summary = write_segment(files, tables);
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    const auto reader = SegmentReader::open(files, "1.seg");
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    ASSERT_EQ((*reader)->tables().size(), tables.size());
    for (const TestTable& table : tables) {
      SCOPED_TRACE(table.schema.name);
      expect_equal(table, *(*reader)->find(table.schema.name));
    }
    const Status verified = (*reader)->verify();
    ASSERT_TRUE(verified.has_value()) << verified.error().message;
    EXPECT_EQ((*reader)->find("nothing"), nullptr);
  }
}

TEST(Segment, ReportsHeaderAndSummary) {
  SimulatedFileSystem files;
  std::mt19937_64 random(1);
  std::vector<TestTable> tables{random_table("cpu", {3, 700}, random)};
  const auto summary = write_segment(files, tables);
  const auto reader = SegmentReader::open(files, "1.seg");
  const SegmentHeader& header = (*reader)->header();
  EXPECT_EQ(header.database_id, kDatabase);
  EXPECT_EQ(to_string(header.project), "acme/plant");
  EXPECT_EQ(header.shard, ShardIndex{3});
  EXPECT_EQ(header.generation, 2U);
  EXPECT_EQ(header.sequence_min, SequenceNumber{10});
  EXPECT_EQ(header.sequence_max, SequenceNumber{99});
  EXPECT_EQ(summary->row_count, 703U);
  EXPECT_EQ(summary->bytes, files.bytes_of("1.seg").size());
  EXPECT_EQ(summary->range, (*reader)->tables()[0].range());
  EXPECT_EQ(to_ns(summary->range.begin), kStart);
  EXPECT_EQ(to_ns(summary->range.end), *std::max_element(tables[0].times.begin(), tables[0].times.end()) + 1);
  EXPECT_EQ((*reader)->path(), "1.seg");
}

TEST(Segment, OpensWithoutAnyTable) {
  SimulatedFileSystem files;
  const auto summary = write_segment(files, {});
  EXPECT_EQ(summary->row_count, 0U);
  EXPECT_TRUE(summary->range.empty());
  const auto reader = SegmentReader::open(files, "1.seg");
  EXPECT_TRUE((*reader)->tables().empty());
  EXPECT_TRUE((*reader)->verify());
}

TEST(Segment, StoresNothingForAbsentFields) {
  SimulatedFileSystem files;
  std::mt19937_64 random(2);
  TestTable table = random_table("t", {5000}, random);
  for (TestTable::Field& field : table.fields) {
    field.validity.assign((5000 + 63) / 64, 0);
    std::fill(field.bits.begin(), field.bits.end(), 0);
    std::fill(field.strings.begin(), field.strings.end(), "");
  }
  ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
  const auto reader = SegmentReader::open(files, "1.seg");
  for (std::size_t f = 0; f < table.fields.size(); ++f) { EXPECT_EQ((*reader)->tables()[0].encoded_bytes(0, f), 0U); }
  EXPECT_GT((*reader)->tables()[0].encoded_bytes(0, std::nullopt), 0U);
  expect_equal(table, (*reader)->tables()[0]);
}

TEST(SegmentLayout, PacksShortSeriesAndDividesLongOnesEvenly) {
  const std::vector<std::uint32_t> begins{0, 200, 455, 455, 4775, 4785, 6785, 6790};
  EXPECT_EQ(cut_blocks(begins, {}), (std::vector<std::uint32_t>{455, 1536, 1536, 1248, 10, 2000, 5}));
}

TEST(SegmentLayout, CutsBlocksWhereTextReachesOneMebibyte) {
  const std::string big(60000, 'x');
  const std::vector<std::string_view> texts(40, big);
  const std::vector<std::span<const std::string_view>> columns{texts};
  EXPECT_EQ(cut_blocks(std::vector<std::uint32_t>{0, 40}, columns), (std::vector<std::uint32_t>{17, 17, 6}));
  EXPECT_EQ(cut_blocks(std::vector<std::uint32_t>{0, 10, 20, 40}, columns),
            (std::vector<std::uint32_t>{10, 10, 17, 3}));
}

TEST(SegmentLayout, RefusesBlocksThatSplitPackedSeries) {
  const std::vector<std::uint32_t> begins{0, 10, 20, 400};
  const auto located = locate_blocks(begins, std::vector<std::uint64_t>{20, 100, 280});
  ASSERT_TRUE(located.has_value());
  EXPECT_EQ((*located)[0].series_count, 2U);
  EXPECT_EQ((*located)[2].series_begin, 2U);
  for (const std::vector<std::uint64_t>& counts : std::vector<std::vector<std::uint64_t>>{
           {15, 5, 380}, {5, 15, 380}, {20, 381}, {20, 379}, {20, 0, 380}, {400, 0}, {5000}}) {
    EXPECT_FALSE(locate_blocks(begins, counts).has_value());
  }
}

TEST(SegmentWriter, RefusesWhatBreaksItsContract) {
  std::mt19937_64 random(3);
  const auto refused = [&](const std::string& part, const std::function<void(TestTable&, SegmentTableInput&)>& spoil) {
    SimulatedFileSystem files;
    TestTable table = random_table("t", {5, 5}, random);
    table.schema.duplicates = DuplicatePolicy::kMerge;
    for (std::size_t row = 0; row < table.times.size(); ++row) {
      table.times[row] = kStart + static_cast<std::int64_t>(row);
    }
    SegmentTableInput input = table.input();
    spoil(table, input);
    const auto writer = SegmentWriter::create(files, "x", test_header());
    const Status status = (*writer)->add_table(input);
    ASSERT_FALSE(status.has_value()) << part;
    EXPECT_NE(status.error().message.find(part), std::string::npos) << status.error().message;
  };
  refused("fit together", [](TestTable&, SegmentTableInput& in) { in.series_row_begin.back() = 9; });
  refused("fit together", [](TestTable&, SegmentTableInput& in) { in.series.pop_back(); });
  refused("tag order",
          [](TestTable&, SegmentTableInput& in) { in.series[2] = in.series[0], in.series[3] = in.series[1]; });
  refused("not later", [](TestTable& table, SegmentTableInput&) { table.times[1] = table.times[0]; });
  refused("number of rows", [](TestTable&, SegmentTableInput& in) { in.fields[0].bits = in.fields[0].bits.first(3); });
  refused("number of fields", [](TestTable&, SegmentTableInput& in) { in.fields.pop_back(); });
  const std::string large(65537, 'x');
  refused("65536", [&](TestTable& table, SegmentTableInput&) { table.fields[4].views[2] = large; });
}

TEST(SegmentWriter, RefusesDisorderBadIdsAndUseAfterFinish) {
  SimulatedFileSystem files;
  std::mt19937_64 random(4);
  TestTable table = random_table("b", {2}, random);
  const auto writer = SegmentWriter::create(files, "x", test_header());
  ASSERT_TRUE((*writer)->add_table(table.input()));
  EXPECT_FALSE((*writer)->add_table(table.input()));
  table.schema.name = "a";
  EXPECT_FALSE((*writer)->add_table(table.input()));
  ASSERT_TRUE((*writer)->finish());
  EXPECT_FALSE((*writer)->finish());
  table.schema.name = "c";
  EXPECT_FALSE((*writer)->add_table(table.input()));
  SegmentHeader header = test_header();
  header.database_id = "not hex";
  EXPECT_EQ(SegmentWriter::create(files, "x", header).error().code, ErrorCode::kInvalidArgument);
  header = test_header();
  header.project.project = std::string(256, 'p');
  EXPECT_EQ(SegmentWriter::create(files, "x", header).error().code, ErrorCode::kTooLarge);
}

TEST(SegmentWriter, RefusesPartsThatDoNotFollowOneAnother) {
  SimulatedFileSystem files;
  auto writer = SegmentWriter::create(files, "1.seg", test_header());
  ASSERT_TRUE(writer.has_value());
  std::mt19937_64 random(5);
  TestTable table = random_table("cpu", {300, 300}, random);
  const SegmentTableInput input = table.input();
  EXPECT_FALSE((*writer)->add_part(input, {}).has_value()) << "no table was begun";
  ASSERT_TRUE((*writer)->begin_table(table.schema).has_value());
  EXPECT_FALSE((*writer)->begin_table(table.schema).has_value()) << "the one before has not ended";
  EXPECT_FALSE((*writer)->add_part(input, {.continues_series = true}).has_value()) << "there is none to continue";
  ASSERT_TRUE((*writer)->add_part(input, {}).has_value());
  EXPECT_FALSE((*writer)->add_part(input, {}).has_value()) << "its series are there already";
  EXPECT_FALSE((*writer)->add_part(input, {.continues_series = true}).has_value()) << "it continues another series";
  TestTable other = table;
  other.schema.fields[0].name = "another";
  EXPECT_FALSE((*writer)->add_part(other.input(), {}).has_value()) << "another schema";
  ASSERT_TRUE((*writer)->end_table().has_value());
  ASSERT_TRUE((*writer)->finish().has_value());
  const auto reader = SegmentReader::open(files, "1.seg");
  ASSERT_TRUE(reader.has_value());
  expect_equal(table, *(*reader)->find("cpu"));
}

TEST(SegmentWriter, PassesOnDiskFailures) {
  std::mt19937_64 random(5);
  TestTable table = random_table("t", {3000, 3000}, random);
  for (std::uint64_t calls = 0;; ++calls) {
    SimulatedFileSystem files;
    files.fail_call(calls + 1, SimulatedFileSystem::Fault::kFromThenOn);
    const auto summary = write_segment(files, std::span(&table, 1));
    if (summary.has_value()) {
      EXPECT_GE(calls, 4U);  // create, at least two appends, sync
      break;
    }
    ASSERT_EQ(summary.error().code, ErrorCode::kIo);
  }
}

std::vector<std::byte> small_segment() {
  SimulatedFileSystem files;
  std::mt19937_64 random(6);
  std::vector<TestTable> tables{random_table("a", {3, 2, 300}, random), random_table("b", {1}, random)};
  for (TestTable& table : tables) {
    for (std::string& text : table.fields[4].strings) { text.resize(std::min<std::size_t>(text.size(), 20)); }
  }
  EXPECT_TRUE(write_segment(files, tables));
  return files.bytes_of("1.seg");
}

TEST(SegmentReader, DetectsEveryFlippedByte) {
  const std::vector<std::byte> good = small_segment();
  std::mt19937_64 random(7);
  for (std::size_t at = 0; at < good.size(); ++at) {
    SimulatedFileSystem files(0, {.mapping = at % 2 == 0});
    std::vector<std::byte> bad = good;
    bad[at] ^= static_cast<std::byte>(1 + random() % 255);
    files.put("f", bad);
    const auto reader = SegmentReader::open(files, "f");
    if (reader.has_value()) {
      ASSERT_FALSE((*reader)->verify().has_value()) << "byte " << at;
    } else {
      ASSERT_TRUE(reader.error().code == ErrorCode::kCorrupt || reader.error().code == ErrorCode::kUnsupported);
      ASSERT_NE(reader.error().message.find("segment f"), std::string::npos) << reader.error().message;
    }
  }
}

// Reading blocks must find damage by itself, without verify(): a block is either right or an error.
TEST(SegmentReader, NeverReturnsAWrongValueFromADamagedFile) {
  const std::vector<std::byte> good = small_segment();
  SimulatedFileSystem files;
  files.put("good", good);
  const auto oracle = SegmentReader::open(files, "good");
  DecodedColumn want;
  DecodedColumn got;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::byte> bad = good;
    bad[at] ^= std::byte{0x10};
    files.put("bad", bad);
    const auto reader = SegmentReader::open(files, "bad");
    if (!reader.has_value()) { continue; }
    for (std::size_t t = 0; t < (*reader)->tables().size(); ++t) {
      const SegmentTable& table = (*reader)->tables()[t];
      for (std::size_t b = 0; b < table.blocks().size(); ++b) {
        for (std::size_t f = 0; f < table.schema().fields.size(); ++f) {
          ASSERT_TRUE((*oracle)->tables()[t].read_field(b, f, want));
          if (const Status status = table.read_field(b, f, got); status.has_value()) {
            ASSERT_TRUE(want.bits == got.bits && want.strings == got.strings && want.validity == got.validity);
          } else {
            ASSERT_EQ(status.error().code, ErrorCode::kCorrupt);
            ASSERT_NE(status.error().message.find("block"), std::string::npos);
          }
        }
      }
    }
  }
}

TEST(SegmentReader, RefusesEveryTruncation) {
  const std::vector<std::byte> good = small_segment();
  for (std::size_t size = 0; size < good.size(); ++size) {
    SimulatedFileSystem files(0, {.mapping = size % 2 == 0});
    files.put("f", std::span(good).first(size));
    ASSERT_FALSE(SegmentReader::open(files, "f").has_value()) << size;
  }
}

TEST(SegmentReader, SaysNotFound) {
  SimulatedFileSystem files;
  EXPECT_EQ(SegmentReader::open(files, "nowhere").error().code, ErrorCode::kNotFound);
}

// Rewrites the header of a good file and mends its checksum: what a newer or an encrypting version would have written.
ErrorCode open_with_header(const std::function<void(SegmentHeaderV1&)>& change) {
  std::vector<std::byte> bytes = small_segment();
  SegmentHeaderV1 header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t checked = header.header_bytes - kChecksumBytes;
  change(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  const std::uint32_t checksum = encoding::crc32c(std::span(bytes).first(checked));
  std::memcpy(bytes.data() + checked, &checksum, sizeof checksum);
  SimulatedFileSystem files;
  files.put("f", bytes);
  const auto reader = SegmentReader::open(files, "f");
  return reader.has_value() ? ErrorCode::kInternal : reader.error().code;
}

TEST(SegmentReader, RefusesNewerVersionsFeaturesAndCiphers) {
  EXPECT_EQ(open_with_header([](auto& h) { h.version = 2; }), ErrorCode::kUnsupported);
  EXPECT_EQ(open_with_header([](auto& h) { h.required_features = 1; }), ErrorCode::kUnsupported);
  EXPECT_EQ(open_with_header([](auto& h) { h.cipher = 1; }), ErrorCode::kUnsupported);
  EXPECT_EQ(open_with_header([](auto& h) { h.magic = 1; }), ErrorCode::kCorrupt);
  EXPECT_EQ(open_with_header([](auto&) {}), ErrorCode::kInternal);  // the unchanged file opens
}

TEST(SegmentFooter, SkipsUnknownSectionsUnlessCritical) {
  SegmentFooter footer;
  footer.sections.push_back({.kind = static_cast<SectionKind>(9), .critical = false, .table = Section::kWholeFile});
  const auto skipped = decode_segment_footer(encode_segment_footer(footer), 100);
  ASSERT_TRUE(skipped.has_value());
  EXPECT_TRUE(skipped->sections.empty());
  footer.sections[0].critical = true;
  EXPECT_EQ(decode_segment_footer(encode_segment_footer(footer), 100).error().code, ErrorCode::kUnsupported);
  footer.sections[0].bytes = 101;
  EXPECT_EQ(decode_segment_footer(encode_segment_footer(footer), 100).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace streamflow::storage
