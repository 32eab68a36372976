#include "storage/segment/storage_report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "storage/engine/engine.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

EngineOptions options_on(SimulatedFileSystem& files) {
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  return options;
}

// 300 rows of two hosts: a constant, a noisy double, a text that only one row in three has.
RowBatch sample(const std::string& table) {
  RowBatch batch;
  batch.table = table;
  batch.tags = {"host"};
  batch.series = {"a", "b"};
  batch.series_count = 2;
  FieldVector constant{"constant", FieldType::kInt64, {}, {}, {}};
  FieldVector noisy{"noisy", FieldType::kFloat64, {}, {}, {}};
  FieldVector note{"note", FieldType::kString, {}, {}, std::vector<std::uint64_t>(600 / 64 + 1, 0)};
  for (std::uint32_t row = 0; row < 600; ++row) {
    batch.series_of_row.push_back(row % 2);
    batch.times.push_back(1'700'000'000'000'000'000 + std::int64_t{row} * 1'000'000'000);
    constant.bits.push_back(7);
    noisy.bits.push_back(std::bit_cast<std::uint64_t>(1.0 / (row + 3.0)));
    note.strings.push_back(row % 3 == 0 ? "note" : "");
    if (row % 3 == 0) { note.validity[row / 64] |= std::uint64_t{1} << (row % 64); }
  }
  batch.fields = {constant, noisy, note};
  return batch;
}

void write(Engine& engine, const std::string& project, const std::string& table) {
  WriteRequest request;
  request.project.project = project;
  request.batches.push_back(sample(table));
  auto receipt = engine.write(std::move(request));
  ASSERT_TRUE(receipt) << receipt.error().message;
}

std::uint64_t sum(const std::vector<StorageShare>& shares) {
  std::uint64_t bytes = 0;
  for (const StorageShare& share : shares) { bytes += share.bytes; }
  return bytes;
}

TEST(StorageReport, SharesAddUpToTheFilesOfTheProject) {
  SimulatedFileSystem files(1);
  auto engine = Engine::open(options_on(files));
  ASSERT_TRUE(engine) << engine.error().message;
  write(**engine, "one", "t");
  write(**engine, "one", "u");
  write(**engine, "two", "t");
  ASSERT_TRUE((*engine)->flush());
  write(**engine, "one", "t");
  ASSERT_TRUE((*engine)->flush());
  const auto one = (*engine)->reader({.project = "one"})->snapshot()->storage();
  const auto two = (*engine)->reader({.project = "two"})->snapshot()->storage();
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(sum(*one) + sum(*two), (*engine)->statistics().segment_bytes);
  EXPECT_GT(sum(*one), sum(*two));
}

TEST(StorageReport, CountsRowsPerColumnAndNamesCodecs) {
  SimulatedFileSystem files(1);
  auto engine = Engine::open(options_on(files));
  ASSERT_TRUE(engine) << engine.error().message;
  write(**engine, "one", "t");
  ASSERT_TRUE((*engine)->flush());
  const auto shares = (*engine)->reader({.project = "one"})->snapshot()->storage();
  ASSERT_TRUE(shares) << shares.error().message;
  std::map<std::string, std::uint64_t> rows;
  for (const StorageShare& share : *shares) {
    if (share.kind == ShareKind::kTime || share.kind == ShareKind::kField) {
      rows[share.column] += share.rows;
      EXPECT_FALSE(share.codec.empty());
      EXPECT_EQ(share.table, "t");
    }
  }
  const std::map<std::string, std::uint64_t> wanted{{"constant", 600}, {"noisy", 600}, {"note", 600}, {"time", 600}};
  EXPECT_EQ(rows, wanted);
}

TEST(StorageReport, NothingInSegmentsIsNothingToReport) {
  SimulatedFileSystem files(1);
  auto engine = Engine::open(options_on(files));
  ASSERT_TRUE(engine) << engine.error().message;
  write(**engine, "one", "t");
  const auto shares = (*engine)->reader({.project = "one"})->snapshot()->storage();
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_TRUE(shares->empty());
}

}  // namespace
}  // namespace streamflow::storage
