#include "ingest/protocols/line_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>

namespace streamflow::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Timestamp kNow = timestamp_from_ns(1'700'000'000'000'000'000);

LineProtocolResult decode(std::string_view body, LineProtocolOptions options = {}) {
  options.now = kNow;
  LineProtocolDecoder decoder;
  LineProtocolResult result = decoder.decode(body, options);
  for (const RowBatch& batch : result.batches) {
    EXPECT_TRUE(validate(batch).has_value()) << validate(batch).error().message;
  }
  return result;
}

// The only batch of a body without errors.
RowBatch batch_of(std::string_view body, const LineProtocolOptions& options = {}) {
  LineProtocolResult result = decode(body, options);
  EXPECT_EQ(result.error_count, 0U) << (result.errors.empty() ? "" : result.errors[0].reason);
  EXPECT_EQ(result.batches.size(), 1U);
  return result.batches.empty() ? RowBatch{} : result.batches[0];
}

// The reason of the only error, of a body whose other lines are good.
std::string reason_of(std::string_view body, const LineProtocolOptions& options = {}) {
  const LineProtocolResult result = decode(body, options);
  EXPECT_EQ(result.error_count, 1U) << body;
  return result.errors.empty() ? std::string() : result.errors[0].reason;
}

double number(const FieldVector& field, std::size_t row) {
  return std::bit_cast<double>(field.bits.at(row));
}

TEST(LineProtocolDecoder, ReadsEveryFieldType) {
  const RowBatch batch = batch_of("m f=1.5,i=-7i,u=7u,t=true,s=\"a b\" 42");
  ASSERT_EQ(batch.fields.size(), 5U);
  EXPECT_EQ(batch.table, "m");
  EXPECT_EQ(batch.times, std::vector<std::int64_t>{42});
  EXPECT_EQ(batch.series_count, 1U);
  EXPECT_EQ(batch.fields[0].type, FieldType::kFloat64);
  EXPECT_EQ(number(batch.fields[0], 0), 1.5);
  EXPECT_EQ(batch.fields[1].type, FieldType::kInt64);
  EXPECT_EQ(std::bit_cast<std::int64_t>(batch.fields[1].bits[0]), -7);
  EXPECT_EQ(batch.fields[2].type, FieldType::kUint64);
  EXPECT_EQ(batch.fields[2].bits[0], 7U);
  EXPECT_EQ(batch.fields[3].type, FieldType::kBool);
  EXPECT_EQ(batch.fields[3].bits[0], 1U);
  EXPECT_EQ(batch.fields[4].type, FieldType::kString);
  EXPECT_EQ(batch.fields[4].strings[0], "a b");
  for (const FieldVector& field : batch.fields) { EXPECT_TRUE(field.validity.empty()); }
}

TEST(LineProtocolDecoder, ReadsBooleansInEverySpelling) {
  const RowBatch batch = batch_of("m a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE 1");
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(batch.fields[i].type, FieldType::kBool);
    EXPECT_EQ(batch.fields[i].bits[0], i < 5 ? 1U : 0U) << i;
  }
}

