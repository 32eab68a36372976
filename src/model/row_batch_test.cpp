#include "model/row_batch.h"

#include <gtest/gtest.h>

#include <functional>

namespace streamflow {
namespace {

// Two rows of two series, one field with a NULL.
RowBatch valid_batch() {
  RowBatch batch;
  batch.table = "cpu";
  batch.tags = {"host", "room"};
  batch.series = {"a", "", "b", "cellar"};
  batch.series_count = 2;
  batch.series_of_row = {0, 1};
  batch.times = {1, 2};
  FieldVector usage;
  usage.name = "usage";
  usage.bits = {0, 7};
  usage.validity = {0b10};
  batch.fields = {usage};
  return batch;
}

TEST(RowBatch, AValidBatchPassesAndCountsItsPoints) {
  const RowBatch batch = valid_batch();
  EXPECT_TRUE(validate(batch).has_value());
  EXPECT_EQ(batch.row_count(), 2U);
  EXPECT_EQ(batch.point_count(), 1U);
  EXPECT_EQ(batch.tag_values(1)[1], "cellar");
  EXPECT_GE(batch.memory_bytes(), sizeof(RowBatch));
}

TEST(RowBatch, EveryBrokenInvariantIsRefusedByName) {
  const struct {
    const char* name;
    std::function<void(RowBatch&)> breaks;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {"no table", [](RowBatch& b) { b.table.clear(); }, ErrorCode::kInvalidArgument, "needs a name"},
      {"long table", [](RowBatch& b) { b.table.assign(256, 't'); }, ErrorCode::kTooLarge, "at most 255"},
      {"NUL in the table", [](RowBatch& b) { b.table.push_back('\0'); }, ErrorCode::kInvalidArgument, "NUL byte"},
      {"NUL in a tag", [](RowBatch& b) { b.tags[0].push_back('\0'); }, ErrorCode::kInvalidArgument, "NUL byte"},
      {"NUL in a field", [](RowBatch& b) { b.fields[0].name.push_back('\0'); }, ErrorCode::kInvalidArgument,
       "NUL byte"},
      {"empty tag", [](RowBatch& b) { b.tags[0].clear(); }, ErrorCode::kInvalidArgument, "empty name"},
      {"tag called time", [](RowBatch& b) { b.tags[0] = "time"; }, ErrorCode::kInvalidArgument, "\"time\""},
      {"long field", [](RowBatch& b) { b.fields[0].name.assign(256, 'f'); }, ErrorCode::kTooLarge, "at most 255"},
      {"tag twice", [](RowBatch& b) { b.tags[1] = "host"; }, ErrorCode::kInvalidArgument, "tag \"host\" appears twice"},
      {"tag and field", [](RowBatch& b) { b.fields[0].name = "host"; }, ErrorCode::kInvalidArgument,
       "among its tags and fields"},
      {"rows differ", [](RowBatch& b) { b.series_of_row.pop_back(); }, ErrorCode::kInvalidArgument, "differ in length"},
      {"series list", [](RowBatch& b) { b.series.pop_back(); }, ErrorCode::kInvalidArgument, "series list"},
      {"unknown series", [](RowBatch& b) { b.series_of_row[0] = 2; }, ErrorCode::kInvalidArgument, "series 2"},
      {"short field", [](RowBatch& b) { b.fields[0].bits.pop_back(); }, ErrorCode::kInvalidArgument, "field \"usage\""},
      {"validity", [](RowBatch& b) { b.fields[0].validity.push_back(0); }, ErrorCode::kInvalidArgument,
       "field \"usage\""},
      {"long value", [](RowBatch& b) { b.series[0].assign(4097, 'v'); }, ErrorCode::kTooLarge, "at most 4096"},
      {"time too early", [](RowBatch& b) { b.times[0] = INT64_MIN; }, ErrorCode::kInvalidArgument, "1677-09-21"},
      {"time too late", [](RowBatch& b) { b.times[0] = INT64_MAX; }, ErrorCode::kInvalidArgument, "2262-04-11"},
  };
  for (const auto& [name, breaks, code, says] : cases) {
    SCOPED_TRACE(name);
    RowBatch batch = valid_batch();
    breaks(batch);
    const Status status = validate(batch);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, code);
    EXPECT_NE(status.error().message.find(says), std::string::npos) << status.error().message;
  }
}

TEST(TimeRange, IsHalfOpenAndHoldsEveryStorableTimeByDefault) {
  const TimeRange all;
  EXPECT_TRUE(all.contains(kTimestampMin));
  EXPECT_TRUE(all.contains(kTimestampMax));
  const TimeRange range{timestamp_from_ns(10), timestamp_from_ns(20)};
  EXPECT_TRUE(range.contains(timestamp_from_ns(10)));
  EXPECT_FALSE(range.contains(timestamp_from_ns(20)));
  EXPECT_FALSE(range.overlaps({timestamp_from_ns(20), timestamp_from_ns(30)}));
  EXPECT_EQ(range.intersect({timestamp_from_ns(15), timestamp_from_ns(30)}),
            (TimeRange{timestamp_from_ns(15), timestamp_from_ns(20)}));
  EXPECT_TRUE(range.intersect({timestamp_from_ns(30), timestamp_from_ns(40)}).empty());
}

TEST(DuplicatePolicy, NamesRoundTrip) {
  for (const DuplicatePolicy policy : {DuplicatePolicy::kMerge, DuplicatePolicy::kLast, DuplicatePolicy::kKeep}) {
    EXPECT_EQ(duplicate_policy_from(name_of(policy)), policy);
  }
  EXPECT_FALSE(duplicate_policy_from("newest").has_value());
}

}  // namespace
}  // namespace streamflow
