#include "storage/scan/aggregate.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <random>

#include "storage/engine/engine.h"
#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_statistics.h"

namespace streamflow::storage {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;

using Key = std::pair<std::int64_t, std::vector<std::uint32_t>>;  // bucket, codes

struct Total {
  std::uint64_t rows = 0;
  std::int64_t time_min = 0, time_max = 0;
  std::vector<BlockStatistics> fields;
};
using Totals = std::map<Key, Total>;

void merge_into(Totals& totals, const AggregateSpec& spec, const Key& key, const Total& more) {
  Total& total = totals[key];
  if (total.rows == 0) {
    total = more;
    return;
  }
  total.rows += more.rows;
  total.time_min = std::min(total.time_min, more.time_min);
  total.time_max = std::max(total.time_max, more.time_max);
  for (std::size_t f = 0; f < spec.fields.size(); ++f) {
    merge_statistics(spec.fields[f].type, more.fields[f], total.fields[f]);
  }
}

// Fields: v float64 (some NULL, NaN, -0.0), n int64 (extremes), flag bool, note string (mostly NULL).
RowBatch random_batch(std::mt19937_64& random, std::size_t row_count) {
  RowBatch batch;
  batch.table = "t";
  batch.tags = {"host", "region"};
  for (int host = 0; host < 5; ++host) {
    batch.series.push_back("h" + std::to_string(host));
    batch.series.push_back(host % 3 == 0 ? "" : "r" + std::to_string(host % 2));
  }
  batch.series_count = 5;
  const auto words = (row_count + 63) / 64;
  FieldVector v{"v", FieldType::kFloat64, {}, {}, std::vector<std::uint64_t>(words, ~std::uint64_t{0})};
  FieldVector n{"n", FieldType::kInt64, {}, {}, {}};
  FieldVector flag{"flag", FieldType::kBool, {}, {}, {}};
  FieldVector note{"note", FieldType::kString, {}, {}, std::vector<std::uint64_t>(words, 0)};
  const auto begin = static_cast<std::int64_t>(random() % 4000);
  for (std::size_t row = 0; row < row_count; ++row) {
    batch.series_of_row.push_back(static_cast<std::uint32_t>(random() % 5));
    batch.times.push_back(kStart + (begin + static_cast<std::int64_t>(row)) * kSecond);
    double value = static_cast<double>(random() % 1000) / 8.0;
    if (random() % 97 == 0) { value = std::numeric_limits<double>::quiet_NaN(); }
    const bool null = random() % 11 == 0;
    if (null) { v.validity[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
    v.bits.push_back(null ? 0 : std::bit_cast<std::uint64_t>(value));
    n.bits.push_back(random() % 50 == 0 ? static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min())
                                        : random() % 100);
    flag.bits.push_back(random() % 2);
    const bool has_note = random() % 5 == 0;
    if (has_note) { note.validity[row / 64] |= std::uint64_t{1} << (row % 64); }
    note.strings.push_back(has_note ? "note" : "");
  }
  batch.fields = {v, n, flag, note};
  return batch;
}

// What the rows that the scan delivers add up to, one by one.
Totals naive(const TableScan& scan, const AggregateSpec& spec) {
  Totals totals;
  for (std::size_t task = 0; task < scan.task_count(); ++task) {
    auto cursor = scan.open(task);
    EXPECT_TRUE(cursor);
    ScanChunk chunk;
    while (*(*cursor)->next(chunk)) {
      for (std::size_t row = 0; row < chunk.row_count; ++row) {
        const auto time = static_cast<std::int64_t>(chunk.columns[*spec.time].bits[row]);
        Key key{spec.bucket_of ? to_ns(spec.bucket_of(timestamp_from_ns(time)).begin) : 0, {}};
        for (const std::size_t tag : spec.tags) {
          const ScanColumn& column = chunk.columns[tag];
          key.second.push_back(column.codes.empty() ? column.constant_code : column.codes[row]);
        }
        Total one{1, time, time, {}};
        for (const AggregateSpec::Field& field : spec.fields) {
          const ScanColumn& column = chunk.columns[field.column];
          const bool is_string = column.type == FieldType::kString;
          one.fields.push_back(compute_statistics({.type = column.type,
                                                   .bits = is_string ? column.bits : column.bits.subspan(row, 1),
                                                   .times = std::span(&time, 1),
                                                   .validity = column.validity,
                                                   .validity_offset = row}));
        }
        merge_into(totals, spec, key, one);
      }
    }
  }
  return totals;
}

Totals pushed(const TableScan& scan, const AggregateSpec& spec, ScanCounters& counters) {
  Totals totals;
  Groups groups(spec);
  const auto take = [&] {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      Total total{groups.rows(g), groups.time_min(g), groups.time_max(g), {}};
      for (std::size_t f = 0; f < spec.fields.size(); ++f) { total.fields.push_back(groups.field(g, f)); }
      merge_into(totals, spec, {groups.bucket(g), {groups.codes(g).begin(), groups.codes(g).end()}}, total);
    }
    groups.clear();
  };
  for (std::size_t task = 0; task < scan.task_count(); ++task) {
    const Status done = scan.aggregate(task, groups, counters);
    EXPECT_TRUE(done) << done.error().message;
    if (task % 3 == 2) { take(); }
  }
  take();
  return totals;
}

void expect_equal(const Totals& found, const Totals& wanted, const AggregateSpec& spec) {
  ASSERT_EQ(found.size(), wanted.size());
  for (const auto& [key, total] : wanted) {
    const auto other = found.find(key);
    ASSERT_NE(other, found.end());
    EXPECT_EQ(other->second.rows, total.rows);
    EXPECT_EQ(other->second.time_min, total.time_min);
    EXPECT_EQ(other->second.time_max, total.time_max);
    for (std::size_t f = 0; f < spec.fields.size(); ++f) {
      // Values are eighths below 125: sums are exact in any order.
      const BlockStatistics &a = other->second.fields[f], &b = total.fields[f];
      EXPECT_EQ(a.count, b.count);
      EXPECT_EQ(a.nulls, b.nulls);
      if (a.count == 0 || spec.fields[f].type == FieldType::kString) { continue; }
      EXPECT_EQ(a.min_bits, b.min_bits);
      EXPECT_EQ(a.max_bits, b.max_bits);
      EXPECT_EQ(a.sum_int, b.sum_int);
      EXPECT_TRUE(a.sum_double == b.sum_double || (std::isnan(a.sum_double) && std::isnan(b.sum_double)));
      EXPECT_EQ(a.first_time, b.first_time);
      EXPECT_EQ(a.last_time, b.last_time);
    }
  }
}

std::vector<AggregateSpec> all_specs() {
  const auto bucket_of = [](std::int64_t width) {
    return [width](Timestamp time) {
      const std::int64_t begin = to_ns(time) / width * width;
      return TimeRange{timestamp_from_ns(begin), timestamp_from_ns(begin + width)};
    };
  };
  AggregateSpec spec;
  spec.fields = {{2, FieldType::kFloat64}, {3, FieldType::kInt64}, {4, FieldType::kBool}, {5, FieldType::kString}};
  spec.time = 6;
  std::vector<AggregateSpec> specs;
  for (const std::vector<std::size_t>& tags : {std::vector<std::size_t>{}, {0}, {1}, {0, 1}}) {
    for (const std::int64_t width : {std::int64_t{0}, 7 * kSecond, 60 * kSecond, 3600 * kSecond}) {
      for (const bool use_statistics : {true, false}) {
        spec.tags = tags;
        spec.bucket_of = width > 0 ? std::function<TimeRange(Timestamp)>(bucket_of(width)) : nullptr;
        spec.use_statistics = use_statistics;
        specs.push_back(spec);
      }
    }
  }
  return specs;
}

class AggregateTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(AggregateTest, EqualsTheRowsOneByOne) {
  std::mt19937_64 random(GetParam());
  SimulatedFileSystem files(GetParam());
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  auto engine = Engine::open(options);
  ASSERT_TRUE(engine) << engine.error().message;
  const std::size_t write_count = 3 + random() % 6;
  for (std::size_t w = 0; w < write_count; ++w) {
    WriteRequest request;
    request.batches.push_back(random_batch(random, 1 + random() % 6000));
    request.batches.back().duplicates = GetParam() % 2 == 0 ? DuplicatePolicy::kMerge : DuplicatePolicy::kKeep;
    ASSERT_TRUE((*engine)->write(std::move(request)));
    if (random() % 3 == 0) { ASSERT_TRUE((*engine)->flush()); }
  }
  if (GetParam() % 3 == 0) { ASSERT_TRUE((*engine)->flush()); }
  std::uint64_t from_statistics = 0;
  for (const AggregateSpec& spec : all_specs()) {
    ScanRequest request{"t", {}, {"host", "region", "v", "n", "flag", "note", "time"}, {}};
    if (random() % 2 == 0) { request.range.begin = timestamp_from_ns(kStart + 1500 * kSecond); }
    if (random() % 2 == 0) { request.range.end = timestamp_from_ns(kStart + 5000 * kSecond); }
    if (random() % 3 == 0) {
      request.tag_predicates.push_back({"host", [](std::optional<std::string_view> host) { return host != "h1"; }});
    }
    const auto scan = (*engine)->reader({})->snapshot()->scan(request);
    ASSERT_TRUE(scan) << scan.error().message;
    ScanCounters counters;
    expect_equal(pushed(**scan, spec, counters), naive(**scan, spec), spec);
    const auto extent = (*engine)->reader({})->snapshot()->extent("t", request.range);
    ASSERT_TRUE(extent) << extent.error().message;
    EXPECT_EQ(extent->rows, (*scan)->extent().rows);
    EXPECT_EQ(extent->series, (*scan)->extent().series);
    EXPECT_EQ(extent->range, (*scan)->extent().range);
    if (!spec.use_statistics) { EXPECT_EQ(counters.blocks_from_statistics, 0U); }
    from_statistics += counters.blocks_from_statistics;
  }
  RecordProperty("blocks_from_statistics", std::to_string(from_statistics));
}
INSTANTIATE_TEST_SUITE_P(Seeds, AggregateTest, ::testing::Range<std::uint64_t>(1, 13));

TEST(Aggregate, WholeBlocksAreAnsweredFromStatistics) {
  SimulatedFileSystem files(1);
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  auto engine = Engine::open(options);
  ASSERT_TRUE(engine) << engine.error().message;
  RowBatch batch;
  batch.table = "t";
  batch.series_count = 1;
  FieldVector x{"x", FieldType::kInt64, {}, {}, {}};
  for (std::uint32_t row = 0; row < 100'000; ++row) {
    batch.series_of_row.push_back(0);
    batch.times.push_back(kStart + std::int64_t{row} * kSecond);
    x.bits.push_back(row);
  }
  batch.fields = {x};
  WriteRequest request;
  request.batches.push_back(std::move(batch));
  ASSERT_TRUE((*engine)->write(std::move(request)));
  ASSERT_TRUE((*engine)->flush());
  const auto scan = (*engine)->reader({})->snapshot()->scan({"t", {}, {"x"}, {}});
  ASSERT_TRUE(scan) << scan.error().message;
  AggregateSpec spec;
  spec.fields = {{0, FieldType::kInt64}};
  ScanCounters counters;
  const Totals totals = pushed(**scan, spec, counters);
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals.begin()->second.fields[0].sum_int, Int128{100'000} * 99'999 / 2);
  EXPECT_EQ(counters.blocks_decoded, 0U);
  EXPECT_GT(counters.blocks_from_statistics, 40U);
  EXPECT_EQ(counters.bytes_read, 0U);
}

// Ten series of 100 rows each lie in one packed block; hosts differ, the region is the same.
TEST(Aggregate, PackedBlocksOfOneGroupAreAnsweredFromStatistics) {
  SimulatedFileSystem files(1);
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  options.shard_count = 1;
  auto engine = Engine::open(options);
  ASSERT_TRUE(engine) << engine.error().message;
  RowBatch batch;
  batch.table = "t";
  batch.tags = {"host", "region"};
  batch.series_count = 10;
  FieldVector x{"x", FieldType::kInt64, {}, {}, {}};
  for (std::uint32_t series = 0; series < 10; ++series) {
    batch.series.push_back("h" + std::to_string(series));
    batch.series.emplace_back("eu");
    for (std::uint32_t row = 0; row < 100; ++row) {
      batch.series_of_row.push_back(series);
      batch.times.push_back(kStart + std::int64_t{row} * kSecond);
      x.bits.push_back(series * 100 + row);
    }
  }
  batch.fields = {x};
  WriteRequest request;
  request.batches.push_back(std::move(batch));
  ASSERT_TRUE((*engine)->write(std::move(request)));
  ASSERT_TRUE((*engine)->flush());
  const auto snapshot = (*engine)->reader({})->snapshot();
  const struct {
    const char* name;
    const char* tag;
    const char* without;  // a host that is not wanted
    std::uint64_t groups, rows, decoded, from_statistics;
  } cases[] = {{"one region", "region", "", 1, 1000, 0, 1},
               {"every host", "host", "", 10, 1000, 1, 0},
               {"one region without a host", "region", "h4", 1, 900, 1, 0}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    ScanRequest wanted{"t", {}, {test.tag, "x", "time"}, {}};
    const std::string without = test.without;
    if (!without.empty()) {
      wanted.tag_predicates.push_back(
          {"host", [without](std::optional<std::string_view> host) { return host != without; }});
    }
    const auto scan = snapshot->scan(wanted);
    ASSERT_TRUE(scan) << scan.error().message;
    AggregateSpec spec;
    spec.tags = {0};
    spec.fields = {{1, FieldType::kInt64}};
    spec.time = 2;
    ScanCounters counters;
    const Totals totals = pushed(**scan, spec, counters);
    expect_equal(totals, naive(**scan, spec), spec);
    std::uint64_t rows = 0;
    for (const auto& [key, total] : totals) { rows += total.rows; }
    EXPECT_EQ(totals.size(), test.groups);
    EXPECT_EQ(rows, test.rows);
    EXPECT_EQ(counters.blocks_decoded, test.decoded);
    EXPECT_EQ(counters.blocks_from_statistics, test.from_statistics);
  }
}

TEST(Extent, NamesAnUnknownTable) {
  SimulatedFileSystem files(1);
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  auto engine = Engine::open(options);
  ASSERT_TRUE(engine) << engine.error().message;
  const auto extent = (*engine)->reader({})->snapshot()->extent("nothing", {});
  ASSERT_FALSE(extent);
  EXPECT_EQ(extent.error().code, ErrorCode::kNotFound);
  EXPECT_NE(extent.error().message.find("\"nothing\""), std::string::npos);
}

}  // namespace
}  // namespace streamflow::storage
