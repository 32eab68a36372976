// Segment files: round trips of random tables, damage, misuse, a golden file.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <random>
#include <set>

#include "encoding/crc32c.h"
#include "storage/memory_file_system.h"
#include "storage/segment_format.h"
#include "storage/segment_layout.h"
#include "storage/segment_reader.h"
#include "storage/segment_writer.h"

namespace streamflow::storage {
namespace {

// Owns what a SegmentTableInput points to.
struct TestTable {
  struct Field {
    std::vector<std::uint64_t> bits;
    std::vector<std::string> strings;
    std::vector<std::uint64_t> validity;
    std::vector<std::string_view> views;
  };
  TableSchema schema;
  std::vector<std::string> series;
  std::vector<std::uint32_t> series_row_begin{0};
  std::vector<std::int64_t> times;
  std::vector<Field> fields;

  SegmentTableInput input() {
    SegmentTableInput out;
    out.schema = &schema;
    out.series_count = static_cast<std::uint32_t>(series_row_begin.size() - 1);
    out.series.assign(series.begin(), series.end());
    out.series_row_begin = series_row_begin;
    out.times = times;
    for (Field& field : fields) {
      field.views.assign(field.strings.begin(), field.strings.end());
      out.fields.push_back({field.bits, field.views, field.validity});
    }
    return out;
  }
};

constexpr std::int64_t kStart = 1700000000000000000;
constexpr char kDatabase[] = "0123456789abcdef0123456789abcdef";

SegmentHeader test_header() {
  return {kDatabase, {"acme", "plant"}, ShardIndex{3}, 2, SequenceNumber{10}, SequenceNumber{99}};
}

std::uint64_t random_bits(FieldType type, std::uint64_t kind, std::mt19937_64& random) {
  constexpr double kSpecial[] = {-0.0, std::numeric_limits<double>::quiet_NaN(), 0.0,
                                 -std::numeric_limits<double>::infinity(), 1e300};
  switch (type) {
    case FieldType::kFloat64:
      if (kind == 0) {
        return random() % 40 == 0 ? std::bit_cast<std::uint64_t>(kSpecial[random() % 5])
                                  : std::bit_cast<std::uint64_t>(static_cast<double>(random() % 1000) / 10);
      }
      return kind == 1 ? random() : std::bit_cast<std::uint64_t>(21.5);
    case FieldType::kBool:
      return kind == 0 ? random() % 2 : 1;
    default:
      return kind == 0 ? random() % 100 : kind == 1 ? random() : 7;
  }
}

std::vector<std::uint64_t> random_validity(std::size_t rows, std::uint64_t kind, std::mt19937_64& random) {
  std::vector<std::uint64_t> words((rows + 63) / 64);
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = kind == 0 ? random() % 3 != 0 : kind == 1 ? row / 500 % 2 == 0 : false;
    words[row / 64] |= std::uint64_t{valid} << (row % 64);
  }
  return words;
}

TestTable::Field random_field(FieldType type, std::size_t rows, std::mt19937_64& random) {
  TestTable::Field field;
  const std::uint64_t kind = random() % 3;
  if (const std::uint64_t nulls = random() % 4; nulls < 3) {
    field.validity = random_validity(rows, nulls, random);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const bool valid = field.validity.empty() || ((field.validity[row / 64] >> (row % 64)) & 1U) != 0;
    if (type == FieldType::kString) {
      const std::size_t bytes = kind == 0 ? random() % 8 : kind == 1 ? random() % 60 : random() % 50 == 0 ? 60000 : 3;
      field.strings.emplace_back(valid ? bytes : 0, static_cast<char>('a' + random() % 4));
    } else {
      field.bits.push_back(valid ? random_bits(type, kind, random) : 0);
    }
  }
  return field;
}

TestTable random_table(const std::string& name, const std::vector<std::uint32_t>& row_counts, std::mt19937_64& random) {
  TestTable table;
  table.schema = {name, {"device", "site"}, {}, random() % 2 == 0 ? DuplicatePolicy::kKeep : DuplicatePolicy::kMerge};
  const bool keep = table.schema.duplicates == DuplicatePolicy::kKeep;
  std::set<std::pair<std::string, std::string>> names;
  while (names.size() < row_counts.size()) {
    names.emplace("d" + std::to_string(random() % 100000),
                  random() % 5 == 0 ? "" : "site" + std::to_string(random() % 3));
  }
  auto tags = names.begin();
  for (const std::uint32_t rows : row_counts) {
    table.series.push_back(tags->first);
    table.series.push_back((tags++)->second);
    std::int64_t time = kStart;
    for (std::uint32_t row = 0; row < rows; ++row) {
      table.times.push_back(time);
      time += keep && random() % 10 == 0 ? 0 : 1000000000 + static_cast<std::int64_t>(random() % 3);
    }
    table.series_row_begin.push_back(static_cast<std::uint32_t>(table.times.size()));
  }
  for (const FieldType type : {FieldType::kFloat64, FieldType::kInt64, FieldType::kUint64, FieldType::kBool,
                               FieldType::kString, FieldType::kFloat64}) {
    table.schema.fields.push_back({"f" + std::to_string(table.fields.size()), type});
    table.fields.push_back(random_field(type, table.times.size(), random));
  }
  return table;
}

Result<SegmentSummary> write_segment(FileSystem& files, std::span<TestTable> tables) {
  SF_TRY(writer, SegmentWriter::create(files, "s/1.seg", test_header()));
  for (TestTable& table : tables) {
    SF_CHECK(writer->add_table(table.input()));
  }
  return writer->finish();
}

bool is_valid(std::span<const std::uint64_t> validity, std::size_t row) {
  return validity.empty() || ((validity[row / 64] >> (row % 64)) & 1U) != 0;
}

// The oracle: plain loops over all rows of a range.
struct Naive {
  BlockStatistics s;
  std::uint64_t min_key = 0, max_key = 0;

