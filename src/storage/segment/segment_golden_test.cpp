// Golden files: written once by the version that added what is in them, readable for ever.
#include <bit>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_test_tables.h"

namespace streamflow::storage {
namespace {

TestTable first_table() {
  TestTable table;
  table.schema = {"golden", {"host"}, {}, DuplicatePolicy::kMerge};
  const auto add_series = [&](const std::string& host, std::uint32_t rows, std::int64_t step) {
    table.series.push_back(host);
    for (std::uint32_t row = 0; row < rows; ++row) { table.times.push_back(kStart + row * step); }
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

// What came after version 1: the line predictor, the decimal forms, shared times.
TestTable forms_table() {
  TestTable table;
  table.schema = {"forms", {"host"}, {}, DuplicatePolicy::kMerge};
  std::uint64_t state = 1;
  const auto noise = [&](std::uint64_t bound) {  // a generator of our own: libraries may change theirs
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33U) % bound;
  };
  for (const char* host : {"a", "b", "c"}) {
    table.series.emplace_back(host);
    for (std::uint32_t row = 0; row < 1000; ++row) {
      const std::int64_t jitter = *host == 'c' ? static_cast<std::int64_t>(noise(5)) * 1000000 : 0;
      table.times.push_back(kStart + row * std::int64_t{15000000000} + jitter);
    }
    table.series_row_begin.push_back(static_cast<std::uint32_t>(table.times.size()));
  }
  std::uint64_t walk = 2000;
  const auto add_field = [&](const std::string& name, auto value) {
    TestTable::Field field;
    for (std::size_t row = 0; row < table.times.size(); ++row) {
      walk += noise(21) - 10;
      field.bits.push_back(row == 77 ? 0x7ff8000000000007 : value(static_cast<double>(walk % 8192) / 100));
    }
    table.schema.fields.push_back({name, FieldType::kFloat64});
    table.fields.push_back(std::move(field));
  };
  const auto bits = [](double v) { return std::bit_cast<std::uint64_t>(v); };
  add_field("float32", [&](double v) { return bits(static_cast<double>(static_cast<float>(v))); });
  add_field("ulps", [&](double v) { return bits(v) + noise(3) - 1; });
  add_field("both", [&](double v) { return bits(static_cast<double>(static_cast<float>(v))) + noise(3) - 1; });
  return table;
}

struct Golden {
  const char* file;
  TestTable (*table)();
};
constexpr Golden kGolden[] = {{"segment_v1.seg", first_table}, {"segment_v1_forms.seg", forms_table}};

TEST(SegmentReader, OpensGoldenFilesForEver) {
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(golden.file);
    std::ifstream file(std::string(STREAMFLOW_SOURCE_DIR "/tests/golden/") + golden.file, std::ios::binary);
    const std::string raw((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    ASSERT_FALSE(raw.empty());
    const auto bytes = std::as_bytes(std::span(raw));
    SimulatedFileSystem files;
    files.put("golden", {bytes.begin(), bytes.end()});
    const auto reader = SegmentReader::open(files, "golden");
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    const TestTable table = golden.table();
    expect_equal(table, *(*reader)->find(table.schema.name));
    const Status verified = (*reader)->verify();
    EXPECT_TRUE(verified.has_value()) << verified.error().message;
  }
}

// STREAMFLOW_WRITE_GOLDEN=folder makes the files above there: to be committed once, when something is added.
TEST(SegmentWriter, WritesTheGoldenTables) {
  for (const Golden& golden : kGolden) {
    SimulatedFileSystem files;
    TestTable table = golden.table();
    ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
    const auto reader = SegmentReader::open(files, "1.seg");
    expect_equal(table, (*reader)->tables()[0]);
    if (const char* folder = std::getenv("STREAMFLOW_WRITE_GOLDEN"); folder != nullptr) {
      const std::vector<std::byte> bytes = files.bytes_of("1.seg");
      std::ofstream(std::string(folder) + "/" + golden.file, std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
  }
}

}  // namespace
}  // namespace streamflow::storage
