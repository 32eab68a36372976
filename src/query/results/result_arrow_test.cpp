// Arrow streams of SQL statements, byte for byte as the committed files, which an Arrow library has read
// (tests/integration/test_arrow_encoder.py holds the values it must see). STREAMFLOW_ARROW_DIR=<folder> writes the
// streams there as well, to renew the files after a change that was meant.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "query/results/arrow_flatbuffer.h"
#include "query/results/result_fixture.h"

namespace streamflow::query {
namespace {

using testing::encode_sql;

struct GoldenCase {
  const char* name;
  const char* sql;
};

const GoldenCase kGoldenCases[] = {
    {"empty", "SELECT 1 AS a, 'x' AS b WHERE false"},
    {"integers",
     "SELECT (-128)::TINYINT AS i8, (-32768)::SMALLINT AS i16, (-2147483648)::INTEGER AS i32, "
     "(-9223372036854775808)::BIGINT AS i64, 255::UTINYINT AS u8, 65535::USMALLINT AS u16, "
     "4294967295::UINTEGER AS u32, 18446744073709551615::UBIGINT AS u64 "
     "UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"},
    {"floats", "SELECT * FROM (VALUES (0.1::DOUBLE, 0.5::FLOAT), (NULL, NULL), ('-inf', 'inf')) t(d, f)"},
    {"booleans", "SELECT CASE WHEN i % 7 = 3 THEN NULL ELSE i % 3 = 0 END AS b FROM range(20) t(i)"},
    {"strings",
     "SELECT * FROM (VALUES ('a', 'ab'::BLOB), ('', ''::BLOB), (NULL, NULL), ('Grüße 世界, longer than twelve', "
     "'\\xFF\\x00'::BLOB)) t(s, b)"},
    {"times",
     "SELECT * FROM (VALUES ('2024-03-01 12:00:00.123456789'::TIMESTAMP_NS, '2024-03-01 12:00:00.5'::TIMESTAMP, "
     "'2024-03-01 12:00:00.007'::TIMESTAMP_MS, '2024-03-01 12:00:00'::TIMESTAMP_S, '2024-03-01 "
     "12:00:00+02'::TIMESTAMPTZ, "
     "'2024-03-01'::DATE, '12:34:56.5'::TIME, INTERVAL '14 months 3 days 4.5 seconds'), "
     "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) t(ns, us, ms, s, tz, d, tod, iv)"},
    {"decimals",
     "SELECT * FROM (VALUES (1.25::DECIMAL(4,2), -12345.678::DECIMAL(9,3), 12.5::DECIMAL(18,1), "
     "-1.5::DECIMAL(38,10), (-7)::HUGEINT, 9::UHUGEINT), (NULL, NULL, NULL, NULL, NULL, NULL)) t(d4, d9, d18, d38, h, "
     "uh)"},
    {"texts",
     "SELECT '01234567-89ab-cdef-fedc-ba9876543210'::UUID AS id, '101'::BIT AS bits, "
     "'b'::ENUM('a', 'b') AS e, NULL AS n"},
    {"lists",
     "SELECT * FROM (VALUES ([1, NULL, 3], [['a'], NULL]), ([], []), (NULL, NULL), ([4], [['b', 'c'], []])) t(l, ll)"},
    {"structs",
     "SELECT * FROM (VALUES ({'a': 1, 's': 'x', 'l': [1]}), (NULL), ({'a': NULL, 's': 'y', 'l': NULL})) t(st)"},
    {"maps", "SELECT * FROM (VALUES (MAP {'k': 1, 'l': NULL}), (MAP {}), (NULL)) t(m)"},
    {"arrays", "SELECT * FROM (VALUES ([1.5, 2.5]::DOUBLE[2]), (NULL), ([3.5, NULL]::DOUBLE[2])) t(a)"},
    {"slices", "SELECT i, [i, i + 1] AS l, {'s': 'n' || i} AS st, 7 AS k FROM range(10) t(i) WHERE i % 4 = 1"},
    {"batches",
     "SELECT i, CASE WHEN i >= 3000 AND i % 5 = 0 THEN NULL ELSE i * 0.5::DOUBLE END AS v FROM range(70000) t(i)"},
};

std::filesystem::path golden_folder() {
  return std::filesystem::path(STREAMFLOW_SOURCE_DIR) / "tests/golden/arrow";
}

// Not the stream of 70,000 rows: its shape is tested below, its values by the Python test alone.
bool is_committed(std::string_view name) {
  return name != "batches";
}

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Message {
  std::uint32_t metadata_bytes;
  std::int64_t body_bytes;
  std::uint8_t header;
};

template <class T>
T number_at(std::string_view bytes, std::size_t at) {
  T value{};
  EXPECT_LE(at + sizeof value, bytes.size());
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

// A field of the root table of a FlatBuffers message, found as a reader finds it.
template <class T>
T root_field(std::string_view buffer, std::size_t id) {
  const std::size_t table = number_at<std::uint32_t>(buffer, 0);
  const std::size_t vtable = table - static_cast<std::size_t>(number_at<std::int32_t>(buffer, table));
  const std::size_t slot = number_at<std::uint16_t>(buffer, vtable + 4 + 2 * id);
  EXPECT_NE(slot, 0U);
  EXPECT_EQ((table + slot) % sizeof(T), 0U);
  return number_at<T>(buffer, table + slot);
}

// Splits a stream into its messages; fails unless it ends with the end mark and nothing after.
std::vector<Message> messages_of(std::string_view stream) {
  std::vector<Message> messages;
  while (stream.size() >= 8) {
    EXPECT_EQ(number_at<std::uint32_t>(stream, 0), 0xFFFFFFFFU);
    const auto metadata_bytes = number_at<std::uint32_t>(stream, 4);
    stream.remove_prefix(8);
    if (metadata_bytes == 0) break;
    EXPECT_EQ(metadata_bytes % 8, 0U);
    const auto body_bytes = root_field<std::int64_t>(stream, 3);
    EXPECT_EQ(body_bytes % 8, 0);
    EXPECT_EQ(root_field<std::int16_t>(stream, 0), 4);  // version 5
    messages.push_back({metadata_bytes, body_bytes, root_field<std::uint8_t>(stream, 1)});
    const std::size_t whole = metadata_bytes + static_cast<std::size_t>(body_bytes);
    if (whole > stream.size()) {
      ADD_FAILURE() << "message of " << whole << " bytes, " << stream.size() << " left";
      return messages;
    }
    stream.remove_prefix(whole);
  }
  EXPECT_TRUE(stream.empty());
  return messages;
}

TEST(ArrowResult, EqualsTheFilesThatAnArrowLibraryHasRead) {
  const char* folder = std::getenv("STREAMFLOW_ARROW_DIR");
  for (const GoldenCase& golden : kGoldenCases) {
    SCOPED_TRACE(golden.name);
    const auto stream = encode_sql(ResultFormat::kArrowStream, golden.sql);
    ASSERT_TRUE(stream.has_value()) << stream.error().message;
    if (folder != nullptr) {
      std::ofstream(std::filesystem::path(folder) / (golden.name + std::string(".arrows")), std::ios::binary)
          << stream.value();
    }
    if (!is_committed(golden.name)) continue;
    const std::string wanted = file_bytes(golden_folder() / (golden.name + std::string(".arrows")));
    EXPECT_EQ(stream.value().size(), wanted.size());
    EXPECT_TRUE(stream.value() == wanted) << "the bytes differ; read them back with test_arrow_encoder.py";
  }
}

TEST(ArrowResult, SplitsIntoBatchesOfAboutOneMebibyte) {
  const auto stream = encode_sql(ResultFormat::kArrowStream, kGoldenCases[std::size(kGoldenCases) - 1].sql);
  ASSERT_TRUE(stream.has_value());
  const auto messages = messages_of(stream.value());
  ASSERT_EQ(messages.size(), 3U);  // 1.1 MB in all
  EXPECT_EQ(messages[0].header, 1);
  EXPECT_EQ(messages[0].body_bytes, 0);
  EXPECT_EQ(messages[1].header, 3);
  EXPECT_GE(messages[1].body_bytes, 1 << 20);
  EXPECT_LT(messages[1].body_bytes, (1 << 20) + 65'536);
  EXPECT_LT(messages[2].body_bytes, 1 << 20);
}

TEST(ArrowResult, EmptyResultIsASchemaAndTheEnd) {
  const auto stream = encode_sql(ResultFormat::kArrowStream, "SELECT 1 AS a WHERE false");
  ASSERT_TRUE(stream.has_value());
  ASSERT_EQ(messages_of(stream.value()).size(), 1U);
}

TEST(ArrowResult, SurvivesLargeStrings) {
  const auto stream =
      encode_sql(ResultFormat::kArrowStream, "SELECT repeat('x', 100000 + i::INTEGER) AS s FROM range(300) t(i)");
  ASSERT_TRUE(stream.has_value()) << stream.error().message;
  std::int64_t body_bytes = 0;
  for (const Message& message : messages_of(stream.value())) body_bytes += message.body_bytes;
  EXPECT_GT(body_bytes, 300 * 100'000);
}

TEST(ArrowResult, RefusesWhatItsTypesCannotHold) {
  const struct {
    const char* name;
    const char* sql;
    const char* column;
  } cases[] = {
      {"hugeint", "SELECT 170141183460469231731687303715884105727::HUGEINT AS h", "'h'"},
      {"negative hugeint", "SELECT (-100000000000000000000000000000000000000)::HUGEINT AS h", "'h'"},
      {"uhugeint", "SELECT 340282366920938463463374607431768211455::UHUGEINT AS u", "'u'"},
      {"interval", "SELECT to_hours(2562048) AS i", "'i'"},
      {"nested", "SELECT [170141183460469231731687303715884105727::HUGEINT] AS l", "'item'"},
  };
  for (const auto& [name, sql, column] : cases) {
    SCOPED_TRACE(name);
    const auto stream = encode_sql(ResultFormat::kArrowStream, sql);
    ASSERT_FALSE(stream.has_value());
    EXPECT_EQ(stream.error().code, ErrorCode::kTooLarge) << stream.error().message;
    EXPECT_NE(stream.error().message.find(column), std::string::npos) << stream.error().message;
    EXPECT_NE(stream.error().message.find("cast it to"), std::string::npos) << stream.error().message;
  }
}

TEST(FlatbufferWriter, AlignsScalarsAndFindsThemThroughTheVtable) {
  FlatbufferWriter writer;
  const auto root = writer.table({{0, 1, 7}, FlatbufferWriter::reference(2), {3, 8, 0x1122334455667788U}, {5, 2, 513}});
  writer.set_reference(root, 2, writer.string("text"));
  const std::string_view bytes = writer.bytes();
  EXPECT_EQ(bytes.size() % 8, 0U);
  EXPECT_EQ(root_field<std::uint8_t>(bytes, 0), 7);
  EXPECT_EQ(root_field<std::uint64_t>(bytes, 3), 0x1122334455667788U);
  EXPECT_EQ(root_field<std::uint16_t>(bytes, 5), 513);
  const std::size_t slot = bytes.find("text");
  ASSERT_NE(slot, bytes.npos);
  EXPECT_EQ(number_at<std::uint32_t>(bytes, slot - 4), 4U);
  EXPECT_EQ(bytes[slot + 4], '\0');
}

}  // namespace
}  // namespace streamflow::query
