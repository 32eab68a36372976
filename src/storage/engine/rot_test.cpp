// A closed data folder whose files are damaged: every bit may flip, every file be cut off, swapped or gone. What is
// delivered is what was written, what is missing is reported, and what cannot be read names its file.
// Nightly: ten times as many.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "storage/engine/engine_oracle.h"
#include "storage/environment/simulated_file_system.h"

namespace streamflow::storage {
namespace {

using Files = std::map<std::string, std::vector<std::byte>>;
using Tables = std::map<std::string, std::vector<PlainRow>>;

EngineOptions options_on(SimulatedFileSystem& files) {
  EngineOptions options;
  options.data_folder = "/data";
  options.files = &files;
  options.background = Background::kStepped;
  return options;
}

bool is_nightly() {
  const char* value = std::getenv("STREAMFLOW_NIGHTLY");
  return value != nullptr && *value != '\0';
}

// A folder as a stopped engine leaves it: segments of several flushes, and a log with rows that are in none.
// No two rows have the same series and time, so that whatever is delivered must be one of them.
class RotTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SimulatedFileSystem files(1);
    auto engine = Engine::open(options_on(files));
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    EngineOracle oracle;
    std::int64_t time = 0;
    for (int i = 0; i < 60; ++i) {
      WriteRequest request;
      RowBatch batch = random_batch(random_, 40);
      for (std::int64_t& t : batch.times) { t = ++time * 10'000'000'000'000; }
      oracle.write(batch);
      request.batches.push_back(std::move(batch));
      ASSERT_TRUE((*engine)->write(std::move(request)).has_value());
      if (i == 15 || i == 25 || i == 40) { ASSERT_TRUE((*engine)->flush().has_value()); }
    }
    engine->reset();
    for (const std::string& table : oracle.tables()) { written_[table] = oracle.rows(table); }
    for (const auto& path : files.paths()) { folder_[path.string()] = files.bytes_of(path); }
  }

  const std::string& random_file() {
    auto place = folder_.begin();
    std::advance(place, static_cast<std::ptrdiff_t>(random_() % folder_.size()));
    return place->first;
  }

  std::string last_log_of(const std::string& file) const {
    const std::string prefix = file.substr(0, file.rfind('/') + 1);
    std::string last;
    for (const auto& [name, bytes] : folder_) {
      if (name.starts_with(prefix)) { last = name; }
    }
    return last;
  }

  // Opens `damaged` and reads all of it. `outcome` counts how it ended.
  void check(const Files& damaged, const std::string& file, bool loss_may_go_unseen = false) {
    SimulatedFileSystem files(1);
    for (const auto& [path, bytes] : damaged) { files.put(path, bytes); }
    auto engine = Engine::open(options_on(files));
    if (!engine.has_value()) {
      EXPECT_NE(engine.error().code, ErrorCode::kInternal);
      EXPECT_NE(engine.error().message.find(std::filesystem::path(file).filename().string()), std::string::npos)
          << "does not name " << file << ": " << engine.error().message;
      ++refused_;
      return;
    }
    const EngineStatistics statistics = (*engine)->statistics();
    const bool reported = !statistics.losses.empty() || !statistics.lost_segments.empty();
    bool missing = false, unreadable = false;
    for (const auto& [table, expected] : written_) {
      if ((*engine)->table({}, table) == nullptr) {
        missing = true;
        continue;
      }
      const auto found = try_scan(**engine, table);
      if (!found.has_value()) {
        unreadable = true;
        EXPECT_EQ(found.error().code, ErrorCode::kCorrupt) << found.error().message;
        EXPECT_NE(found.error().message.find("segments/"), std::string::npos) << found.error().message;
        continue;
      }
      EXPECT_TRUE(std::includes(expected.begin(), expected.end(), found->begin(), found->end()))
          << table << " has a row that was never written";
      missing = missing || *found != expected;
    }
    EXPECT_TRUE(!missing || reported || loss_may_go_unseen) << "rows are missing and nobody says so";
    (missing ? lost_ : unreadable ? unreadable_ : reported ? reported_ : harmless_) += 1;
  }