TEST(LineProtocolDecoder, ReadsNumbersToTheLastBit) {
  const struct {
    const char* text;
    FieldType type;
    std::uint64_t bits;
  } cases[] = {{"1", FieldType::kFloat64, std::bit_cast<std::uint64_t>(1.0)},
               {"-0", FieldType::kFloat64, std::bit_cast<std::uint64_t>(-0.0)},
               {"+1.5", FieldType::kFloat64, std::bit_cast<std::uint64_t>(1.5)},
               {".5", FieldType::kFloat64, std::bit_cast<std::uint64_t>(0.5)},
               {"5.", FieldType::kFloat64, std::bit_cast<std::uint64_t>(5.0)},
               {"-1.2e+78", FieldType::kFloat64, std::bit_cast<std::uint64_t>(-1.2e+78)},
               {"5e-324", FieldType::kFloat64, 1},
               {"1e-400", FieldType::kFloat64, 0},
               {"1.7976931348623157e308", FieldType::kFloat64, 0x7FEFFFFFFFFFFFFFU},
               {"0.1000000000000000055511151231257827021181583404541015625", FieldType::kFloat64,
                std::bit_cast<std::uint64_t>(0.1)},
               {"0i", FieldType::kInt64, 0},
               {"00000000000000000000012i", FieldType::kInt64, 12},
               {"12345678i", FieldType::kInt64, 12345678},
               {"1234567812345678i", FieldType::kInt64, 1234567812345678},
               {"9223372036854775807i", FieldType::kInt64, 0x7FFFFFFFFFFFFFFFU},
               {"-9223372036854775808i", FieldType::kInt64, 0x8000000000000000U},
               {"+3i", FieldType::kInt64, 3},
               {"18446744073709551615u", FieldType::kUint64, ~std::uint64_t{0}},
               {"-0u", FieldType::kUint64, 0}};
  for (const auto& [text, type, bits] : cases) {
    SCOPED_TRACE(text);
    const RowBatch batch = batch_of(std::string("m f=") + text + " 1");
    ASSERT_EQ(batch.fields.size(), 1U);
    EXPECT_EQ(batch.fields[0].type, type);
    EXPECT_EQ(batch.fields[0].bits[0], bits);
  }
}

TEST(LineProtocolDecoder, ResolvesEscapesInNamesAndTagValues) {
  const RowBatch batch = batch_of("a\\,b\\ c\\=d,k\\=1\\,\\ x=v\\=\\,\\ y\\z f\\=\\,\\ g=1i 1");
  EXPECT_EQ(batch.table, "a,b c\\=d");  // a measurement has no escape for "="
  EXPECT_THAT(batch.tags, ElementsAre("k=1, x"));
  EXPECT_THAT(batch.series, ElementsAre("v=, y\\z"));
  EXPECT_EQ(batch.fields[0].name, "f=, g");
}

TEST(LineProtocolDecoder, QuotesMeanNothingOutsideFieldValues) {
  const RowBatch batch = batch_of("\"m\",\"t\"='v' \"f\"=1i 1");
  EXPECT_EQ(batch.table, "\"m\"");
  EXPECT_THAT(batch.tags, ElementsAre("\"t\""));
  EXPECT_THAT(batch.series, ElementsAre("'v'"));
  EXPECT_EQ(batch.fields[0].name, "\"f\"");
}

TEST(LineProtocolDecoder, ReadsStringsWithEscapesCommasSpacesAndNewlines) {
  const LineProtocolResult result = decode("m s=\"a\\\"b\\\\c\\d, e=f\ng\" 1\nm s=\"\" 2\nm 3");
  ASSERT_EQ(result.batches.size(), 1U);
  EXPECT_EQ(result.batches[0].fields[0].strings[0], "a\"b\\c\\d, e=f\ng");
  EXPECT_EQ(result.batches[0].fields[0].strings[1], "");
  EXPECT_THAT(result.line_of_row[0], ElementsAre(1U, 3U));  // lines as an editor counts them
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].line, 4U);
}

TEST(LineProtocolDecoder, SkipsCommentsEmptyLinesAndCarriageReturns) {
  const LineProtocolResult result = decode("\n# note m f=\"1\r\n\r\n  \nm f=1i 1\r\nm f=2i\r\n  m f=3i 3  \r\n#end");
  EXPECT_EQ(result.error_count, 0U);
  EXPECT_EQ(result.line_count, 3U);
  ASSERT_EQ(result.batches.size(), 1U);
  EXPECT_THAT(result.batches[0].times, ElementsAre(1, to_ns(kNow), 3));
  EXPECT_THAT(result.line_of_row[0], ElementsAre(5U, 6U, 7U));
}

TEST(LineProtocolDecoder, ScalesTimestampsAndUsesTheClockWhenThereIsNone) {
  LineProtocolOptions options;
  options.ns_per_unit = 1'000'000;
  EXPECT_THAT(batch_of("m f=1 1700000000123\nm f=1 -5\nm f=1", options).times,
              ElementsAre(1'700'000'000'123'000'000, -5'000'000, to_ns(kNow)));
}