  static bool less(FieldType type, std::uint64_t a, std::uint64_t b) {
    if (type == FieldType::kFloat64) {
      const double x = std::bit_cast<double>(a), y = std::bit_cast<double>(b);
      return std::isnan(y) ? !std::isnan(x) : x < y;
    }
    return type == FieldType::kInt64 ? std::bit_cast<std::int64_t>(a) < std::bit_cast<std::int64_t>(b) : a < b;
  }
  void add(FieldType type, std::uint64_t bits, std::int64_t time) {
    if (s.count == 0 || time < s.first_time) {
      s.first_time = time;
      s.first_bits = bits;
    }
    if (s.count == 0 || time >= s.last_time) {
      s.last_time = time;
      s.last_bits = bits;
    }
    s.min_bits = s.count == 0 || less(type, bits, s.min_bits) ? bits : s.min_bits;
    s.max_bits = s.count == 0 || less(type, s.max_bits, bits) ? bits : s.max_bits;
    s.sum_int += type == FieldType::kInt64 ? Int128{std::bit_cast<std::int64_t>(bits)} : Int128{bits};
    s.sum_double += std::bit_cast<double>(bits);
    ++s.count;
  }
};

void expect_statistics(const TestTable& table, std::size_t f, std::size_t begin, std::size_t end,
                       const BlockStatistics& got) {
  const FieldType type = table.schema.fields[f].type;
  Naive naive;
  for (std::size_t row = begin; row < end; ++row) {
    if (is_valid(table.fields[f].validity, row)) {
      naive.add(type, type == FieldType::kString ? 0 : table.fields[f].bits[row], table.times[row]);
    } else {
      ++naive.s.nulls;
    }
  }
  const BlockStatistics& want = naive.s;
  ASSERT_EQ(got.count, want.count);
  ASSERT_EQ(got.nulls, want.nulls);
  if (want.count == 0) {
    return;
  }
  ASSERT_EQ(got.first_time, want.first_time);
  ASSERT_EQ(got.last_time, want.last_time);
  if (type == FieldType::kString) {
    return;
  }
  ASSERT_EQ(got.first_bits, want.first_bits);
  ASSERT_EQ(got.last_bits, want.last_bits);
  ASSERT_FALSE(Naive::less(type, got.min_bits, want.min_bits) || Naive::less(type, want.min_bits, got.min_bits));
  ASSERT_FALSE(Naive::less(type, got.max_bits, want.max_bits) || Naive::less(type, want.max_bits, got.max_bits));
  if (type == FieldType::kFloat64) {
    const double tolerance = 1e-9 * std::fabs(want.sum_double);
    ASSERT_TRUE(std::fabs(got.sum_double - want.sum_double) <= tolerance || got.sum_double == want.sum_double ||
                !std::isfinite(want.sum_double) || !std::isfinite(got.sum_double));
  } else {
    ASSERT_TRUE(got.sum_int == want.sum_int);
  }
}

void expect_field(const TestTable& table, const SegmentTable& read, std::size_t b, std::size_t f,
                  DecodedColumn& values) {
  const BlockInfo& block = read.blocks()[b];
  const Status status = read.read_field(b, f, values);
  ASSERT_TRUE(status.has_value()) << status.error().message;
  for (std::size_t i = 0; i < block.row_count; ++i) {
    const std::size_t row = block.row_begin + i;
    ASSERT_EQ(is_valid(values.validity, i), is_valid(table.fields[f].validity, row)) << row;
    if (table.schema.fields[f].type == FieldType::kString) {
      ASSERT_EQ(values.strings[i], table.fields[f].strings[row]) << row;
    } else {
      ASSERT_EQ(values.bits[i], table.fields[f].bits[row]) << row;
    }
  }
  const auto whole = read.statistics(b, f);
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  expect_statistics(table, f, block.row_begin, block.row_begin + block.row_count, *whole);
  const auto micro = read.micro_statistics(b, f);
  ASSERT_EQ(micro->size(), (block.row_count + 255) / 256);
  for (std::size_t m = 0; m < micro->size(); ++m) {
    const std::size_t begin = block.row_begin + m * 256;
    expect_statistics(table, f, begin, std::min<std::size_t>(begin + 256, block.row_begin + block.row_count),
                      (*micro)[m]);
  }
}

void expect_equal(const TestTable& table, const SegmentTable& read) {
  ASSERT_EQ(read.schema(), table.schema);
  ASSERT_EQ(read.row_count(), table.times.size());
  ASSERT_EQ(read.series_count() + 1, table.series_row_begin.size());
  for (std::uint32_t s = 0; s < read.series_count(); ++s) {
    ASSERT_EQ(read.series_row_begin()[s], table.series_row_begin[s]);
    for (std::size_t t = 0; t < table.schema.tags.size(); ++t) {
      ASSERT_EQ(read.series_tags(s)[t], table.series[s * table.schema.tags.size() + t]);
    }
  }
  DecodedColumn values;
  std::size_t row = 0;
  for (std::size_t b = 0; b < read.blocks().size(); ++b) {
    SCOPED_TRACE("block " + std::to_string(b));
    const BlockInfo& block = read.blocks()[b];
    ASSERT_EQ(block.row_begin, row);
    row += block.row_count;
    ASSERT_TRUE(read.read_times(b, values));
    const auto bits = std::span(table.times).subspan(block.row_begin, block.row_count);
    ASSERT_TRUE(std::equal(bits.begin(), bits.end(), values.bits.begin(), values.bits.end(),
                           [](std::int64_t a, std::uint64_t c) { return a == std::bit_cast<std::int64_t>(c); }));
    ASSERT_EQ(block.time_min, *std::min_element(bits.begin(), bits.end()));
    ASSERT_EQ(block.time_max, *std::max_element(bits.begin(), bits.end()));
    for (std::size_t f = 0; f < table.fields.size(); ++f) {
      SCOPED_TRACE("field " + std::to_string(f));
      expect_field(table, read, b, f, values);
    }
  }
  ASSERT_EQ(row, table.times.size());
}

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
    MemoryFileSystem files({.mapping = round % 2 == 0});
    std::vector<TestTable> tables;
    for (const char* name : {"cpu", "disk", "empty", "weather"}) {
      tables.push_back(random_table(
          name, std::string_view(name) == "empty" ? std::vector<std::uint32_t>{} : random_row_counts(random), random));
    }
    const auto summary = write_segment(files, tables);
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    const auto reader = SegmentReader::open(files, "s/1.seg");
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
  MemoryFileSystem files;
  std::mt19937_64 random(1);
  std::vector<TestTable> tables{random_table("cpu", {3, 700}, random)};
  const auto summary = write_segment(files, tables);
  const auto reader = SegmentReader::open(files, "s/1.seg");
  const SegmentHeader& header = (*reader)->header();
  EXPECT_EQ(header.database_id, kDatabase);
  EXPECT_EQ(to_string(header.project), "acme/plant");
  EXPECT_EQ(header.shard, ShardIndex{3});
  EXPECT_EQ(header.generation, 2U);
  EXPECT_EQ(header.sequence_min, SequenceNumber{10});
  EXPECT_EQ(header.sequence_max, SequenceNumber{99});
  EXPECT_EQ(summary->row_count, 703U);
  EXPECT_EQ(summary->bytes, files.content("s/1.seg")->size());
  EXPECT_EQ(summary->range, (*reader)->tables()[0].range());
  EXPECT_EQ(to_ns(summary->range.begin), kStart);
  EXPECT_EQ(to_ns(summary->range.end), *std::max_element(tables[0].times.begin(), tables[0].times.end()) + 1);
  EXPECT_EQ((*reader)->path(), "s/1.seg");
}