  std::mt19937_64 random_{20'261};
  Files folder_;
  Tables written_;
  int refused_ = 0, lost_ = 0, unreadable_ = 0, reported_ = 0, harmless_ = 0;
};

TEST_F(RotTest, OpensAnUndamagedFolder) {
  check(folder_, "");
  EXPECT_EQ(harmless_, 1);
}

TEST_F(RotTest, NoFlippedBitGivesAWrongRowOrAnUnreportedLoss) {
  const int flips = is_nightly() ? 10'000 : 1'000;
  for (int i = 0; i < flips && !HasFailure(); ++i) {
    const std::string& file = random_file();
    if (folder_[file].empty()) { continue; }
    Files damaged = folder_;
    const std::size_t at = random_() % damaged[file].size();
    const unsigned bit = random_() % 8;
    SCOPED_TRACE(file + ", byte " + std::to_string(at) + ", bit " + std::to_string(bit));
    damaged[file][at] ^= static_cast<std::byte>(1U << bit);
    check(damaged, file);
  }
  std::cout << flips << " flipped bits: " << refused_ << " refused to open, " << lost_ << " lost rows and said so, "
            << unreadable_ << " made a scan fail, " << reported_ << " were reported without loss, " << harmless_
            << " were harmless\n";
  EXPECT_GT(refused_, flips / 200);
  EXPECT_GT(lost_, flips / 200);
  EXPECT_GT(unreadable_, flips / 200);
}

// The end of a log cannot be told from one that was never longer: only there may rows go unseen.
TEST_F(RotTest, ACutOffFileIsNoticed) {
  const int cuts = is_nightly() ? 3'000 : 300;
  for (int i = 0; i < cuts && !HasFailure(); ++i) {
    const std::string& file = random_file();
    if (folder_[file].empty()) { continue; }
    Files damaged = folder_;
    const std::size_t size = random_() % damaged[file].size();
    SCOPED_TRACE(file + ", cut off at " + std::to_string(size) + " of " + std::to_string(damaged[file].size()));
    damaged[file].resize(size);
    check(damaged, file, file.find("/wal/") != std::string::npos && file == last_log_of(file));
  }
  EXPECT_GT(refused_, 0);
  EXPECT_GT(lost_, 0);
}

TEST_F(RotTest, AMissingFileIsNoticed) {
  for (const auto& [file, bytes] : folder_) {
    SCOPED_TRACE(file);
    Files damaged = folder_;
    damaged.erase(file);
    if (file.find("/manifest/") != std::string::npos) { continue; }  // without one it is a new folder
    check(damaged, file, file.find("/wal/") != std::string::npos && file == last_log_of(file));
  }
  EXPECT_GT(lost_, 0);
}

TEST_F(RotTest, SwappedFilesAreNoticed) {
  for (const auto& [one, one_bytes] : folder_) {
    for (const auto& [other, other_bytes] : folder_) {
      if (one >= other) { continue; }
      SCOPED_TRACE(one + " and " + other);
      Files damaged = folder_;
      std::swap(damaged[one], damaged[other]);
      check(damaged, "");
    }
  }
  EXPECT_GT(lost_, 0);
}

TEST_F(RotTest, StrictRefusesAndNamesTheSegment) {
  SimulatedFileSystem files(1);
  std::string victim;
  for (const auto& [path, bytes] : folder_) {
    files.put(path, bytes);
    if (path.find("/segments/") != std::string::npos) { victim = path; }
  }
  files.flip_bits(victim, files.bytes_of(victim).size() - 1, 1);
  EngineOptions options = options_on(files);
  options.strict = true;
  const auto refused = Engine::open(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(refused.error().message.find(victim), std::string::npos) << refused.error().message;
}

// The manifest goes on naming a lost segment, through flushes and restarts, so that putting its file back mends all.
TEST_F(RotTest, ARestoredSegmentIsBackAtTheNextStart) {
  SimulatedFileSystem files(1);
  std::string victim;
  for (const auto& [path, bytes] : folder_) {
    files.put(path, bytes);
    if (path.find("/segments/") != std::string::npos) { victim = path; }
  }
  files.flip_bits(victim, 3, 1);
  {
    auto engine = Engine::open(options_on(files));
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    const std::vector<LostSegment> lost = (*engine)->statistics().lost_segments;
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].file, victim);
    EXPECT_GT(lost[0].row_count, 0U);
    ASSERT_TRUE((*engine)->flush().has_value());
  }
  files.put(victim, folder_[victim]);
  auto engine = Engine::open(options_on(files));
  ASSERT_TRUE(engine.has_value()) << engine.error().message;
  EXPECT_TRUE((*engine)->statistics().lost_segments.empty());
  for (const auto& [table, rows] : written_) { EXPECT_EQ(scan_rows(**engine, table, random_), rows); }
}

}  // namespace
}  // namespace streamflow::storage