TEST(LineProtocolDecoder, OneSeriesWhateverTheOrderOfItsTags) {
  const RowBatch batch =
      batch_of("m,a=1,b=2 f=1 1\nm,b=2,a=1 f=2 2\nm,b=2 f=3 3\nm f=4 4\nm,c=,b=2 f=5 5\nm,b=1,a=2 f=6 6");
  EXPECT_THAT(batch.tags, ElementsAre("a", "b"));
  EXPECT_THAT(batch.series_of_row, ElementsAre(0U, 0U, 1U, 2U, 1U, 3U));
  EXPECT_THAT(batch.series, ElementsAre("1", "2", "", "2", "", "", "2", "1"));
}

TEST(LineProtocolDecoder, KeepsValidityOnlyForFieldsThatARowLacks) {
  const RowBatch batch = batch_of("m a=1i,b=1i,s=\"x\" 1\nm a=2i 2\nm b=3i,a=3i,c=3i 3");
  ASSERT_EQ(batch.fields.size(), 4U);
  EXPECT_TRUE(batch.fields[0].validity.empty());
  EXPECT_THAT(batch.fields[1].validity, ElementsAre(0b101U));
  EXPECT_THAT(batch.fields[1].bits, ElementsAre(1U, 0U, 3U));
  EXPECT_THAT(batch.fields[2].validity, ElementsAre(0b001U));
  EXPECT_EQ(batch.fields[2].strings.size(), 3U);
  EXPECT_THAT(batch.fields[3].validity, ElementsAre(0b100U));
  EXPECT_EQ(batch.point_count(), 7U);
}

TEST(LineProtocolDecoder, GivesOneBatchPerTableInOrderOfLines) {
  LineProtocolOptions options;
  options.duplicates = DuplicatePolicy::kKeep;
  const LineProtocolResult result = decode("a f=1 1\nb f=2 2\na f=3 3\n", options);
  ASSERT_EQ(result.batches.size(), 2U);
  EXPECT_EQ(result.batches[0].table, "a");
  EXPECT_EQ(result.batches[0].duplicates, DuplicatePolicy::kKeep);
  EXPECT_THAT(result.batches[0].times, ElementsAre(1, 3));
  EXPECT_THAT(result.line_of_row[0], ElementsAre(1U, 3U));
  EXPECT_EQ(result.batches[1].table, "b");
}

TEST(LineProtocolDecoder, MayBeUsedAgain) {
  LineProtocolDecoder decoder;
  const LineProtocolResult first = decoder.decode("m,t=a f=1,g=2 1\nm,t=b f=\"x\" 2", {});
  const LineProtocolResult second = decoder.decode("m,t=b f=\"x\" 2", {});
  EXPECT_EQ(first.error_count, 1U);
  EXPECT_EQ(second.error_count, 0U);  // the field's type held for the first body only
  EXPECT_THAT(second.batches.at(0).series, ElementsAre("b"));
  EXPECT_EQ(decoder.decode("", {}).line_count, 0U);
}

