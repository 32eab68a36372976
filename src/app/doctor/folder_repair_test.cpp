#include "app/doctor/folder_repair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/doctor/folder_check_fixture.h"

namespace streamflow::app {
namespace {

using ::testing::HasSubstr;
using FolderRepairTest = FolderCheckFixture;

TEST_F(FolderRepairTest, ASoundFolderIsLeftAsItIs) {
  fill(20, 12);
  const auto before = files();
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_TRUE(repair) << repair.error().message;
  EXPECT_TRUE(repair->lost.empty());
  EXPECT_TRUE(repair->quarantined.empty());
  EXPECT_EQ(files(), before);
}

TEST_F(FolderRepairTest, ADamagedSegmentIsPutAsideAndTheRestIsServed) {
  fill(20, 10);
  damage("segments", 0.5);
  const auto before = files();
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_TRUE(repair) << repair.error().message;
  ASSERT_EQ(repair->lost.size(), 1U);
  EXPECT_THAT(repair->lost[0].lost, HasSubstr("100 rows of default/default"));
  EXPECT_FALSE(repair->after.damaged());
  ASSERT_EQ(repair->quarantined.size(), 1U);
  EXPECT_EQ(files().at(repair->quarantined[0]), before.at(repair->lost[0].segment));

  auto engine = storage::Engine::open(options());
  ASSERT_TRUE(engine) << engine.error().message;
  (void)(*engine)->reader({})->snapshot();  // waits for the log's rows
  EXPECT_EQ((*engine)->statistics().memtable_rows, 100U);
}

TEST_F(FolderRepairTest, AMissingSegmentLeavesTheManifest) {
  fill(10, 10);
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "segments")) {
    std::filesystem::remove(entry.path());
  }
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_TRUE(repair) << repair.error().message;
  EXPECT_EQ(repair->lost.size(), 1U);
  EXPECT_TRUE(repair->quarantined.empty());
  EXPECT_FALSE(repair->after.damaged());
  EXPECT_TRUE(storage::Engine::open(options()));
}

TEST_F(FolderRepairTest, ASecondRepairKeepsBothFiles) {
  fill(10, 10);
  std::filesystem::create_directories(folder_ / "quarantine");
  const std::string name = std::filesystem::directory_iterator(folder_ / "segments")->path().filename();
  std::ofstream(folder_ / "quarantine" / name) << "an earlier one";
  damage("segments", 0.5);
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_TRUE(repair) << repair.error().message;
  EXPECT_EQ(repair->quarantined, std::vector<std::string>{"quarantine/" + name + ".1"});
  EXPECT_EQ(files().at("quarantine/" + name), "an earlier one");
}

TEST_F(FolderRepairTest, ADamagedManifestIsRefusedAndNothingChanges) {
  fill(20, 10);
  damage("manifest", 0.5);
  const auto before = files();
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_FALSE(repair);
  EXPECT_EQ(repair.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(repair.error().message, HasSubstr("restore manifest/"));
  EXPECT_EQ(files(), before);
}

TEST_F(FolderRepairTest, AFolderInUseIsNotTouched) {
  auto engine = storage::Engine::open(options());
  ASSERT_TRUE(engine);
  const auto repair = repair_folder(storage::local_file_system(), folder_);
  ASSERT_FALSE(repair);
  EXPECT_EQ(repair.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace streamflow::app
