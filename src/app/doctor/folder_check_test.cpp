#include "app/doctor/folder_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/doctor/folder_check_fixture.h"

namespace streamflow::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FolderCheckTest : public FolderCheckFixture {
 protected:
  FolderReport check() {
    auto report = check_folder(storage::local_file_system(), folder_);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : FolderReport{};
  }
};

TEST_F(FolderCheckTest, ASoundFolderIsCountedAndLeftAsItIs) {
  fill(20, 12);
  const auto before = files();
  const FolderReport report = check();
  EXPECT_FALSE(report.damaged());
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.table_count, 1U);
  EXPECT_GE(report.segment_count, 1U);
  EXPECT_EQ(report.segment_rows, 120U);
  EXPECT_EQ(report.log_records, 8U);
  EXPECT_EQ(report.log_rows, 80U);
  EXPECT_EQ(files(), before);
}

TEST_F(FolderCheckTest, NoFolderIsNoDamage) {
  EXPECT_FALSE(check().exists);
  fs::create_directories(folder_);
  EXPECT_TRUE(check().exists);
  EXPECT_FALSE(check().damaged());
}

TEST_F(FolderCheckTest, EveryKindOfDamageIsFoundAndNothingIsChanged) {
  const struct {
    const char* part;
    double share;
    const char* what;
  } cases[] = {{"segments", 0.5, "segments/"}, {"manifest", 0.5, "manifest"}, {"wal", 0.3, "is damaged in bytes"}};
  for (const auto& [part, share, what] : cases) {
    SCOPED_TRACE(part);
    fs::remove_all(folder_);
    fill(20, 10);
    damage(part, share);
    const auto before = files();
    const FolderReport report = check();
    EXPECT_TRUE(report.damaged());
    ASSERT_FALSE(report.findings.empty());
    if (std::string(part) == "wal") { EXPECT_EQ(report.log_rows, 90U); }  // one of ten records is lost
    EXPECT_THAT(report.findings[0].what, HasSubstr(what));
    EXPECT_FALSE(report.findings[0].lost.empty());
    EXPECT_FALSE(report.findings[0].advice.empty());
    EXPECT_EQ(files(), before);
  }
}

TEST_F(FolderCheckTest, ATornTailAndAStraySegmentAreOnlyNotes) {
  fill(20, 10);
  fs::path log;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "wal")) {
    if (entry.is_regular_file() && (log.empty() || entry.path() > log)) log = entry.path();
  }
  std::ofstream(log, std::ios::binary | std::ios::app) << "half a rec";
  std::ofstream(folder_ / "segments" / "00000000000000ff.seg") << "never published";
  const auto before = files();
  const FolderReport report = check();
  EXPECT_FALSE(report.damaged()) << report.findings.at(0).what;
  EXPECT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.log_rows, 100U);
  EXPECT_EQ(files(), before);
}

TEST_F(FolderCheckTest, AMissingManifestIsDamageAndTheServerDeletesNothing) {
  fill(20, 10);
  for (const auto& entry : fs::directory_iterator(folder_ / "manifest")) fs::remove(entry.path());
  const auto before = files();
  const FolderReport report = check();
  ASSERT_TRUE(report.damaged());
  EXPECT_THAT(report.findings[0].what, HasSubstr("the manifest is missing"));
  const auto engine = storage::Engine::open(options());
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(engine.error().message, HasSubstr("restore manifest/"));
  EXPECT_EQ(files(), before);
}

TEST_F(FolderCheckTest, AMissingSegmentIsDamage) {
  fill(10, 10);
  for (const auto& entry : fs::directory_iterator(folder_ / "segments")) fs::remove(entry.path());
  const FolderReport report = check();
  ASSERT_TRUE(report.damaged());
  EXPECT_THAT(report.findings[0].lost, HasSubstr("100 rows of default/default"));
}

TEST_F(FolderCheckTest, AFolderInUseIsNotChecked) {
  auto engine = storage::Engine::open(options());
  ASSERT_TRUE(engine);
  auto report = check_folder(storage::local_file_system(), folder_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace streamflow::app
