// Streams that PyArrow wrote, decoded, against what their maker says they hold.
#include "ingest/protocols/arrow_stream.h"

#include <gtest/gtest.h>

#include "ingest/protocols/arrow_golden.h"

namespace streamflow::ingest {
namespace {

using arrow_golden::options;
using arrow_golden::stream;

class ArrowGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(ArrowGolden, HoldsWhatItsMakerSays) {
  const std::string text = arrow_golden::read(arrow_golden::folder() / (GetParam() + ".txt"));
  const std::size_t first = text.find('\n');
  const auto result = decode_arrow_stream(stream(GetParam()), options(text.substr(0, first)));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(arrow_golden::text(*result), text.substr(first + 1));
  EXPECT_TRUE(validate(result->batch).has_value());
  EXPECT_EQ(result->error_count, result->errors.size());
  // Distinct tag sets have distinct numbers.
  std::vector<std::vector<std::string>> sets;
  for (std::uint32_t s = 0; s < result->batch.series_count; ++s) {
    const auto values = result->batch.tag_values(s);
    sets.emplace_back(values.begin(), values.end());
  }
  std::sort(sets.begin(), sets.end());
  EXPECT_EQ(std::adjacent_find(sets.begin(), sets.end()), sets.end());
}

INSTANTIATE_TEST_SUITE_P(Files, ArrowGolden, ::testing::ValuesIn(arrow_golden::names()),
                         [](const auto& given) { return given.param; });

std::string error_of(const std::string& name, const ArrowStreamOptions& given) {
  const auto result = decode_arrow_stream(stream(name), given);
  return result.has_value() ? "" : result.error().message;
}

TEST(ArrowStream, AppliesTableAndPolicy) {
  ArrowStreamOptions given = options("");
  given.duplicates = DuplicatePolicy::kKeep;
  const auto result = decode_arrow_stream(stream("signed"), given);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->batch.table, "t");
  EXPECT_EQ(result->batch.duplicates, DuplicatePolicy::kKeep);
  EXPECT_EQ(result->batch.fields.at(3).validity.size(), 1U);
  EXPECT_TRUE(result->row_of.empty());
}

TEST(ArrowStream, NamesWhatParametersGotWrong) {
  EXPECT_NE(error_of("signed", options("tags=nowhere")).find("`tags` names \"nowhere\""), std::string::npos);
  EXPECT_NE(error_of("signed", options("fields=nowhere")).find("`fields` names \"nowhere\""), std::string::npos);
  EXPECT_NE(error_of("signed", options("time=nowhere")).find("`time` names \"nowhere\""), std::string::npos);
  EXPECT_NE(error_of("signed", options("time=int8")).find("the time column \"int8\" is int8"), std::string::npos);
  EXPECT_NE(error_of("signed", options("tags=int8")).find("the tag \"int8\" is int8"), std::string::npos);
  EXPECT_NE(error_of("time_int64", options("")).find("no timestamp column"), std::string::npos);
  EXPECT_NE(error_of("time_ms", options("time=v")).find("\"when\" is timestamp[ms]"), std::string::npos);
  EXPECT_NE(error_of("schema_only", options("tags=host,v")).find("the tag \"v\" is float64"), std::string::npos);
  ArrowStreamOptions nameless = options("");
  nameless.table = "";
  EXPECT_EQ(error_of("signed", nameless), "a table needs a name");
}

TEST(ArrowStream, StoredTableDecidesTagsAndWidths) {
  auto stored = std::make_shared<TableSchema>();
  stored->name = "t";
  stored->tags = {"host"};
  stored->fields = {{"region", FieldType::kString}, {"uint8", FieldType::kInt64}, {"uint64", FieldType::kInt64}};
  ArrowStreamOptions given = options("");
  given.stored_table = stored;
  const auto plain = decode_arrow_stream(stream("tags_plain"), given);
  ASSERT_TRUE(plain.has_value()) << plain.error().message;
  EXPECT_EQ(plain->batch.tags, std::vector<std::string>{"host"});
  const auto coded = decode_arrow_stream(stream("tags_int8"), given);
  ASSERT_TRUE(coded.has_value());
  EXPECT_EQ(coded->batch.tags, std::vector<std::string>{"host"}) << "the dictionary column `region` is a stored field";
  const auto unsigned_ones = decode_arrow_stream(stream("unsigned"), given);
  ASSERT_TRUE(unsigned_ones.has_value());
  EXPECT_EQ(unsigned_ones->batch.fields[0].type, FieldType::kInt64);
  EXPECT_EQ(unsigned_ones->batch.fields[0].bits[1], 255U);
  EXPECT_EQ(unsigned_ones->batch.fields[1].type, FieldType::kUint64);
  EXPECT_EQ(unsigned_ones->batch.fields[3].type, FieldType::kUint64) << "a uint64 does not fit int64";
}

TEST(ArrowStream, CountsErrorsPastThoseItKeeps) {
  ArrowStreamOptions given = options("");
  given.errors_max = 2;
  const auto result = decode_arrow_stream(stream("rejected"), given);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->error_count, 5U);
  EXPECT_EQ(result->errors.size(), 2U);
  EXPECT_EQ(result->row_of, std::vector<std::uint64_t>{0});
  EXPECT_EQ(result->batch.series_count, 1U) << "series of rejected rows are not listed";
}

