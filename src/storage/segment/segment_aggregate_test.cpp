#include "storage/segment/segment_aggregate.h"

#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_test_tables.h"

namespace streamflow::storage {
namespace {

constexpr std::uint64_t kSeed = 71;

struct Opened {
  SimulatedFileSystem files;
  std::unique_ptr<SegmentReader> reader;
  const SegmentTable& table() const { return reader->tables()[0]; }
};

void open(TestTable& table, Opened& opened) {
  ASSERT_TRUE(write_segment(opened.files, std::span(&table, 1)));
  auto reader = SegmentReader::open(opened.files, "1.seg");
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  opened.reader = std::move(*reader);
}

// The oracle: every row of the series into its bucket.
std::vector<Naive> naive_buckets(const TestTable& table, const SeriesBuckets& wanted) {
  std::vector<Naive> buckets(wanted.bucket_count);
  const FieldType type = table.schema.fields[wanted.field].type;
  const Int128 begin = to_ns(wanted.range.begin);
  const Int128 span = to_ns(wanted.range.end) - begin;
  for (std::size_t row = table.series_row_begin[wanted.series]; row < table.series_row_begin[wanted.series + 1];
       ++row) {
    const Int128 at = table.times[row] - begin;
    if (at < 0 || at >= span) { continue; }
    Naive& bucket = buckets[static_cast<std::size_t>(at * static_cast<std::int64_t>(wanted.bucket_count) / span)];
    if (is_valid(table.fields[wanted.field].validity, row)) {
      bucket.add(type, type == FieldType::kString ? 0 : table.fields[wanted.field].bits[row], table.times[row]);
    } else {
      ++bucket.s.nulls;
    }
  }
  return buckets;
}

void expect_same(FieldType type, const BlockStatistics& got, const BlockStatistics& want) {
  ASSERT_EQ(got.count, want.count);
  ASSERT_EQ(got.nulls, want.nulls);
  if (want.count == 0) { return; }
  ASSERT_EQ(got.first_time, want.first_time);
  ASSERT_EQ(got.last_time, want.last_time);
  if (type == FieldType::kString) { return; }
  ASSERT_EQ(got.first_bits, want.first_bits);
  ASSERT_EQ(got.last_bits, want.last_bits);
  ASSERT_FALSE(Naive::less(type, got.min_bits, want.min_bits) || Naive::less(type, want.min_bits, got.min_bits));
  ASSERT_FALSE(Naive::less(type, got.max_bits, want.max_bits) || Naive::less(type, want.max_bits, got.max_bits));
  if (type != FieldType::kFloat64) {
    ASSERT_TRUE(got.sum_int == want.sum_int);
  } else if (std::isfinite(want.sum_double) && std::isfinite(got.sum_double)) {
    ASSERT_NEAR(got.sum_double, want.sum_double, 1e-6 * std::fabs(want.sum_double) + 1e-6);
  }
}

TEST(AggregateSeries, AgreesWithALoopOverTheRows) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    TestTable table = random_table("t", {1, 40, 5000, 0, 300, 12, 7000}, random);
    Opened opened;
    open(table, opened);
    for (int query = 0; query < 60; ++query) {
      SeriesBuckets wanted;
      wanted.series = static_cast<std::uint32_t>(random() % 7);
      wanted.field = random() % table.fields.size();
      wanted.bucket_count = 1 + random() % (query % 2 == 0 ? 5 : 900);
      const std::int64_t begin = kStart - 1000 + static_cast<std::int64_t>(random() % 4000) * 1000000000;
      const std::int64_t length = 1 + static_cast<std::int64_t>(random() % 8000) * 1000000000;
      wanted.range = {timestamp_from_ns(begin), timestamp_from_ns(begin + length)};
      const auto got = aggregate_series(opened.table(), wanted);
      ASSERT_TRUE(got.has_value()) << got.error().message;
      const std::vector<Naive> want = naive_buckets(table, wanted);
      for (std::size_t i = 0; i < want.size(); ++i) {
        SCOPED_TRACE("bucket " + std::to_string(i));
        expect_same(table.schema.fields[wanted.field].type, (*got)[i], want[i].s);
        if (testing::Test::HasFatalFailure()) { return; }
      }
    }
  }
}

TEST(AggregateSeries, RefusesWhatIsNotThere) {
  std::mt19937_64 random(kSeed);
  TestTable table = random_table("t", {10}, random);
  Opened opened;
  open(table, opened);
  const TimeRange range{timestamp_from_ns(kStart), timestamp_from_ns(kStart + 10)};
  const auto code = [&](const SeriesBuckets& wanted) { return aggregate_series(opened.table(), wanted).error().code; };
  EXPECT_EQ(code({1, 0, range, 1}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({0, 6, range, 1}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({0, 0, range, 0}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({0, 0, range, kBucketsMax + 1}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({0, 0, {range.begin, range.begin}, 1}), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace streamflow::storage