TEST(LineProtocolDecoder, NamesWhatIsWrongWithALine) {
  const struct {
    std::string_view line;
    const char* reason;
  } cases[] = {
      {",t=a f=1", "the line starts without a measurement name (column 1)"},
      {"m", "no field follows the measurement and its tags: write <name>=<value> (column 2)"},
      {"m,t=a ", "no field follows"},
      {"m,=a f=1", "a tag without a name: write name=value after the comma (column 3)"},
      {"m, f=1", "a tag without a name"},
      {"m,t f=1", "tag \"t\" has no value: write t=<value> (column 3)"},
      {"m,t=a=b f=1", "the value of tag \"t\" holds an unescaped \"=\": write \"\\=\" (column 6)"},
      {"m,t=a,t=b f=1", "tag \"t\" appears twice: keep one of them"},
      {"m,t=,t=b f=1", "tag \"t\" appears twice"},
      {"m,time=a f=1", "a tag must not be called \"time\": that is the row's time; rename it (column 3)"},
      {"m time=1", "a field must not be called \"time\""},
      {"m,t=a t=1", "\"t\" is both a tag and a field of table \"m\": rename tag \"t\" or field \"t\""},
      {"m =1", "a field without a name: write name=value (column 3)"},
      {"m f=1,", "a field without a name: write name=value (column 7)"},
      {"m f", "field \"f\" has no value: write f=<value> (column 3)"},
      {"m usage=", "missing field value after \"usage=\" (column 9)"},
      {"m f= 1", "missing field value after \"f=\""},
      {"m f=1,f=2", "field \"f\" appears twice: keep one of them"},
      {"m f=tru",
       "value \"tru\" of field \"f\" is neither a number, true or false, nor text in double quotes (column 5)"},
      {"m f=1.2.3", "value \"1.2.3\" of field \"f\""},
      {"m f=0x1f", "value \"0x1f\""},
      {"m f=1e", "value \"1e\""},
      {"m f=-", "value \"-\""},
      {"m f=i", "value \"i\""},
      {"m f=NaN", "field \"f\" is NaN: NaN and infinities cannot be stored; leave the field out (column 5)"},
      {"m f=-Inf", "field \"f\" is -Inf: NaN"},
      {"m f=+infinity", "NaN and infinities"},
      {"m f=1e400", "field \"f\" is 1e400: beyond float64"},
      {"m f=9223372036854775808i",
       "field \"f\" is 9223372036854775808i: beyond int64; write a float or use the suffix u"},
      {"m f=-9223372036854775809i", "beyond int64"},
      {"m f=18446744073709551616u", "beyond uint64"},
      {"m f=-1u", "beyond uint64"},
      {"m f=\"abc", "the text of field \"f\" has no closing double quote (column 5)"},
      {"m f=\"a\"b 1", "expected a comma, a space or the end of the line after the text of field \"f\" (column 5)"},
      {"m f=\"\xC3\x28\"", "the text of field \"f\" is not valid UTF-8"},
      {"m,t=\xFF f=1", "the value of tag \"t\" is not valid UTF-8"},
      {"m\xED\xA0\x80 f=1", "the measurement name is not valid UTF-8"},
      {std::string_view("m\0x f=1", 7), "the measurement name holds a NUL byte, which no query could spell"},
      {std::string_view("m,a\0=x f=1", 10), "the tag name holds a NUL byte, which no query could spell"},
      {std::string_view("m f\0=1", 6), "the field name holds a NUL byte, which no query could spell"},
      {"m \xC0\x80=1", "the field name is not valid UTF-8"},
      {"m f=1 soon", "timestamp \"soon\" is not an integer (column 7)"},
      {"m f=1 1.5", "timestamp \"1.5\" is not an integer"},
      {"m f=1 1 2", "timestamp \"1 2\" is not an integer"},
      {"m f=1 -", "timestamp \"-\" is not an integer"},
      {"m f=1 9223372036854775807",
       "timestamp 9223372036854775807 in this precision is outside 1677-09-21 to 2262-04-11 (column 7)"},
      {"m f=1 -9223372036854775807", "outside 1677-09-21"},
      {"m f=1 99999999999999999999999", "outside 1677-09-21"}};
  for (const auto& [line, reason] : cases) {
    SCOPED_TRACE(line);
    const LineProtocolResult result = decode("good f=1 1\n" + std::string(line) + "\ngood f=2 2");
    ASSERT_EQ(result.errors.size(), 1U);
    EXPECT_EQ(result.errors[0].line, 2U);
    EXPECT_EQ(result.errors[0].text, line);
    EXPECT_THAT(result.errors[0].reason, HasSubstr(reason));
    ASSERT_EQ(result.batches.size(), 1U);  // the good lines around it are kept, and nothing of the bad one
    EXPECT_THAT(result.batches[0].times, ElementsAre(1, 2));
  }
}