TEST(ArrowStream, RefusesWhatIsNoStream) {
  const auto error = [](const std::string& bytes) {
    const auto result = decode_arrow_stream(bytes, options(""));
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
    return result.error().message;
  };
  EXPECT_NE(error("").find("the body is empty"), std::string::npos);
  EXPECT_NE(error("cpu,host=a usage=1\n").find("0xFFFFFFFF"), std::string::npos);
  EXPECT_NE(error("ARROW1 and more").find("Arrow file (Feather)"), std::string::npos);
  EXPECT_NE(error(stream("signed") + stream("signed")).find("bytes follow the end"), std::string::npos);
  const std::string rows = stream("signed").substr(stream("schema_only").size());
  EXPECT_FALSE(error(rows).empty());
}

TEST(ArrowStream, RefusesBigEndianByName) {
  // Message {version 5, header: Schema {endianness: Big}}, laid out by hand: vtables at 4 and 28, tables at 16 and 36.
  const std::uint16_t words[] = {16, 0, 10, 12, 4, 6, 8, 0, 12, 0, 4, 1, 12, 0, 6, 8, 4, 0, 8, 0, 1, 0, 0, 0};
  std::string bytes("\xFF\xFF\xFF\xFF\x30\0\0\0", 8);
  bytes.append(reinterpret_cast<const char*>(words), sizeof words);
  const auto big = decode_arrow_stream(bytes, options(""));
  ASSERT_FALSE(big.has_value());
  EXPECT_NE(big.error().message.find("big-endian"), std::string::npos) << big.error().message;
  bytes[8 + 40] = 0;
  const auto little = decode_arrow_stream(bytes, options(""));
  EXPECT_NE(little.error().message.find("no timestamp column"), std::string::npos) << little.error().message;
}

TEST(ArrowStream, BoundsMemory) {
  const std::string bomb = arrow_golden::read(arrow_golden::folder() / "zstd.bomb");
  ASSERT_LT(bomb.size(), 65536U);
  const auto result = decode_arrow_stream(bomb, options(""));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
  ArrowStreamOptions generous = options("");
  generous.decompressed_bytes_max = std::size_t{1} << 30U;
  EXPECT_EQ(decode_arrow_stream(bomb, generous)->batch.row_count(), std::size_t{8} << 20U);
  ArrowStreamOptions narrow = options("");
  narrow.columns_bytes_max = 1000;
  for (const char* name : {"many_tags", "booleans", "strings", "lz4", "dictionary_delta"}) {
    narrow.columns_bytes_max = std::string(name) == "dictionary_delta" ? 90 : 1000;
    if (std::string(name) == "strings") { narrow.columns_bytes_max = 300; }
    const auto refused = decode_arrow_stream(stream(name), narrow);
    ASSERT_FALSE(refused.has_value()) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge) << refused.error().message;
  }
}

}  // namespace
}  // namespace streamflow::ingest