TEST(Segment, OpensWithoutAnyTable) {
  MemoryFileSystem files;
  const auto summary = write_segment(files, {});
  EXPECT_EQ(summary->row_count, 0U);
  EXPECT_TRUE(summary->range.empty());
  const auto reader = SegmentReader::open(files, "s/1.seg");
  EXPECT_TRUE((*reader)->tables().empty());
  EXPECT_TRUE((*reader)->verify());
}

TEST(Segment, StoresNothingForAbsentFields) {
  MemoryFileSystem files;
  std::mt19937_64 random(2);
  TestTable table = random_table("t", {5000}, random);
  for (TestTable::Field& field : table.fields) {
    field.validity.assign((5000 + 63) / 64, 0);
    std::fill(field.bits.begin(), field.bits.end(), 0);
    std::fill(field.strings.begin(), field.strings.end(), "");
  }
  ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
  const auto reader = SegmentReader::open(files, "s/1.seg");
  for (std::size_t f = 0; f < table.fields.size(); ++f) {
    EXPECT_EQ((*reader)->tables()[0].encoded_bytes(0, f), 0U);
  }
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
    MemoryFileSystem files;
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
  MemoryFileSystem files;
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

TEST(SegmentWriter, PassesOnDiskFailures) {
  std::mt19937_64 random(5);
  TestTable table = random_table("t", {3000, 3000}, random);
  for (std::uint64_t calls = 0;; ++calls) {
    MemoryFileSystem files;
    files.fail_after(calls);
    const auto summary = write_segment(files, std::span(&table, 1));
    if (summary.has_value()) {
      EXPECT_GE(calls, 4U);  // create, at least two appends, sync
      break;
    }
    ASSERT_EQ(summary.error().code, ErrorCode::kIo);
  }
}

std::vector<std::byte> small_segment() {
  MemoryFileSystem files;
  std::mt19937_64 random(6);
  std::vector<TestTable> tables{random_table("a", {3, 2, 300}, random), random_table("b", {1}, random)};
  for (TestTable& table : tables) {
    for (std::string& text : table.fields[4].strings) {
      text.resize(std::min<std::size_t>(text.size(), 20));
    }
  }
  EXPECT_TRUE(write_segment(files, tables));
  return *files.content("s/1.seg");
}

TEST(SegmentReader, DetectsEveryFlippedByte) {
  const std::vector<std::byte> good = small_segment();
  std::mt19937_64 random(7);
  for (std::size_t at = 0; at < good.size(); ++at) {
    MemoryFileSystem files({.mapping = at % 2 == 0});
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
  MemoryFileSystem files;
  files.put("good", good);
  const auto oracle = SegmentReader::open(files, "good");
  DecodedColumn want;
  DecodedColumn got;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::vector<std::byte> bad = good;
    bad[at] ^= std::byte{0x10};
    files.put("bad", bad);
    const auto reader = SegmentReader::open(files, "bad");
    if (!reader.has_value()) {
      continue;
    }
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
    MemoryFileSystem files({.mapping = size % 2 == 0});
    files.put("f", {good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
    ASSERT_FALSE(SegmentReader::open(files, "f").has_value()) << size;
  }
}

TEST(SegmentReader, SaysNotFound) {
  MemoryFileSystem files;
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
  MemoryFileSystem files;
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

// ---- the golden file: written once by version 1, readable for ever ----

TestTable golden_table() {
  TestTable table;
  table.schema = {"golden", {"host"}, {}, DuplicatePolicy::kMerge};
  const auto add_series = [&](const std::string& host, std::uint32_t rows, std::int64_t step) {
    table.series.push_back(host);
    for (std::uint32_t row = 0; row < rows; ++row) {
      table.times.push_back(kStart + row * step);
    }
    table.series_row_begin.push_back(static_cast<std::uint32_t>(table.times.size()));
  };
  add_series("", 2, 1);
  add_series("a", 40, 1000000000);
  add_series("b", 3000, 10000000000);
  const std::size_t rows = table.times.size();
  const auto add_field = [&](const std::string& name, FieldType type, bool nulls, auto value) {
    TestTable::Field field;
    field.validity.assign(nulls ? (rows + 63) / 64 : 0, 0x7fffffffffffffffULL);
    for (std::size_t row = 0; row < rows; ++row) {
      field.bits.push_back(is_valid(field.validity, row) ? value(row) : 0);
    }
    table.schema.fields.push_back({name, type});
    table.fields.push_back(std::move(field));
  };
  add_field("decimal", FieldType::kFloat64, true,
            [](std::size_t row) { return std::bit_cast<std::uint64_t>(static_cast<double>(row * 37 % 501) / 100); });
  add_field("bits", FieldType::kFloat64, false, [](std::size_t row) {
    return row == 5 ? 0x7ff8000000000123 : std::bit_cast<std::uint64_t>(1.0 / static_cast<double>(row + 3));
  });
  add_field("walk", FieldType::kInt64, false, [](std::size_t row) { return row * row % 7 + row / 3; });
  add_field("wide", FieldType::kUint64, true, [](std::size_t row) { return row * 0x9e3779b97f4a7c15ULL; });
  add_field("flag", FieldType::kBool, true, [](std::size_t row) { return row / 90 % 2; });
  table.schema.fields.push_back({"text", FieldType::kString});
  table.fields.emplace_back();
  for (std::size_t row = 0; row < rows; ++row) {
    table.fields.back().strings.push_back("state " + std::to_string(row * row % 11));
  }
  return table;
}

TEST(SegmentReader, OpensTheGoldenFileOfVersion1) {
  const std::string path = STREAMFLOW_SOURCE_DIR "/tests/golden/segment_v1.seg";
  std::ifstream file(path, std::ios::binary);
  const std::string raw((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(raw.empty()) << path;
  const auto bytes = std::as_bytes(std::span(raw));
  MemoryFileSystem files;
  files.put("golden", {bytes.begin(), bytes.end()});
  const auto reader = SegmentReader::open(files, "golden");
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  expect_equal(golden_table(), *(*reader)->find("golden"));
  const Status verified = (*reader)->verify();
  EXPECT_TRUE(verified.has_value()) << verified.error().message;
}

// Not a test of its own: STREAMFLOW_WRITE_GOLDEN=path makes the file above, once per format version.
TEST(SegmentWriter, WritesTheGoldenTable) {
  MemoryFileSystem files;
  TestTable table = golden_table();
  ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
  const auto reader = SegmentReader::open(files, "s/1.seg");
  expect_equal(table, (*reader)->tables()[0]);
  if (const char* path = std::getenv("STREAMFLOW_WRITE_GOLDEN"); path != nullptr) {
    const std::vector<std::byte> bytes = *files.content("s/1.seg");
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

}  // namespace
}  // namespace streamflow::storage