TEST(LineProtocolDecoder, RefusesAnotherTypeThanTheFirstLineGave) {
  const LineProtocolResult result = decode("m f=1i 1\nm f=1.5 2\nm f=2i 3\nm g=1,f=\"x\" 4\n");
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.errors[0].reason,
            "field type conflict: input field \"f\" on measurement \"m\" is type float64, already exists as type int64 "
            "since line 1 (column 5)");
  EXPECT_EQ(result.errors[0].kind, LineErrorKind::kUnprocessable);
  EXPECT_EQ(result.errors[1].line, 4U);
  ASSERT_EQ(result.batches[0].fields.size(), 1U);  // g came only with the refused line
}

TEST(LineProtocolDecoder, ABadLineDecidesNothing) {
  const RowBatch batch = decode("m,x=1 f=1i,y=2 soon\nm,y=1 f=1.5,x=1 1").batches.at(0);
  EXPECT_EQ(batch.fields[0].type, FieldType::kFloat64);
  EXPECT_THAT(batch.tags, ElementsAre("y"));
}

TEST(LineProtocolDecoder, RefusesATagThatLaterLinesUseAsField) {
  EXPECT_THAT(reason_of("m,t=a f=1 1\nm t=1 2"), HasSubstr("\"t\" is both a tag and a field of table \"m\""));
  EXPECT_THAT(reason_of("m t=1 1\nm,t=a f=1 2"), HasSubstr("\"t\" is both a tag and a field of table \"m\""));
  EXPECT_THAT(reason_of("m,t=a f=1 1\nm,t=a f=1,t=1 2"), HasSubstr("is both a tag and a field"));
  EXPECT_EQ(decode("m,t= t=1 1").error_count, 0U);  // a dropped tag is no tag
}

TEST(LineProtocolDecoder, HoldsTheLimitsOfNamesAndValues) {
  const std::string name(kNameBytesMax, 'n');
  const std::string value(kTagValueBytesMax, 'v');
  const std::string text(kStringFieldBytesMax, 's');
  EXPECT_EQ(decode(name + "," + name + "=" + value + " f" + name.substr(1) + "=\"" + text + "\" 1").error_count, 0U);
  EXPECT_EQ(decode("m f=\"" + text.substr(1) + "\\\"\" 1").error_count, 0U);
  EXPECT_THAT(reason_of(name + "n f=1"), HasSubstr("is too long: at most 255 bytes are allowed"));
  EXPECT_THAT(reason_of("m," + name + "n=a f=1"), HasSubstr("the tag name \"nnn"));
  EXPECT_THAT(reason_of("m " + name + "n=1"), HasSubstr("the field name \"nnn"));
  EXPECT_THAT(reason_of("m,t=" + value + "v f=1"), HasSubstr("the value of tag \"t\" is too long: at most 4096 bytes"));
  EXPECT_THAT(reason_of("m f=\"" + text + "s\""),
              HasSubstr("the text of field \"f\" is too long: at most 65536 bytes"));
}

TEST(LineProtocolDecoder, HoldsTheLimitsOfColumns) {
  std::string tags, fields;
  for (std::size_t i = 0; i < kTagsPerTableMax; ++i) { tags += ",t" + std::to_string(i) + "=v"; }
  for (std::size_t i = 0; i < kFieldsPerTableMax; ++i) { fields += (i == 0 ? "f" : ",f") + std::to_string(i) + "=1i"; }
  EXPECT_EQ(decode("m" + tags + " " + fields + " 1").error_count, 0U);
  EXPECT_THAT(reason_of("m" + tags + ",x=v f=1"), HasSubstr("table \"m\" would have more than 128 tags"));
  EXPECT_THAT(reason_of("m" + tags + " f=1\nm,x=v f=1"), HasSubstr("more than 128 tags"));
  EXPECT_THAT(reason_of("m " + fields + ",x=1i"), HasSubstr("table \"m\" would have more than 4096 fields"));
  EXPECT_THAT(reason_of("m " + fields + "\nm x=1i"), HasSubstr("more than 4096 fields"));
}

