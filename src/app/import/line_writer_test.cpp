#include "app/import/line_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace streamflow::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

FieldVector floats(std::string name, std::vector<double> values, std::vector<std::uint64_t> validity = {}) {
  FieldVector field{std::move(name), FieldType::kFloat64, {}, {}, std::move(validity)};
  for (const double value : values) field.bits.push_back(std::bit_cast<std::uint64_t>(value));
  return field;
}

FieldVector integers(std::string name, FieldType type, std::vector<std::uint64_t> values) {
  return {std::move(name), type, std::move(values), {}, {}};
}

RowBatch two_hosts() {
  RowBatch batch;
  batch.table = "c p,u";
  batch.tags = {"host", "the rack"};
  batch.series = {"a=b", "", "c d", "r,1"};
  batch.series_count = 2;
  batch.series_of_row = {0, 1};
  batch.times = {-5, 1'700'000'000'000'000'001};
  return batch;
}

TEST(LineWriter, WritesEveryTypeAndEscapesNames) {
  RowBatch batch = two_hosts();
  batch.fields = {floats("usage user", {0.1, -1e300}),
                  integers("i", FieldType::kInt64, {static_cast<std::uint64_t>(-7), 8}),
                  integers("u", FieldType::kUint64, {~std::uint64_t{0}, 0}), integers("b", FieldType::kBool, {1, 0})};
  FieldVector text{"s", FieldType::kString, {}, {}, {}};
  text.strings.push_back("say \"hi\"\\");
  text.strings.push_back("two\nlines");
  batch.fields.push_back(text);
  LineWriter writer;
  std::string out;
  writer.append(batch, 0, 2, out);
  EXPECT_EQ(out,
            "c\\ p\\,u,host=a\\=b usage\\ user=0.1,i=-7i,u=18446744073709551615u,b=t,s=\"say \\\"hi\\\"\\\\\" -5\n"
            "c\\ p\\,u,host=c\\ d,the\\ rack=r\\,1 usage\\ user=-1e+300,i=8i,u=0u,b=f,s=\"two\nlines\" "
            "1700000000000000001\n");
  EXPECT_EQ(writer.rows(), 2U);
  EXPECT_EQ(writer.rejected(), 0U);
}

TEST(LineWriter, RowsOfNullsAreRejectedAndCounted) {
  RowBatch batch = two_hosts();
  batch.fields = {floats("x", {0, 2}, {0b10})};
  LineWriter writer;
  std::string out;
  writer.append(batch, 0, 2, out);
  EXPECT_THAT(out, HasSubstr("x=2 1700000000000000001"));
  EXPECT_EQ(writer.rows(), 1U);
  EXPECT_THAT(writer.reasons(), ElementsAre(Pair(HasSubstr("no field has a value"), 1)));
}

TEST(LineWriter, ValuesThatCannotBeSaidAreCounted) {
  RowBatch batch = two_hosts();
  batch.fields = {floats("x", {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}),
                  floats("y", {1, 2})};
  LineWriter writer;
  std::string out;
  writer.append(batch, 0, 2, out);
  EXPECT_EQ(writer.values_left_out(), 2U);
  EXPECT_EQ(writer.rows(), 2U);
  EXPECT_EQ(out.find("x="), std::string::npos);
}

TEST(LineWriter, TagsThatCannotBeSaidRejectTheRow) {
  for (const char* value : {"ends\\", "a\nb", "a\rb"}) {
    SCOPED_TRACE(value);
    RowBatch batch = two_hosts();
    batch.series[0] = value;
    batch.fields = {floats("x", {1, 2})};
    LineWriter writer;
    std::string out;
    writer.append(batch, 0, 2, out);
    EXPECT_EQ(writer.rows(), 1U);
    EXPECT_EQ(writer.rejected(), 1U);
  }
}

TEST(LineWriter, FloatsReadBackToTheSameBits) {
  RowBatch batch = two_hosts();
  batch.fields = {floats("x", {0.1 + 0.2, -0.0})};
  LineWriter writer;
  std::string out;
  writer.append(batch, 0, 2, out);
  EXPECT_THAT(out, HasSubstr("x=0.30000000000000004 "));
  EXPECT_THAT(out, HasSubstr("x=-0 "));
}

}  // namespace
}  // namespace streamflow::app
