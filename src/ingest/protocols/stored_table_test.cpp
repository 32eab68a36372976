// A body is judged by what storage knows of its tables, not by its own first lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "ingest/protocols/line_protocol.h"

namespace streamflow::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LineProtocolDecoder, TheStoredTableDecidesBeforeTheFirstLine) {
  const auto stored = std::make_shared<const TableSchema>(
      TableSchema{.name = "m", .tags = {"t"}, .fields = {{"f", FieldType::kInt64}}});
  LineProtocolOptions options;
  options.stored_table = [&](std::string_view table) { return table == "m" ? stored : nullptr; };
  LineProtocolDecoder decoder;
  const LineProtocolResult result =
      decoder.decode("m f=1.5 1\nm f=2i 2\nm t=1 3\nm,t=a f=4i 4\nm,f=x g=1 5\nn f=1.5 6\n", options);
  ASSERT_EQ(result.errors.size(), 3U);
  EXPECT_EQ(result.errors[0].reason,
            "field type conflict: input field \"f\" on measurement \"m\" is type float64, already exists as type int64 "
            "(column 5)");
  EXPECT_EQ(result.errors[1].line, 3U);
  EXPECT_THAT(result.errors[1].reason, HasSubstr("\"t\" is both a tag and a field of table \"m\""));
  EXPECT_EQ(result.errors[2].line, 5U);
  EXPECT_THAT(result.errors[2].reason, HasSubstr("\"f\" is both a tag and a field of table \"m\""));
  ASSERT_EQ(result.batches.size(), 2U);
  EXPECT_THAT(result.batches[0].times, ElementsAre(2, 4));
  EXPECT_THAT(result.batches[1].times, ElementsAre(6));
}

}  // namespace
}  // namespace streamflow::ingest
