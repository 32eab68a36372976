#include "storage/segment/segment_shared_times.h"

#include "storage/environment/simulated_file_system.h"
#include "storage/segment/segment_test_tables.h"

namespace streamflow::storage {
namespace {

// Series of `rows` rows each, on one grid, the last of them one nanosecond off.
TestTable grid_table(const std::vector<std::uint32_t>& row_counts) {
  std::mt19937_64 random(31);
  TestTable table = random_table("t", row_counts, random);
  std::size_t row = 0;
  for (std::size_t s = 0; s < row_counts.size(); ++s) {
    for (std::uint32_t i = 0; i < row_counts[s]; ++i, ++row) {
      table.times[row] = kStart + std::int64_t{i} * 10'000'000'000 + (s + 1 == row_counts.size() ? 1 : 0);
    }
  }
  return table;
}

TEST(SharedTimes, AreStoredOncePerRowGroup) {
  SimulatedFileSystem files;
  TestTable table = grid_table({5000, 5000, 5000, 700, 5000});
  ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
  const auto reader = SegmentReader::open(files, "1.seg");
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  const SegmentTable& read = (*reader)->tables()[0];
  expect_equal(table, read);
  EXPECT_TRUE((*reader)->verify().has_value());
  ASSERT_EQ(read.blocks().size(), 13U);
  for (std::size_t b = 0; b < 13; ++b) {
    const bool shared = b >= 3 && b < 9;  // series 1 and 2; series 3 is shorter, series 4 off the grid
    EXPECT_EQ(read.encoded_bytes(b, std::nullopt) == 0, shared) << b;
  }
}

TEST(SharedTimes, ServeBlocksOfShortSeriesToo) {
  SimulatedFileSystem files;
  TestTable table = grid_table(std::vector<std::uint32_t>(500, 10));
  ASSERT_TRUE(write_segment(files, std::span(&table, 1)));
  const auto reader = SegmentReader::open(files, "1.seg");
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  expect_equal(table, (*reader)->tables()[0]);
  EXPECT_EQ((*reader)->tables()[0].encoded_bytes(1, std::nullopt), 0U);
}

TEST(SharedTimes, RefuseDistancesThatBreakTheRules) {
  TableDirectory directory;
  directory.blocks.resize(6);
  for (BlockInfo& block : directory.blocks) { block.row_count = 100; }
  directory.blocks[4].row_count = 90;
  directory.group_block_begin = {0, 2, 6};
  directory.columns.resize(1);
  directory.columns[0].block_bytes = {20, 0, 20, 0, 0, 0};
  const auto decode = [&](const std::vector<std::uint64_t>& distances) {
    encoding::Bytes bytes;
    encode_shared_times(distances, bytes);
    return decode_shared_times(bytes, directory).has_value();
  };
  EXPECT_TRUE(decode({0, 1, 0, 1, 0, 3}));
  EXPECT_FALSE(decode({0, 1, 0, 2, 0, 3}));                        // reaches into another row group
  EXPECT_FALSE(decode({0, 1, 0, 1, 0, std::uint64_t{1} << 63U}));  // before the first block
  EXPECT_FALSE(decode({0, 1, 0, 1, 2, 3}));                        // other number of rows
  EXPECT_FALSE(decode({0, 1, 0, 1, 0, 2}));                        // the source has no times itself
  encoding::Bytes bytes;
  encode_shared_times(std::vector<std::uint64_t>(6, 0), bytes);
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_shared_times(bytes, directory).has_value());
}

}  // namespace
}  // namespace streamflow::storage