TEST(LineProtocolDecoder, HoldsTheLimitOfTables) {
  std::string body;
  for (std::size_t i = 0; i < kTablesPerBodyMax; ++i) { body += "m" + std::to_string(i) + " f=1\n"; }
  EXPECT_THAT(reason_of(body + "one_more f=1\nm7 f=2"), HasSubstr("already writes to 16384 tables"));
}

TEST(LineProtocolDecoder, CountsErrorsPastThoseItLists) {
  LineProtocolOptions options;
  options.errors_max = 2;
  const LineProtocolResult result = decode("bad\nbad\nbad\nm f=1 1\nbad", options);
  EXPECT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.error_count, 4U);
  EXPECT_EQ(result.line_count, 5U);
}

TEST(LineProtocolDecoder, ShortensTheTextOfALongLine) {
  const LineProtocolResult result = decode(std::string(5000, 'x'));
  EXPECT_EQ(result.errors.at(0).text, std::string(200, 'x'));
  EXPECT_LT(result.errors.at(0).reason.size(), 300U);
}

TEST(LineProtocolDecoder, AnOpenQuoteEndsWithItsLineWhenNothingClosesIt) {
  const LineProtocolResult result = decode("m f=\"open 1\nm g=2 2");
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].text, "m f=\"open 1");
  EXPECT_THAT(result.batches.at(0).times, ElementsAre(2));
}

// A sender who controls a field's text must not be able to forge rows through a line that is bad elsewhere.
TEST(LineProtocolDecoder, TextInsideQuotesNeverBecomesALine) {
  const LineProtocolResult result = decode("m,=bad s=\"x\nforged f=1 1\n\" 2\nm f=1 3");
  EXPECT_EQ(result.error_count, 1U);
  ASSERT_EQ(result.batches.size(), 1U);
  EXPECT_EQ(result.batches[0].table, "m");
  EXPECT_THAT(result.line_of_row[0], ElementsAre(4U));
}

TEST(LineProtocolDecoder, CutsBatchesThatWouldBeMostlyNull) {
  std::string wide = "m ";
  for (int i = 0; i < 4000; ++i) { wide += (i == 0 ? "f" : ",f") + std::to_string(i) + "=1i"; }
  std::string body;
  std::size_t lines = 0;
  for (int round = 0; round < 20; ++round) {
    body += wide + "\n";
    for (int i = 0; i < 2000; ++i) { body += "m f1=2i\n"; }
    lines += 2001;
  }
  const LineProtocolResult result = decode(body);
  std::size_t rows = 0, bytes = 0;
  for (const RowBatch& batch : result.batches) {
    rows += batch.row_count();
    bytes += batch.memory_bytes();
  }
  EXPECT_EQ(result.error_count, 0U);
  EXPECT_EQ(rows, lines);
  EXPECT_GT(result.batches.size(), 1U);
  EXPECT_LT(bytes, 64 * body.size());  // one batch would take 1.3 GB
}

TEST(LineProtocolDecoder, FieldTypesOutliveACutBatch) {
  std::string body = "m,t=a ";
  for (int i = 0; i < 4000; ++i) { body += (i == 0 ? "f" : ",f") + std::to_string(i) + "=1i"; }
  for (int i = 0; i < 2000; ++i) { body += "\nm,t=a f1=2i"; }
  EXPECT_THAT(reason_of(body + "\nm f2=1.5"), HasSubstr("is type float64, already exists as type int64 since line 1"));
  EXPECT_THAT(reason_of(body + "\nm t=1i"), HasSubstr("is both a tag and a field"));
}

TEST(LineProtocolDecoder, RefusesABodyBeyondTheLimitOfOneCall) {
  // The bytes are never read: the size alone decides.
  const char* const one_byte = "m";
  LineProtocolDecoder decoder;
  const LineProtocolResult result = decoder.decode(std::string_view(one_byte, kDecodedBodyBytesMax + 1), {});
  EXPECT_EQ(result.error_count, 1U);
  EXPECT_THAT(result.errors.at(0).reason, HasSubstr("send it in parts"));
}

}  // namespace
}  // namespace streamflow::ingest
