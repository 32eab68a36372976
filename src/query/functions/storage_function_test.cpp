#include "query/functions/storage_function.h"

#include <gtest/gtest.h>

#include "query/syntax/show_statements.h"
#include "query/testing/query_fixture.h"

namespace streamflow::query {
namespace {

using storage::ShareKind;
using storage::StorageShare;

StorageShare field_share(FieldType type, std::uint64_t rows, std::uint64_t bytes) {
  return {ShareKind::kField, "t", "x", type, "raw", 1, rows, bytes};
}

TEST(StorageFunction, ShowStorageIsASelectOverIt) {
  QueryHarness harness;
  const std::string header = "table,column,part,type,codec,blocks,rows,bytes,bytes_per_row,percent,advice\n";
  EXPECT_EQ(harness.csv("SHOW STORAGE"), header);
  EXPECT_EQ(harness.csv("  show\n storage ; "), header);
  EXPECT_EQ(harness.rows("SELECT count(*) FROM streamflow_storage() WHERE bytes > 0"), "0");
}

TEST(StorageFunction, OtherShowStatementsStayDuckDbs) {
  for (const char* text : {"SHOW TABLES", "SHOW storage_room", "SHOW STORAGE x", "DESCRIBE storage", "SHOW"}) {
    const auto show = read_show(text, {});
    ASSERT_TRUE(show.has_value()) << text;
    EXPECT_EQ(show->kind, ShowStatement::Kind::kNone) << text;
  }
}

TEST(StorageFunction, AdvisesWhereSomethingCanBeDone) {
  const std::uint64_t rows = 1'000'000;
  EXPECT_NE(storage_advice(field_share(FieldType::kFloat64, rows, rows * 6)), "");
  EXPECT_EQ(storage_advice(field_share(FieldType::kFloat64, rows, rows * 2)), "");
  EXPECT_EQ(storage_advice(field_share(FieldType::kFloat64, 1000, 6000)), "");  // not worth a sentence
  EXPECT_NE(storage_advice(field_share(FieldType::kString, rows, rows * 20)), "");
  EXPECT_EQ(storage_advice(field_share(FieldType::kInt64, rows, rows * 8)), "");
  EXPECT_NE(storage_advice({ShareKind::kTime, "t", "time", std::nullopt, "raw", 1, rows, rows * 4}), "");
  EXPECT_EQ(storage_advice({ShareKind::kTime, "t", "time", std::nullopt, "raw", 1, rows, rows / 100}), "");
}

}  // namespace
}  // namespace streamflow::query
